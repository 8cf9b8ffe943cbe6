import FileFormats
import Foundation
import Instrument
import LensCore
import Populations

/// What decides the bytes of a dataset, as digests: two runs may only be joined where they agree.
struct DatasetIdentity: Sendable {
  /// Of spec, seeds, contents, version, rendering revision and the files that the spec names: samples with it belong together.
  let population: String
  /// Also of the range of samples: what one run makes.
  let run: String
  /// The files that the spec names, as they were read.
  let inputs: [Manifest.File]

  init(_ plan: PopulationPlan, _ contents: DatasetContents, samples: Range<Int>, of whole: Int) throws {
    inputs = try Self.inputs(plan.spec)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = [
      writeYAML(SpecVisitor.write(Self.movable(plan.spec))), "seed \(plan.seed)",
      "noise seed \(plan.noiseSeed)", "version \(swiftLensingVersion)", "rendering \(renderingRevision)",
      String(decoding: (try? encoder.encode(contents)) ?? Data(), as: UTF8.self),
      inputs.map(\.sha256).joined(separator: "\n"),
    ].joined(separator: "\n")
    population = try sha256(Array(text.utf8))
    run = try sha256(Array("\(population) \(samples.lowerBound) \(samples.upperBound) \(whole)".utf8))
  }

  /// The spec without the folder of its kernel, which machines that share the work may keep in different places: the
  /// kernel's digest says more.
  private static func movable(_ spec: PopulationSpec) -> PopulationSpec {
    var spec = spec
    spec.instrument = spec.instrument.mapPointSpreadFunctions { function in
      guard var kernel = function.parameters as? KernelFilePSFSpec else { return function }
      kernel.path = String(kernel.path.split(separator: "/").last ?? "")
      return PointSpreadFunctionSpec(kernel)
    }
    return spec
  }

  private static func inputs(_ spec: PopulationSpec) throws -> [Manifest.File] {
    try spec.instrument.kernelFiles.map { try Manifest.File($0.path, at: $0.path) }
  }
}

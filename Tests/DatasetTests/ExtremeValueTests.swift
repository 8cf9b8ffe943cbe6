import Dataset
import LensCore
import LensTestSupport
import Populations
import Testing

/// Every number of a spec far from what is usual, and at the ends of what is allowed.
struct ExtremeValueTests {
  private static let small = [
    "instrument.width=9", "instrument.height=8", "instrument.pixel_scale=0.5", "accuracy.precision=float32",
  ]

  private static func host(_ halo: String) -> [String] {
    ["planes.lens.light.galaxy=null", "planes.lens.mass.host={elliptical_nfw: {\(halo)}}"]
  }

  static let bases: [[String]] = [
    [], ["signal_to_noise=null"], ["signal_to_noise.definition=total"],
    ["\(ModelPaths.host).axis_ratio=0.8", "\(ModelPaths.host).core_radius=0.1"],
    host("effective_einstein_radius: 1.1, axis_ratio: 0.8"), host("virial_mass: 1e14, concentration: 8"),
    ["\(ModelPaths.sphericalOfClass).total_mass_fraction=null"],
    ["\(ModelPaths.sphericalOfClass).profile=truncated_nfw"],
    [
      "\(ModelPaths.sphericalOfClass).profile=nfw", "\(ModelPaths.sphericalOfClass).total_mass_fraction=null",
    ],
    [ModelPaths.chain(points: 100)], ["cosmology.distances=luminosity"],
  ]

  /// Numbers of things, which make work, not overflows.
  private static let counts = [
    "width", "height", "points", "kernel_pixels", "subpixels", "count",
  ]

  private static let values = [
    "1e-300", "1e-60", "1e-20", "1e-6", "0.001", "0.01", "1000", "1e4", "1e9", "1e12", "1e20", "1e25", "1e60",
    "1e300",
    "-1e-300", "-1e4", "-1e300",
  ]

  @Test(arguments: bases)
  func `an extreme value is refused or gives finite samples`(_ base: [String]) throws {
    let settings = Self.small + base
    let keys = leaves(
      SpecVisitor.write(try loadPopulation("model-a", settings: settings).withDefaults()), ""
    ).map(\.key)
    var (rendered, refused) = (0, 0)
    for key in keys where !Self.counts.contains(where: { key.hasSuffix($0) }) {
      for value in Self.values {
        guard let spec = try? loadPopulation("model-a", settings: settings + ["\(key)=\(value)"]) else {
          refused += 1
          continue
        }
        do {
          try expectFinite(spec, "\(key)=\(value) with \(base)")
          rendered += 1
        } catch {
          refused += 1
          #expect(!"\(error)".contains("nan"), "\(key)=\(value) with \(base): \(error)")
        }
      }
    }
    #expect(rendered > 50 && refused > 50)
  }

  private func expectFinite(_ spec: PopulationSpec, _ place: String) throws {
    let plan = try PopulationPlan(spec, seed: 4)
    let (workspace, tables) = (try plan.makeWorkspace(), try DatasetTables(plan))
    for index in 0..<3 {
      let sample = try plan.sample(index, workspace: workspace)
      let isFinite = sample.observation.image.pixels.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(place)")
      for number in try tables.numbers(of: sample) {
        if let number { #expect(number.isFinite, "\(place)") }
      }
    }
  }
}

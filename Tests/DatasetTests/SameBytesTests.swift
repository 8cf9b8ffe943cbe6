import Dataset
import FileFormats
import LensTestSupport
import Populations
import Testing

/// A sample is a pure function of (spec, seed, index): neither threads nor order nor neighbours change it.
struct SameBytesTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    let model: String
    let settings: [String]
    var testDescription: String { ([model] + settings).joined(separator: " ") }

    func spec() throws -> PopulationSpec { try smallPopulation(model, settings) }
  }

  static let variants = [
    Variant(model: "model-a", settings: []),
    Variant(model: "model-b", settings: ["accuracy.precision=float64", "split.test=0.3"]),
    Variant(model: "model-b", settings: ["pairs=true"]),
    Variant(model: "pylensing-spherical", settings: []),
  ]

  /// With three classes 90 samples: two batches of one thread's, one of seven threads'.
  static let countPerClass = 30

  @Test(arguments: variants)
  func `one, two and seven threads write the same files`(_ variant: Variant) throws {
    try withScratchFolder { folder in
      let spec = try variant.spec()
      for threads in [1, 2, 7] {
        try generate(spec, count: Self.countPerClass, threads: threads, to: "\(folder)/\(threads)")
      }
      try expectSameFiles("\(folder)/1", "\(folder)/2")
      try expectSameFiles("\(folder)/1", "\(folder)/7")
    }
  }

  @Test(arguments: variants)
  func `each image equals its sample rendered alone, in any order`(_ variant: Variant) throws {
    try withScratchFolder { folder in
      let spec = try variant.spec()
      try generate(spec, count: Self.countPerClass, to: "\(folder)/set")
      let plan = try PopulationPlan(spec, seed: 1)
      let sampleCount = Self.countPerClass * spec.classes.count
      let places = rows(of: plan, upTo: sampleCount)
      let workspace = try plan.makeWorkspace()
      var worst = WorstError("pixels that differ in a sample of \(variant.testDescription) rendered alone")
      // 37 has no factor in common with the number of samples, so each comes once.
      for index in (0..<sampleCount).map({ $0 * 37 % sampleCount }) {
        let place = places[index]
        let stored = try NpySliceReader("\(folder)/set/\(place.part).npy").read(at: place.row)
        let alone = try plan.sample(index, workspace: workspace).observation.image.pixels
        worst.note(Double(zip(stored, alone).count { $0.bitPattern != $1.bitPattern }), at: "sample \(index)")
        #expect(stored.count == alone.count)
      }
      worst.expect(atMost: 0)
    }
  }

  @Test func `another seed gives other images of other lenses`() throws {
    let spec = try smallPopulation("model-a")
    let plans = try [1, 2, 1 << 32, .max].map { try PopulationPlan(spec, seed: $0) }
    let samples = try plans.map { try $0.sample(0, workspace: try $0.makeWorkspace()) }
    #expect(Set(samples.map(\.observation.image.pixels)).count == plans.count)
    let ratios = samples.map {
      $0.drawn.parameters.first { $0.name == "planes.lens.mass.host.sie.axis_ratio" }?.value
    }
    #expect(Set(ratios).count == plans.count)
  }

  @Test func `a larger dataset begins with the smaller one`() throws {
    try withScratchFolder { folder in
      let spec = try smallPopulation("model-b", ["split.validation=0.25", "split.test=0.25"])
      let small = try generate(spec, count: 12, to: "\(folder)/small")
      try generate(spec, count: 31, to: "\(folder)/large")
      for part in small.parts {
        let name = "\(part.label)_\(part.split).npy"
        let (few, many) = (try readNpy("\(folder)/small/\(name)"), try readNpy("\(folder)/large/\(name)"))
        #expect(few.shape[0] == part.count && many.shape[0] > part.count)
        #expect(Array(many.values.prefix(few.values.count)) == few.values, "\(name)")
      }
      for table in ["samples.csv", "substructure.csv"] {
        let isPrefix = try readText("\(folder)/large/\(table)").hasPrefix(
          readText("\(folder)/small/\(table)"))
        #expect(isPrefix, "\(table)")
      }
    }
  }
}

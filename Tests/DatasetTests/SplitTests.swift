import Dataset
import LensCore
import LensTestSupport
import Populations
import Testing

/// Classes and splits hang on a sample's index alone.
struct SplitTests {
  private static let count = 30_000

  private func plan(_ settings: [String], seed: UInt64 = 3) throws -> PopulationPlan {
    try PopulationPlan(try smallPopulation("model-a", settings), seed: seed)
  }

  /// Deviation of a binomial count in units of its standard deviation.
  private func deviation(_ found: Int, of count: Int, probability: Double) -> Double {
    let mean = Double(count) * probability
    return (Double(found) - mean) / (mean * (1 - probability)).squareRoot()
  }

  @Test func `splits have the asked fractions, in every class`() throws {
    var worst = WorstError("split fraction in standard deviations")
    for (validation, test) in [(1.0 / 11, 0.0), (0.2, 0.1), (0.5, 0.5), (0.0, 0.3)] {
      let plan = try plan(["split.validation=\(validation)", "split.test=\(test)"])
      for label in ["no_sub", "vortex", "spherical"] {
        let indices = (0..<Self.count).filter { plan.label(of: $0) == label }
        #expect(indices.count == Self.count / 3)
        for (split, probability) in [(Split.validation, validation), (.test, test)] {
          let found = indices.count { plan.split(of: $0) == split }
          if probability == 0 { #expect(found == 0) }
          if probability > 0 {
            worst.note(deviation(found, of: indices.count, probability: probability), at: "\(split)")
          }
        }
      }
    }
    worst.expect(atMost: 4)
  }

  @Test func `everything is for training by default, or for testing if asked`() throws {
    let spec = try loadPopulation("pylensing-base")
    let plan = try PopulationPlan(spec, seed: 1)
    #expect((0..<1000).allSatisfy { plan.split(of: $0) == .train })
    let all = try self.plan(["split.validation=0", "split.test=1"])
    #expect((0..<1000).allSatisfy { all.split(of: $0) == .test })
  }

  @Test func `a split does not depend on what is drawn`() throws {
    let (first, second) = (
      try plan([]),
      try plan([
        "planes.lens.mass.shear.shear.strength=0", "planes.source.light.galaxy.sersic.sersic_index=4",
      ])
    )
    #expect((0..<1000).allSatisfy { first.split(of: $0) == second.split(of: $0) })
    let other = try plan([], seed: 4)
    #expect((0..<1000).contains { first.split(of: $0) != other.split(of: $0) })
  }

  @Test func `the members of a pair are never divided`() throws {
    let plan = try plan(["pairs=true", "split.validation=0.3", "split.test=0.3"])
    for group in 0..<1000 {
      #expect(Set((0..<3).map { plan.split(of: 3 * group + $0) }).count == 1)
      #expect((0..<3).map { plan.label(of: 3 * group + $0) } == ["no_sub", "vortex", "spherical"])
    }
  }

  @Test func `a prior with five distinct values has exactly five`() throws {
    let plan = try PopulationPlan(try loadPopulation("pylensing-vortex"), seed: 1)
    let drawn = try drawnParameters(plan, count: 600)
    var uniform = 0
    for (name, values) in drawn where !name.hasPrefix("derived.") {
      let count = Set(values).count
      #expect(count == 5, "\(name) has \(count) values")
      uniform += count == 5 ? 1 : 0
    }
    // Shear, lens light, source and vortex: two, two, five and one.
    #expect(uniform == 10)
    let hundred = try PopulationPlan(
      try loadPopulation(
        "pylensing-base", settings: ["\(ModelPaths.shear).strength.pool.values=100"]), seed: 1)
    let strengths = try drawnParameters(hundred, count: 4000)["planes.lens.mass.shear.shear.strength"] ?? []
    #expect(Set(strengths).count == 100)
    Prior.uniform(0, 0.3).expect(
      try (0..<1000).map { seed in
        let plan = try PopulationPlan(try loadPopulation("pylensing-base"), seed: UInt64(seed))
        return try plan.scene(0).parameters.first { $0.name == "planes.lens.mass.shear.shear.strength" }?
          .value ?? -1
      }, "the pool's values over many seeds")
  }

  @Test func `values of the pool are combined freely`() throws {
    let plan = try PopulationPlan(try loadPopulation("pylensing-base"), seed: 1)
    let drawn = try drawnParameters(plan, count: 2000)
    let pairs = zip(
      drawn["planes.lens.mass.shear.shear.strength"] ?? [], drawn["planes.lens.mass.shear.shear.angle"] ?? []
    ).map { [$0, $1] }
    let counts = Dictionary(pairs.map { ($0, 1) }, uniquingKeysWith: +)
    let expected = 2000.0 / 25
    let statistic = counts.values.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    #expect(counts.count == 25)
    #expect(chiSquareTail(statistic, degreesOfFreedom: 24) > smallestTail)
  }
}

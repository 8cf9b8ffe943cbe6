import Dataset
import LensTestSupport
import MassProfiles
import Populations
import Testing

/// In pairs only the substructure differs.
struct PairTests {
  private static let groups = 12

  private func samples(_ settings: [String] = []) throws -> [[Sample]] {
    let plan = try PopulationPlan(try smallPopulation("model-b", ["pairs=true"] + settings), seed: 6)
    let workspace = try plan.makeWorkspace()
    return try (0..<Self.groups).map { group in
      try (0..<3).map { try plan.sample(3 * group + $0, workspace: workspace) }
    }
  }

  private func smooth(_ sample: Sample) -> [DrawnParameter] {
    sample.drawn.parameters.filter { parameter in
      ModelPaths.isSmooth(parameter.name)
    }
  }

  @Test func `host, source, split and exposure time are shared`() throws {
    let groups = try samples(["split.validation=0", "split.test=0.5"])
    for group in groups {
      #expect(group.map(\.drawn.label) == ["no_sub", "vortex", "spherical"])
      #expect(Set(group.map(\.drawn.split)).count == 1)
      #expect(Set(group.map(\.observation.exposureTimes)).count == 1)
      for twin in group.dropFirst() {
        #expect(smooth(twin) == smooth(group[0]) && smooth(twin).count > 15)
        #expect(twin.drawn.sourceLight == group[0].drawn.sourceLight)
        #expect(twin.observation.lensLight == group[0].observation.lensLight)
      }
    }
    #expect(Set(groups.map { $0[0].observation.exposureTimes[0] }).count == groups.count)
    #expect(Set(groups.map { $0[0].drawn.split }).count == 2)
  }

  @Test func `the lensed source differs`() throws {
    for group in try samples() {
      #expect(group[1].observation.sourceLight != group[0].observation.sourceLight)
      #expect(group[2].observation.sourceLight != group[0].observation.sourceLight)
      #expect(group[2].observation.sourceLight != group[1].observation.sourceLight)
    }
  }

  @Test func `without any mass in the substructure the noise is the same too`() throws {
    let massless = [
      "classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction=1e-12",
      "classes.spherical.planes.lens.halos.spherical.subhalos.total_mass_fraction=1e-12",
    ]
    for group in try samples(massless) {
      #expect(group[1].observation.image == group[0].observation.image)
      #expect(group[2].observation.image == group[0].observation.image)
    }
  }

  @Test func `unpaired samples share nothing`() throws {
    let plan = try PopulationPlan(try smallPopulation("model-b"), seed: 6)
    let scenes = try (0..<30).map { try plan.scene($0) }
    #expect(Set(scenes.map { $0["planes.source.light.galaxy.sersic.center.angle"] }).count == 30)
  }

  @Test func `the smooth twin sets the exposure, so its ratio is the drawn one`() throws {
    var worst = WorstError("peak signal-to-noise of the smooth twin")
    for group in try samples() {
      worst.note(
        group[0].observation.signalToNoise[0].peak ?? .nan, expected: group[0].drawn["signal_to_noise.value"],
        floor: 0)
    }
    worst.expect(atMost: 1e-9)
  }

  /// A thread's memory keeps the exposure of the last sky: it must not reach another one.
  @Test(arguments: [[], ["redraw.attempts=3"], ["classes=[spherical, vortex]"], ["signal_to_noise=null"]])
  func `what was rendered before on the same memory changes nothing`(settings: [String]) throws {
    let spec = try smallPopulation("model-b", ["pairs=true"] + settings)
    let brighter = try smallPopulation(
      "model-b", ["pairs=true", "planes.source.light.galaxy.sersic.intensity=3"] + settings)
    let plans = [
      try PopulationPlan(spec, seed: 6), try PopulationPlan(spec, seed: 7),
      try PopulationPlan(brighter, seed: 6),
    ]
    let all = plans + [plans[0].withPairs(false), plans[0].withPairs(true)]
    let shared = try plans[0].makeWorkspace()
    for index in [0, 1, 2, 5, 4, 3, 1, 0, 8, 2] {
      for plan in all {
        let (one, other) = (
          try plan.sample(index, workspace: shared), try plan.sample(index, workspace: plan.makeWorkspace())
        )
        #expect(one.observation.exposureTimes[0] == other.observation.exposureTimes[0])
        #expect(one.observation.image == other.observation.image)
      }
    }
  }
}

import Dataset
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import Simulation
import Testing

/// Populations whose classes put masses in front of the lens and behind it.
struct MultiplanePopulationTests {
  private static let front = """
    classes.front={planes.front: {redshift: {uniform: [0.1, 0.3]}, mass: {halo: {point_mass: {mass: 1e10, \
    center: [{uniform: [-1, 1]}, {uniform: [-1, 1]}]}}}}}
    """
  private static let behind = """
    classes.behind={planes.behind: {redshift: 0.8, halos: {field: {subhalos: {count: 4, mass: {uniform: [1e9, 1e10]}}}}}}
    """

  private func plan() throws -> PopulationPlan {
    try PopulationPlan(
      loadPopulation(
        "model-a",
        settings: [
          "classes=[no_sub]", Self.front, Self.behind, "instrument.width=40", "instrument.height=40",
          "instrument.pixel_scale=0.15", "pairs=true",
        ]), seed: 4)
  }

  @Test func `a class's planes are substructure, by the distances of their own`() throws {
    let scenes = try (0..<3).map { try plan().scene($0) }
    #expect(
      scenes.map { $0.scene.planes.names } == [
        ["lens", "source"], ["front", "lens", "source"], ["lens", "behind", "source"],
      ])
    #expect(scenes.map { $0.scene.lensNumber } == [0, 1, 0])
    #expect(scenes.map { $0.substructure.count } == [0, 1, 4])
    func derived(_ scene: DrawnScene, _ name: String) -> Double? {
      scene.parameters.first { $0.name == "derived.\(name)" }?.value
    }
    // Of the main lens, whatever is around it.
    #expect(Set(scenes.map { derived($0, "einstein_radius") }).count == 1)
    #expect(derived(scenes[1], "substructure_mass").map { abs($0 / 1e10 - 1) < 1e-12 } == true)
    // In front, the same mass makes a larger ring.
    let record = try #require(scenes[1].substructure.first)
    let ring = try #require(derived(scenes[1], "substructure_einstein_radius"))
    #expect(record.einsteinRadius > 1.2 * ring)
  }

  @Test func `substructure is what is missing without it, in each class`() throws {
    let plan = try plan()
    let workspace = try plan.makeWorkspace()
    let samples = try (0..<3).map { try plan.sample($0, workspace: workspace) }
    let maps = try samples.map { try $0.values(of: .substructureConvergence, nil) }
    #expect(maps[0].allSatisfy { $0 == 0 })
    // Effective masses in units of the critical density of the lens are near those of the masses themselves, of order 1e10.
    for map in maps.dropFirst() {
      let sum = map.reduce(0) { $0 + Double($1) } * 0.15 * 0.15
      #expect(sum > 1e-3 && sum < 0.3, "\(sum)")
    }
    #expect(samples[1].observation.image != samples[0].observation.image)
    // In a pair only the substructure differs: lights, exposures and noise are one sky's.
    #expect(Set(samples.map { $0.observation.exposureTimes }).count == 1)
    #expect(samples[2].observation.lensLight == samples[0].observation.lensLight)
    // Light of the lens is bent by what is in front of it.
    #expect(samples[1].observation.lensLight != samples[0].observation.lensLight)
  }

  @Test func `planes that may change places are refused`() throws {
    for redshift in ["{uniform: [0.3, 0.6]}", "0.5", "1.0"] {
      let error = #expect(throws: SpecErrors.self) {
        try PopulationPlan(
          loadPopulation(
            "model-a",
            settings: ["planes.front={redshift: \(redshift), mass: {halo: {sis: {einstein_radius: 0.1}}}}"]),
          seed: 1)
      }
      #expect(error?.description.contains("must be greater than") == true, "\(String(describing: error))")
    }
    let error = #expect(throws: SpecErrors.self) {
      try loadPopulation(
        "model-a-released",
        settings: ["planes.front={redshift: 0.2, mass: {halo: {sis: {einstein_radius: 0.1}}}}"])
    }
    #expect(error?.errors.map(\.keyPath).contains("cosmology.distances") == true)
  }
}

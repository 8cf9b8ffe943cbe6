import Cosmology
import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Simulation
import Substructure
import Testing

/// Populations of halos against means of 200 realisations of pyHalo 1.5.2, with the same cosmology and parameters.
///
/// What is defined otherwise there is told where it is used.
struct HaloPopulationTests {
  /// A mean and its standard error.
  typealias Mean = (value: Double, error: Double)

  private func scene(_ darkMatter: String, _ more: [String]) throws -> SceneSpec {
    try loadScene(
      "ring",
      settings: [
        "cosmology={hubble_constant: 67.5, matter_density: 0.309}", "planes.lens.redshift=0.5",
        "planes.source.redshift=1.5", "dark_matter=\(darkMatter)",
      ] + more)
  }

  /// pyHalo's scatter of 0.2 is one of ln c.
  private static let asThere = "{concentration: {law: ludlow_2016, scatter: 0.08686}}"
  private static let realisations = 60

  private func draws(_ scene: SceneSpec, seed: UInt64) throws -> [ResolvedScene] {
    try (0..<Self.realisations).map {
      try scene.resolved(drawing: RandomKey(seed: seed, sample: UInt64($0)).stream)
    }
  }

  /// How many standard errors two means are apart.
  private func apart(_ a: Mean, _ b: Mean) -> Double {
    abs(a.value - b.value) / (a.error * a.error + b.error * b.error).squareRoot()
  }

  private func mean(_ values: [Double]) -> Mean {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    return (mean, (squares / Double(values.count)).squareRoot())
  }

  private func compare(
    _ what: String, _ samples: [[Halo]], bins: ClosedRange<Int>, _ expected: [Mean], _ bin: (Halo) -> Double
  ) -> WorstError {
    var worst = WorstError("\(what), standard errors apart")
    for (number, reference) in zip(bins, expected) {
      let counts = samples.map { Double($0.count { Int(bin($0).rounded(.down)) == number }) }
      worst.note(apart(mean(counts), reference), at: "bin \(number)")
    }
    return worst
  }

  @Test func `subhalos have the masses, places and concentrations of another code`() throws {
    let scene = try scene(Self.asThere, ["planes.lens.halos={sub: {dark_subhalos: {}}}"])
    let samples = try draws(scene, seed: 1).map { try #require($0.halos.first).halos }
    let numbers = mean(samples.map { Double($0.count) })
    #expect(apart(numbers, (2885.79, 3.83)) < 4, "\(numbers)")
    compare(
      "masses by half decade", samples, bins: 12...17,
      [(1864.3, 3.33), (660.3, 1.82), (233.9, 1.06), (82.97, 0.594), (29.05, 0.368), (10.17, 0.234)]
    ) { 2 * log10($0.mass ?? 1) }.expect(atMost: 4)
    compare(
      "places by annulus", samples, bins: 0...5,
      [(81.30, 0.68), (239.7, 1.12), (398.6, 1.39), (560.3, 1.66), (721.6, 1.93), (884.3, 2.05)]
    ) { 2 * ($0.place[0] * $0.place[0] + $0.place[1] * $0.place[1]).squareRoot() }.expect(atMost: 4)
    // Of the lightest half decade, at infall.
    let light = samples.flatMap { $0 }.filter { ($0.mass ?? 0) < 3.1623e6 }
    let concentrations = mean(light.compactMap(\.concentration).map { log10($0) })
    var worst = WorstError("concentrations of subhalos, dex")
    worst.note(abs(concentrations.value - 0.79711), at: "1e6 to 3e6")
    // Its floor is 1.2, and its ages come from interpolated distances.
    worst.expect(atMost: 0.004)
  }

  @Test func `field halos have the numbers, masses and concentrations of another code`() throws {
    let scene = try scene(Self.asThere, ["line_of_sight={two_halo_term: false, sheets: false}"])
    let drawn = try draws(scene, seed: 2)
    let others = drawn.map { $0.halos.filter { $0.plane != "lens" }.flatMap(\.halos) }
    let inLens = drawn.map { $0.halos.filter { $0.plane == "lens" }.flatMap(\.halos) }
    // There 2068.37 in the other planes and 86.0 in the lens's, of slices that begin elsewhere and have the numbers of their front: 2 per
    // cent.
    let all = mean(zip(others, inLens).map { Double($0.count + $1.count) })
    var worst = WorstError("number of field halos, of it")
    worst.note(abs(all.value / (2068.37 + 86.0) - 1), at: "\(all)")
    worst.expect(atMost: 0.02)
    // Of one slice shares of masses are the same.
    let masses = drawn.flatMap { $0.halos.flatMap(\.halos) }.compactMap(\.mass)
    var shares = WorstError("shares of field halos by half decade, of themselves")
    let there = [1343.84, 471.15, 164.47, 57.685, 20.56]
    for (k, number) in there.enumerated() {
      let low = pow(10, 6 + 0.5 * Double(k))
      let inside = Double(masses.count { $0 >= low && $0 < low * 3.16228 })
      let share = inside / Double(masses.count)
      let error = 1 / inside.squareRoot()
      // Its mass function is a power law, 2.2 per cent off at worst.
      shares.note(max(0, abs(share / (number / 2068.37) - 1) - 4 * error), at: "\(k)")
    }
    shares.expect(atMost: 0.022)
    let light = inLens.flatMap { $0 }.filter { ($0.mass ?? 0) < 3.1623e6 }
    let concentrations = light.compactMap(\.concentration).map { log10($0) }
    let found = mean(concentrations)
    #expect(apart(found, (1.20711, 0.00124)) < 4, "\(found)")
    let deviation = found.error * Double(concentrations.count).squareRoot()
    #expect(abs(deviation - 0.0873) < 0.004, "\(deviation)")
  }

  /// The same seed has the same halos but for those that a suppression takes out.
  @Test func `warm dark matter has some of the halos of cold dark matter`() throws {
    let halos = ["planes.lens.halos={sub: {dark_subhalos: {}}}", "line_of_sight={sheets: false}"]
    func masses(_ model: String) throws -> [Set<Double>] {
      try draws(try scene("{model: {\(model)}}", halos), seed: 3).prefix(20).map {
        Set($0.halos.flatMap(\.halos).compactMap(\.mass))
      }
    }
    let (cold, warm) = (try masses("cold: {}"), try masses("warm: {half_mode_mass: 1e7}"))
    let warmer = try masses("warm: {half_mode_mass: 1e8}")
    for k in cold.indices {
      #expect(warm[k].isStrictSubset(of: cold[k]) && warmer[k].isStrictSubset(of: warm[k]))
    }
    // There 390.5, and 35.1 of the lens's slice, 2.164 times as many as without its two-halo term; slices as above.
    let field = try draws(
      try scene(
        "{model: {warm: {half_mode_mass: 1e7}}}", ["line_of_sight={two_halo_term: false, sheets: false}"]),
      seed: 4)
    let number = mean(field.map { drawn in Double(drawn.halos.map(\.halos.count).reduce(0, +)) })
    let there = 390.495 + 35.135 / 2.1636
    #expect(abs(number.value / there - 1) < 0.02 + 4 * number.error / there, "\(number)")
  }

  @Test func `sheets take out what halos add in the mean`() throws {
    let scene = try scene(
      "{concentration: {scatter: 0}}", ["line_of_sight={two_halo_term: false, amplitude: 20}"])
    var (halos, sheets) = ([Double](), 0.0)
    for drawn in try draws(scene, seed: 5).prefix(20) {
      let plane = try #require(drawn.scene.planes["line_of_sight_10"])
      let number = try #require(drawn.scene.planes.names.firstIndex(of: "line_of_sight_10"))
      let geometry = drawn.geometries[number]
      var mass = 0.0
      for component in plane.mass {
        if let halo = component.parameters as? TruncatedNavarroFrenkWhiteSpec {
          mass += totalMass(halo, geometry)
        } else if let sheet = component.parameters as? ConvergenceSheetSpec {
          sheets = sheet.convergence * geometry.criticalSurfaceDensityPerSquareArcsec * Double.pi * 9
        }
      }
      halos.append(mass)
    }
    let found = mean(halos)
    #expect(abs(found.value + sheets) < 4 * found.error, "\(found) and \(sheets)")
    #expect(found.error < 0.2 * found.value)
  }

  /// By the deflection far outside.
  private func totalMass(_ halo: TruncatedNavarroFrenkWhiteSpec, _ geometry: LensGeometry) -> Double {
    let far = 1e5 * halo.truncationRadius
    let lens = MassSpec(halo).evaluated(Double.self, at: [(halo.center[0] + far, halo.center[1])])
    return lens.deflectionX[0] * far * Double.pi * geometry.criticalSurfaceDensityPerSquareArcsec
  }

  /// A halo keeps its mass inside r_200, whatever its core and however shapes are rounded.
  @Test func `halos with cores have the mass of those without`() throws {
    let halos = ["planes.lens.halos={sub: {dark_subhalos: {minimum_mass: 1e8, truncation: {none: {}}}}}"]
    let cold = try draws(try scene("{model: {cold: {}}}", halos), seed: 6).prefix(4)
    let cored = try draws(
      try scene("{model: {self_interacting: {cross_section: 50}}}", halos), seed: 6
    ).prefix(4)
    var worst = WorstError("mass of halos with cores, projected inside r_200, of those without")
    for (a, b) in zip(cold, cored) {
      for (halo, other) in zip(a.halos[0].halos, b.halos[0].halos) {
        #expect(halo.place == other.place && halo.mass == other.mass)
        let spec = try #require(halo.model.parameters as? TruncatedNavarroFrenkWhiteSpec)
        #expect(other.model.parameters is SoftenedNavarroFrenkWhiteSpec)
        let far = spec.scaleRadius * (halo.concentration ?? 1)
        let places = [(halo.place[0] + far, halo.place[1])]
        let (x, y) = (
          halo.model.evaluated(Double.self, at: places).deflectionX[0],
          other.model.evaluated(Double.self, at: places).deflectionX[0]
        )
        worst.note(abs(y / x - 1), at: "\(halo.mass ?? 0)")
      }
    }
    // What is seen in front of and behind the sphere: truncations come in steps of 1.2, and cores make room outside.
    worst.expect(atMost: 0.1)
  }

  /// Hardly any collisions make hardly any difference.
  @Test func `self-interacting halos become those of cold dark matter`() throws {
    let halos = ["planes.lens.halos={sub: {dark_subhalos: {minimum_mass: 1e8}}}"]
    let cold = try draws(try scene("{model: {cold: {}}}", halos), seed: 7).prefix(10)
    let other = try draws(
      try scene("{model: {self_interacting: {cross_section: 1e-6}}}", halos), seed: 7
    ).prefix(10)
    var (sum, sums, count) = (0.0, 0.0, 0.0)
    for (a, b) in zip(cold, other) {
      for (halo, twin) in zip(a.halos[0].halos, b.halos[0].halos) {
        let places = [(halo.place[0] + 0.1, halo.place[1])]
        let (x, y) = (
          halo.model.evaluated(Double.self, at: places).deflectionX[0],
          twin.model.evaluated(Double.self, at: places).deflectionX[0]
        )
        (sum, sums, count) = (sum + y / x - 1, sums + (y / x - 1) * (y / x - 1), count + 1)
      }
    }
    // Of truncations in steps of 1.2, on either side alike.
    #expect(abs(sum / count) < 0.005 && (sums / count).squareRoot() < 0.05, "\(sum / count), \(sums / count)")
  }

  @Test func `planes may not be called as those of the line of sight`() throws {
    let error = #expect(throws: SpecErrors.self) {
      _ = try scene(
        "{}", ["line_of_sight={}", "planes.line_of_sight_3={redshift: 0.6, mass: {h: {sis: {}}}}"])
    }
    #expect(error.map { "\($0)".contains("must not begin with line_of_sight") } == true)
  }

  @Test(arguments: [
    ("{nearest: 1}", "line_of_sight.nearest: 1 given, must be below the redshift of the source"),
    ("{truncation: {roche: {}}}", "line_of_sight.truncation: roche given, must be overdensity or none"),
    ("{minimum_mass: 1e9, maximum_mass: 1e8}", "must be greater than the minimum_mass"),
  ])
  func `lines of sight that mean nothing are refused`(keys: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) {
      _ = try scene("{}", ["line_of_sight=\(keys)", "planes.source.redshift=0.9"])
    }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    "planes.lens.halos={sub: {dark_subhalos: {surface_density: 1000, radius: 30}}}",
    "line_of_sight={amplitude: 100, radius: 1000}",
  ])
  func `more halos than a million are refused before they are drawn`(setting: String) throws {
    let scene = try scene("{}", [setting])
    let error = #expect(throws: NumericalError.self) {
      _ = try scene.resolved(drawing: RandomKey(seed: 1, sample: 1).stream)
    }
    #expect(error.map { "\($0)".contains("must be at most 1") } == true, "\(String(describing: error))")
  }
}

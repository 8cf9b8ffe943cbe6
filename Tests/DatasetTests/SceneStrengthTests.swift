import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Simulation
import Testing

/// Strengths of a scene's masses in the words of other quantities.
struct SceneStrengthTests {
  private static let small = [
    "instrument.width=24", "instrument.height=20", "instrument.pixel_scale=0.2", "planes.lens.mass=null",
  ]

  private func scene(_ masses: String, _ settings: [String] = []) throws -> SceneSpec {
    try loadScene("quad", settings: Self.small + ["planes.lens.mass={\(masses)}"] + settings)
  }

  private func resolved<Kind>(_ masses: String, _ name: String, _ settings: [String] = []) throws -> Kind {
    try #require(try scene(masses, settings).resolved().lens.mass[name]?.parameters as? Kind)
  }

  private let cosmology = SimpsonCosmology(lens: 0.4, source: 1.3)
  private let redshifts = ["planes.lens.redshift=0.4", "planes.source.redshift=1.3"]

  @Test(arguments: ["sis", "sie"])
  func `a velocity dispersion follows the distances`(kind: String) throws {
    let scene = try scene("host: {\(kind): {velocity_dispersion: 250}}", redshifts)
    let ring = try #require(try scene.resolved().lens.mass[0].parameters.ring())
    let expected = cosmology.einsteinRadius(velocityDispersion: 250)
    #expect(abs(ring.einsteinRadius / expected - 1) < SimpsonCosmology.tolerance)
  }

  @Test(arguments: [
    "sis: {einstein_mass: MASS}", "sie: {einstein_mass: MASS}",
    "sie: {einstein_mass: MASS, core_radius: 0.3, axis_ratio: 0.6}",
    "nfw: {einstein_mass: MASS, scale_radius: 5}",
    "elliptical_nfw: {einstein_mass: MASS, scale_radius: 5, axis_ratio: 0.7}",
  ])
  func `an Einstein mass is the mass in the ring`(profile: String) throws {
    let document = profile.replacing("MASS", with: "4e11")
    let scene = try scene("host: {\(document)}", redshifts)
    let ring = try #require(try scene.resolved().lens.mass[0].parameters.ring())
    let mass = cosmology.mass(einsteinRadius: ring.massRadius)
    #expect(abs(mass / 4e11 - 1) < SimpsonCosmology.tolerance, "\(mass)")
  }

  @Test func `an effective Einstein radius is that of the profile as it is`() throws {
    var worst = WorstError("effective Einstein radius of random hosts, measured again")
    for number in 0..<200 {
      let stream = RandomKey(seed: 4, sample: UInt64(number)).stream("host")
      let (radius, ratio) = (0.3 + 2 * stream.uniform(0), 0.2 + 0.8 * stream.uniform(1))
      let place =
        "position_angle: \(6 * stream.uniform(3) - 3), center: [\(stream.uniform(4)), \(-stream.uniform(5))]"
      let document =
        number % 2 == 0
        ? "sie: {effective_einstein_radius: \(radius), axis_ratio: \(ratio), core_radius: \(stream.uniform(2)), \(place)}"
        : "elliptical_nfw: {effective_einstein_radius: \(radius), axis_ratio: \(ratio), scale_radius: \(1 + 9 * stream.uniform(2)), \(place)}"
      let mass = try scene("host: {\(document)}").resolved().lens.mass[0]
      let ring = try #require(try mass.parameters.ring())
      worst.note(ring.einsteinRadius, expected: radius, floor: 0, at: document)
      // Turned and moved it is as strong as upright in the middle, whose ring `HostTests` measures on the lens.
      let upright = try scene("host: {\(document.replacing(", " + place, with: ""))}").resolved().lens.mass[0]
      let key = number % 2 == 0 ? "sie.einstein_radius" : "elliptical_nfw.deflection_at_scale_radius"
      let strengths = try [mass, upright].map {
        guard case .scalar(let text)? = $0.written().value(at: key) else { return Double.nan }
        return try #require(Double(text))
      }
      worst.note(strengths[0], expected: strengths[1], floor: 0, at: document)
    }
    worst.expect(atMost: 1e-11)
  }

  @Test func `masses of points, lines and halos follow the distances`() throws {
    let point: PointMassSpec = try resolved("dwarf: {point_mass: {mass: 1e10}}", "dwarf", redshifts)
    #expect(abs(cosmology.mass(einsteinRadius: point.einsteinRadius) / 1e10 - 1) < SimpsonCosmology.tolerance)
    let halo: TruncatedNavarroFrenkWhiteSpec = try resolved(
      "dwarf: {truncated_nfw: {virial_mass: 1e10, concentration: 12, truncation_radius: 0.2}}", "dwarf",
      redshifts)
    let radius = halo.scaleRadius / SimpsonCosmology.arcsecPerRadian * cosmology.lensDistance * 12
    let mass = 4 * .pi / 3 * 200 * cosmology.criticalDensity * pow(radius, 3)
    #expect(abs(mass / 1e10 - 1) < SimpsonCosmology.tolerance && halo.truncationRadius == 0.2)
  }

  @Test func `a fraction refers to the mass in the ring of the profile that it names`() throws {
    let masses = """
      galaxy: {sie: {velocity_dispersion: 250, axis_ratio: 0.7, core_radius: 0.2}}, \
      vortex: {line_mass: {mass_fraction: 0.04, fraction_of: galaxy, length: 1.5}}
      """
    let scene = try scene(masses, redshifts).resolved()
    let ring = try #require(try scene.lens.mass["galaxy"]?.parameters.ring())
    let line = try #require(scene.lens.mass["vortex"]?.parameters as? UniformLineSpec)
    #expect(abs(pow(line.einsteinRadius / ring.massRadius, 2) / 0.04 - 1) < 1e-12)
    #expect(line.given == nil && line.length == 1.5)
  }

  @Test func `images and maps are those of the parameters that follow`() throws {
    let given = try scene(
      "host: {sie: {velocity_dispersion: 250, axis_ratio: 0.7}}, dwarf: {point_mass: {mass_fraction: 0.01}}")
    let own = try given.resolved()
    #expect(
      given.lens.mass[0].parameters.given != nil && own.lens.mass.allSatisfy { $0.parameters.given == nil })
    let simulator = try ImageSimulator(instrument: given.instrument, accuracy: given.accuracy)
    let images = try [given, own].map {
      try simulator.simulate($0, key: RandomKey(seed: 1, sample: 0), workspace: simulator.makeWorkspace())
        .image
    }
    #expect(images[0] == images[1])
    #expect(try TruthMaps(given).convergence == TruthMaps(own).convergence)
    // A document keeps the words that it was given in.
    let written = SpecVisitor.write(given)
    #expect(written.value(at: "planes.lens.mass.host.sie.velocity_dispersion") == .scalar("250"))
    #expect(written.value(at: "planes.lens.mass.host.sie.einstein_radius") == nil)
    #expect(SpecVisitor.write(try SpecVisitor.read(SceneSpec.self, from: written)) == written)
  }

  @Test(arguments: [
    (
      "host: {sie: {velocity_dispersion: 250, einstein_radius: 1}}",
      "planes.lens.mass.host.sie: einstein_radius and velocity_dispersion given, must have one of einstein_radius, "
    ),
    ("host: {sie: {velocity_dispersion: 0}}", "planes.lens.mass.host.sie.velocity_dispersion: 0 given"),
    ("host: {sis: {velocity_dispersio: 250}}", "did you mean velocity_dispersion?"),
    (
      "host: {nfw: {virial_mass: 1e13}}",
      "host.nfw.concentration: nothing given, must be given with a virial_mass"
    ),
    (
      "host: {nfw: {concentration: 5}}",
      "host.nfw.concentration: a value given, must be given with a virial_mass"
    ),
    (
      "host: {nfw: {virial_mass: 1e13, concentration: 5, scale_radius: 3}}",
      "host.nfw.scale_radius: a value given, follows from virial_mass and concentration"
    ),
    (
      "dwarf: {point_mass: {mass_fraction: 0.1}}",
      "planes.lens.mass.dwarf: fraction_of 'host' given, must be the name of a mass above it, of which there is none"
    ),
    (
      "dwarf: {point_mass: {mass_fraction: 0.1}}, host: {sis: {}}",
      "planes.lens.mass.dwarf: fraction_of 'host' given"
    ),
    (
      "host: {sis: {}}, dwarf: {point_mass: {mass_fraction: 0.1, fraction_of: hots}}",
      "must be the name of a mass above it: host"
    ),
    ("dwarf: {point_mass: {mass: 1e9, fraction_of: host}}", "goes with a mass_fraction"),
  ])
  func `a strength that cannot be is refused`(masses: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) { _ = try scene(masses) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  @Test func `a fraction of what has no ring is refused before anything is rendered`() throws {
    let scene = try scene(
      "tide: {shear: {strength: 0.1}}, dwarf: {point_mass: {mass_fraction: 0.1, fraction_of: tide}}")
    let error = #expect(throws: SpecError.self) { _ = try scene.resolved() }
    #expect(error.map { "\($0)".contains("mass.tide: shear given, must have an Einstein radius") } == true)
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    #expect(throws: SpecError.self) {
      _ = try simulator.simulate(
        scene, key: RandomKey(seed: 1, sample: 0), workspace: simulator.makeWorkspace())
    }
  }

  @Test func `halos of a scene are drawn from a key, and refused without one`() throws {
    let population =
      "subhalos: {count: 12, total_mass_fraction: 0.02, mass: {log_uniform: [1, 100]}, center: [0.3, -0.1]}"
    let scene = try scene(
      "host: {sie: {einstein_radius: 1.1}}", redshifts + ["planes.lens.halos={cloud: {\(population)}}"])
    let key = RandomKey(seed: 9, sample: 2)
    let drawn = try scene.resolved(drawing: key.stream)
    #expect(drawn.scene.lens.mass.count == 13 && drawn.scene.lens.mass.names.last == "cloud_11")
    let halos = try #require(drawn.halos.first).halos
    let host = cosmology.mass(einsteinRadius: 1.1)
    #expect(abs(halos.reduce(0) { $0 + ($1.mass ?? 0) } / (0.02 * host) - 1) < SimpsonCosmology.tolerance)
    for halo in halos { #expect(hypot(halo.place[0] - 0.3, halo.place[1] + 0.1) <= 2) }
    #expect(try scene.resolved(drawing: key.stream).halos[0].halos.map(\.place) == halos.map(\.place))
    #expect(
      try scene.resolved(drawing: RandomKey(seed: 9, sample: 3).stream).halos[0].halos[0].place
        != halos[0].place)
    let error = #expect(throws: NumericalError.self) { _ = try scene.resolved() }
    #expect(error.map { "\($0)".contains("halos are to be drawn") } == true)
    #expect(throws: NumericalError.self) { _ = try TruthMaps(scene) }
    let written = SpecVisitor.write(scene)
    #expect(SpecVisitor.write(try SpecVisitor.read(SceneSpec.self, from: written)) == written)
  }

  @Test(arguments: [
    ("{subhalos: {count: -1}}", "planes.lens.halos.cloud.subhalos.count: '-1' given"),
    (
      "{subhalos: {mass: {uniform: [0, 1]}}}",
      "cloud.subhalos.mass: values from 0 to 1 given, must be at least"
    ),
    ("{subhaloes: {}}", "did you mean subhalos?"),
    (
      "{subhalos: {total_mass_fraction: 0.1, fraction_of: galaxy}}",
      "planes.lens.halos.cloud: fraction_of 'galaxy' given, must be the name of a mass above it: host"
    ),
  ])
  func `a population of halos that cannot be is refused`(population: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) {
      _ = try scene("host: {sis: {}}", ["planes.lens.halos={cloud: \(population)}"])
    }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }
}

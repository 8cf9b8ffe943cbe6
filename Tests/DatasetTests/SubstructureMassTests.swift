import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import Substructure
import Testing

/// Substructure has the mass that the spec asks for, in the tables and in the lens models alike.
struct SubstructureMassTests {
  /// Sums of masses and squared radii round.
  private static let rounding = 1e-12

  private func scenes(
    _ label: String, model: String = "model-b", _ settings: [String] = []
  ) throws -> [DrawnScene] {
    let plan = try PopulationPlan(
      try smallPopulation(model, settings + ["classes=[\(label)]"]), seed: 4)
    return try (0..<100).map { try plan.scene($0) }
  }

  private func squares(_ radii: [Double]) -> Double { radii.reduce(0) { $0 + $1 * $1 } }

  @Test func `a vortex has its fraction of the mass inside the Einstein radius`() throws {
    var worst = WorstError("mass of a vortex")
    for scene in try scenes("vortex") {
      let record = scene.substructure[0]
      let line = try #require(scene.addedMasses.first as? UniformLineSpec)
      let fraction = scene["planes.lens.mass.vortex.line_mass.mass_fraction"]
      worst.note(record.mass / scene["derived.einstein_mass"], expected: fraction, floor: 0)
      worst.note(pow(line.einsteinRadius / scene["derived.einstein_radius"], 2), expected: fraction, floor: 0)
      worst.note(scene["derived.substructure_mass"], expected: record.mass, floor: 0)
      #expect(scene.substructure.count == 1 && scene.addedMasses.count == 1 && record.kind == "line_mass")
      #expect(
        line.length == scene["planes.lens.mass.vortex.line_mass.length"]
          && line.positionAngle == scene["planes.lens.mass.vortex.line_mass.position_angle"])
      #expect(
        line.center == [
          scene["planes.lens.mass.vortex.line_mass.center.0"],
          scene["planes.lens.mass.vortex.line_mass.center.1"],
        ])
      #expect(
        [record.x, record.y, record.length, record.angle] == line.center + [line.length, line.positionAngle])
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `subhalos add up to one per cent of the mass inside the Einstein radius`() throws {
    var worst = WorstError("mass of all subhalos")
    for scene in try scenes("spherical") {
      let total = scene.substructure.reduce(0) { $0 + $1.mass }
      worst.note(total / scene["derived.einstein_mass"], expected: 0.01, floor: 0)
      let area = squares(scene.points.map(\.einsteinRadius))
      worst.note(area / pow(scene["derived.einstein_radius"], 2), expected: 0.01, floor: 0)
      worst.note(scene["derived.substructure_mass"], expected: total, floor: 0)
      #expect(
        scene.points.count == Int(scene["planes.lens.halos.spherical.subhalos.count"])
          && scene.points.count == scene.substructure.count)
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `drawn masses stand where no fraction is asked for`() throws {
    var worst = WorstError("Einstein radius of a subhalo")
    for scene in try scenes("spherical", ["\(ModelPaths.sphericalOfClass).total_mass_fraction=null"]) {
      let cosmology = SimpsonCosmology(
        lens: scene["planes.lens.redshift"], source: scene["planes.source.redshift"])
      for (record, point) in zip(scene.substructure, scene.points) {
        #expect(record.mass >= 1e6 && record.mass <= 1e10)
        worst.note(point.einsteinRadius, expected: cosmology.einsteinRadius(mass: record.mass), floor: 0)
        #expect(point.center == [record.x, record.y] && point.einsteinRadius == record.einsteinRadius)
      }
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
  }

  @Test func `a chain has the mass of the line and covers it evenly`() throws {
    var worst = WorstError("chain of points")
    for number in 0..<30 {
      let stream = RandomKey(seed: 3, sample: UInt64(number)).stream("vortex")
      let numbers =
        "length: \(0.5 + stream.uniform(0)), position_angle: \(3 * stream.uniform(1)), center: [\(stream.uniform(2)), 0.1]"
      func scene(_ content: String) throws -> DrawnScene {
        try scenes("vortex", ["classes.vortex={\(content)}"])[number]
      }
      let line = try scene("planes.lens.mass.vortex: {line_mass: {mass_fraction: 0.04, \(numbers)}}")
      let chain = try scene(
        "planes.lens.halos.vortex: {point_chain: {mass_fraction: 0.04, points: 8, \(numbers)}}")
      let whole = try #require(line.addedMasses.first as? UniformLineSpec)
      worst.note(
        squares(chain.points.map(\.einsteinRadius)), expected: pow(whole.einsteinRadius, 2), floor: 0)
      for (number, point) in chain.points.enumerated() {
        let along = ((Double(number) + 0.5) / 8 - 0.5) * whole.length
        worst.note(point.center[0] - whole.center[0] - along * cos(whole.positionAngle))
        worst.note(point.center[1] - whole.center[1] - along * sin(whole.positionAngle))
      }
      #expect(chain.points.count == 8 && chain.substructure.count == 8)
      worst.note(chain["derived.substructure_mass"], expected: line["derived.substructure_mass"], floor: 0)
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `substructure moves with the host where it is told to`() throws {
    let about = "about: \(ModelPaths.host).center"
    let chain =
      "classes={vortex: {planes.lens.halos.line: {point_chain: {center: {x: 0.1, y: 0, \(about)}}}, "
      + "planes.lens.halos.cloud: {subhalos: {center: {same_as: \(ModelPaths.host).center}}}}}"
    var worst = WorstError("position of substructure about the host")
    let places = ["[0, 0]", "[0.5, -0.25]"]
    let both = try places.map { place in
      let spec = try smallPopulation("model-b", [chain, "\(ModelPaths.host).center=\(place)"])
      return try PopulationPlan(spec, seed: 4).scene(1).substructure
    }
    #expect(both[0].count > 40 && both[0].count == both[1].count)
    for (a, b) in zip(both[0], both[1]) {
      worst.note(b.x - a.x - 0.5)
      worst.note(b.y - a.y + 0.25)
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test(arguments: [SubhaloProfile.navarroFrenkWhite, .truncatedNavarroFrenkWhite, .singularIsothermalSphere])
  func `extended subhalos have their mass inside the virial radius`(_ profile: SubhaloProfile) throws {
    var worst = WorstError("virial mass of \(profile.rawValue)")
    for scene in try scenes("spherical", ["\(ModelPaths.sphericalOfClass).profile=\(profile.rawValue)"]) {
      let cosmology = SimpsonCosmology(
        lens: scene["planes.lens.redshift"], source: scene["planes.source.redshift"])
      for (record, mass) in zip(scene.substructure, scene.addedMasses) {
        let virialRadius = cbrt(record.mass / (800 * .pi / 3 * cosmology.criticalDensity))
        worst.note(try virialMass(mass, virialRadius, cosmology), expected: record.mass, floor: 0)
        #expect(record.kind == profile.rawValue)
      }
      #expect(abs(scene["derived.substructure_mass"] / scene["derived.einstein_mass"] - 0.01) < Self.rounding)
    }
    worst.expect(atMost: 5 * SimpsonCosmology.tolerance)
  }

  /// Mass in solar masses inside a sphere of a radius in Mpc.
  private func virialMass(_ mass: any MassProfileSpec, _ radius: Double, _ cosmology: SimpsonCosmology) throws
    -> Double
  {
    let arcsec = radius / cosmology.lensDistance * SimpsonCosmology.arcsecPerRadian
    func halo(_ scale: Double, _ deflection: Double) -> Double {
      // 4 pi rho_s r_s^3, from the cylinder of the scale radius (Wright & Brainerd 2000, eq. 13).
      let amplitude = .pi * cosmology.criticalSurfaceDensity * deflection * scale / (1 + log(0.5))
      let concentration = arcsec / scale
      return amplitude * (log(1 + concentration) - concentration / (1 + concentration))
    }
    switch mass {
    case let spec as NavarroFrenkWhiteSpec: return halo(spec.scaleRadius, spec.deflectionAtScaleRadius)
    case let spec as TruncatedNavarroFrenkWhiteSpec:
      #expect(abs(spec.truncationRadius / spec.scaleRadius - 5) < Self.rounding)
      return halo(spec.scaleRadius, spec.deflectionAtScaleRadius)
    default:
      let spec = try #require(mass as? SingularIsothermalSphereSpec)
      // M(r) = 2 sigma^2 r / G; the dispersion from the Einstein radius.
      let squared = spec.einsteinRadius / cosmology.einsteinRadius(velocityDispersion: 1)
      return 2 * squared * radius / SimpsonCosmology.gravity
    }
  }
}

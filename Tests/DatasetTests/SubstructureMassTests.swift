import Dataset
import Foundation
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
    _ label: SubstructureClass, model: String = "model-b", _ change: (inout PopulationSpec) -> Void = { _ in }
  ) throws -> [DrawnScene] {
    var spec = try smallPopulation(model)
    spec.classes = [label]
    change(&spec)
    let plan = try PopulationPlan(spec, seed: 4)
    return try (0..<100).map { try plan.scene($0) }
  }

  private func squares(_ radii: [Double]) -> Double { radii.reduce(0) { $0 + $1 * $1 } }

  @Test func `a vortex has its fraction of the mass inside the Einstein radius`() throws {
    var worst = WorstError("mass of a vortex")
    for scene in try scenes(.vortex) {
      let record = scene.substructure[0]
      let line = try #require(scene.addedMasses.first as? UniformLineSpec)
      let fraction = scene["vortex.mass_fraction"]
      worst.note(record.mass / scene["derived.einstein_mass"], expected: fraction, floor: 0)
      worst.note(pow(line.einsteinRadius / scene["derived.einstein_radius"], 2), expected: fraction, floor: 0)
      worst.note(scene["derived.substructure_mass"], expected: record.mass, floor: 0)
      #expect(scene.substructure.count == 1 && scene.addedMasses.count == 1 && record.kind == "vortex")
      #expect(line.length == scene["vortex.length"] && line.positionAngle == scene["vortex.angle"])
      #expect(line.center == [scene["vortex.x"], scene["vortex.y"]])
      #expect(
        [record.x, record.y, record.length, record.angle] == line.center + [line.length, line.positionAngle])
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `subhalos add up to one per cent of the mass inside the Einstein radius`() throws {
    var worst = WorstError("mass of all subhalos")
    for scene in try scenes(.spherical) {
      let total = scene.substructure.reduce(0) { $0 + $1.mass }
      worst.note(total / scene["derived.einstein_mass"], expected: 0.01, floor: 0)
      let area = squares(scene.points.map(\.einsteinRadius))
      worst.note(area / pow(scene["derived.einstein_radius"], 2), expected: 0.01, floor: 0)
      worst.note(scene["derived.substructure_mass"], expected: total, floor: 0)
      #expect(
        scene.points.count == Int(scene["spherical.count"]) && scene.points.count == scene.substructure.count)
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `a fraction may refer to the total mass`() throws {
    var worst = WorstError("fraction of the total mass")
    let cosmology = SimpsonCosmology(lens: 0.5, source: 1)
    for scene in try scenes(.vortex, model: "model-a", { $0.vortex.massReference = .total }) {
      worst.note(scene.substructure[0].mass, expected: 1e12 * scene["vortex.mass_fraction"], floor: 0)
      let line = try #require(scene.addedMasses.first as? UniformLineSpec)
      worst.note(
        line.einsteinRadius, expected: cosmology.einsteinRadius(mass: scene.substructure[0].mass), floor: 0)
    }
    for scene in try scenes(.spherical, model: "model-a", { $0.spherical.massReference = .total }) {
      worst.note(scene["derived.substructure_mass"], expected: 1e10, floor: 0)
      worst.note(
        squares(scene.points.map(\.einsteinRadius)).squareRoot(),
        expected: cosmology.einsteinRadius(mass: 1e10), floor: 0)
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
  }

  @Test func `drawn masses stand where no fraction is asked for`() throws {
    var worst = WorstError("Einstein radius of a subhalo")
    for scene in try scenes(.spherical, { $0.spherical.totalMassFraction = nil }) {
      let cosmology = SimpsonCosmology(lens: scene["redshift.lens"], source: scene["redshift.source"])
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
    let lines = try scenes(.vortex)
    let chains = try scenes(.vortex) {
      $0.vortex.representation = .chain
      $0.vortex.points = 8
    }
    for (line, chain) in zip(lines, chains) {
      let whole = try #require(line.addedMasses.first as? UniformLineSpec)
      worst.note(
        squares(chain.points.map(\.einsteinRadius)), expected: pow(whole.einsteinRadius, 2), floor: 0)
      for (number, point) in chain.points.enumerated() {
        let along = ((Double(number) + 0.5) / 8 - 0.5) * whole.length
        worst.note(point.center[0] - whole.center[0] - along * cos(whole.positionAngle))
        worst.note(point.center[1] - whole.center[1] - along * sin(whole.positionAngle))
      }
      #expect(chain.points.count == 8 && chain.substructure == line.substructure)
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `substructure moves with the host`() throws {
    func move(_ spec: inout PopulationSpec) { (spec.host.x, spec.host.y) = (.fixed(0.5), .fixed(-0.25)) }
    var worst = WorstError("position of substructure about the host")
    for label in [SubstructureClass.vortex, .spherical] {
      for (still, moved) in zip(try scenes(label), try scenes(label, move)) {
        for (a, b) in zip(still.substructure, moved.substructure) {
          worst.note(b.x - a.x - 0.5)
          worst.note(b.y - a.y + 0.25)
        }
      }
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test(arguments: [SubhaloProfile.navarroFrenkWhite, .truncatedNavarroFrenkWhite, .singularIsothermalSphere])
  func `extended subhalos have their mass inside the virial radius`(_ profile: SubhaloProfile) throws {
    var worst = WorstError("virial mass of \(profile.rawValue)")
    for scene in try scenes(.spherical, { $0.spherical.profile = profile }) {
      let cosmology = SimpsonCosmology(lens: scene["redshift.lens"], source: scene["redshift.source"])
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

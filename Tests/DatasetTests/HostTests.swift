import Cosmology
import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import RayTracing
import Testing

/// A host's strength means the same thing however it is given.
struct HostTests {
  /// Every kind that can be a host.
  static let kinds = ["sis", "sie", "elliptical_nfw"]

  private func scenes(_ spec: PopulationSpec, count: Int = 60, seed: UInt64 = 8) throws -> [DrawnScene] {
    let plan = try PopulationPlan(spec, seed: seed)
    return try (0..<count).map { try plan.scene($0) }
  }

  /// Model B with another host and dark lenses.
  ///
  /// - Parameter parameters: As in a document.
  private func host(_ kind: String, _ parameters: String, _ settings: [String] = []) throws -> PopulationSpec
  {
    let dark = ["planes.lens.light.galaxy=null", "planes.lens.mass.host={\(kind): {\(parameters)}}"]
    return try smallPopulation("model-b", dark + settings)
  }

  private func value(_ key: String, _ scene: DrawnScene, _ kind: String) -> Double {
    scene["planes.lens.mass.host.\(kind).\(key)"]
  }

  private let fixedRedshifts = ["planes.lens.redshift=0.5", "planes.source.redshift=1"]

  @Test func `the Einstein radius of model A is 1.2 arcsec`() throws {
    var worst = WorstError("Einstein radius of model A")
    for drawn in try scenes(try smallPopulation("model-a")) {
      worst.note(drawn["derived.einstein_radius"] - 1.2, at: "sample \(drawn.index)")
      let ellipsoid = try #require(drawn.masses[0] as? IsothermalEllipsoidSpec)
      worst.note(ellipsoid.einsteinRadius - 1.2)
    }
    worst.expect(atMost: 1e-5)
  }

  @Test func `in model B it follows the distances`() throws {
    var worst = WorstError("Einstein radius of model B")
    let drawn = try scenes(try smallPopulation("model-b"))
    for scene in drawn {
      let cosmology = SimpsonCosmology(
        lens: scene["planes.lens.redshift"], source: scene["planes.source.redshift"])
      let expected = cosmology.einsteinRadius(velocityDispersion: 311.6687)
      worst.note(scene["derived.einstein_radius"], expected: expected, floor: 0)
      worst.note(scene["derived.velocity_dispersion"], expected: 311.6687, floor: 0)
      worst.note(scene["derived.einstein_mass"], expected: cosmology.mass(einsteinRadius: expected), floor: 0)
      #expect(
        scene.scene.planes.map(\.redshift) == [
          scene["planes.lens.redshift"], scene["planes.source.redshift"],
        ])
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
    let radii = drawn.map { $0["derived.einstein_radius"] }
    #expect((radii.max() ?? 0) - (radii.min() ?? 0) > 0.3)
  }

  @Test(arguments: kinds)
  func `an Einstein radius is kept at every redshift`(_ kind: String) throws {
    var worst = WorstError("given Einstein radius of \(kind)")
    let key = kind == "sis" ? "einstein_radius" : "effective_einstein_radius"
    for scene in try scenes(try host(kind, "\(key): {uniform: [0.8, 1.4]}")) {
      worst.note(scene["derived.einstein_radius"] - value(key, scene, kind))
      worst.note(
        try ringRadius(scene.masses[0]) - value(key, scene, kind), at: "\(scene.masses[0])")
    }
    worst.expect(atMost: 1e-12)
  }

  @Test(arguments: kinds)
  func `an Einstein mass is the mass in the ring`(_ kind: String) throws {
    var worst = WorstError("given Einstein mass of \(kind)")
    for scene in try scenes(try host(kind, "einstein_mass: {log_uniform: [1e11, 1e12]}")) {
      let cosmology = SimpsonCosmology(
        lens: scene["planes.lens.redshift"], source: scene["planes.source.redshift"])
      let given = value("einstein_mass", scene, kind)
      worst.note(
        cosmology.mass(einsteinRadius: try ringRadius(scene.masses[0])), expected: given, floor: 0)
      worst.note(scene["derived.einstein_mass"], expected: given, floor: 0)
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
  }

  @Test func `a virial mass fills 200 times the critical density`() throws {
    var worst = WorstError("given virial mass")
    let spec = try host(
      "elliptical_nfw", "virial_mass: {log_uniform: [3e13, 1e15]}, concentration: {uniform: [6, 12]}")
    for scene in try scenes(spec) {
      let cosmology = SimpsonCosmology(
        lens: scene["planes.lens.redshift"], source: scene["planes.source.redshift"])
      let halo = try #require(scene.masses[0] as? EllipticalNavarroFrenkWhiteSpec)
      let mass = value("virial_mass", scene, "elliptical_nfw")
      let concentration = value("concentration", scene, "elliptical_nfw")
      let virialRadius =
        halo.scaleRadius / SimpsonCosmology.arcsecPerRadian * cosmology.lensDistance * concentration
      worst.note(
        4 * .pi / 3 * 200 * cosmology.criticalDensity * pow(virialRadius, 3), expected: mass, floor: 0)
      // In the cylinder of the scale radius (Wright & Brainerd 2000, eq. 13): 4 pi rho_s r_s^3 (1 + ln(1/2)).
      let cylinder = mass * (1 + log(0.5)) / (log(1 + concentration) - concentration / (1 + concentration))
      let deflected = .pi * cosmology.criticalSurfaceDensity * halo.deflectionAtScaleRadius * halo.scaleRadius
      worst.note(deflected, expected: cylinder, floor: 0)
      worst.note(scene["derived.einstein_radius"], expected: try ringRadius(halo), floor: 0)
    }
    worst.expect(atMost: 3 * SimpsonCosmology.tolerance)
  }

  /// Where a round lens deflects by as much as the ray is off its centre, from its parameters.
  private func ringRadius(_ mass: any MassProfileSpec) throws -> Double {
    switch mass {
    case let sphere as SingularIsothermalSphereSpec: return sphere.einsteinRadius
    case let ellipsoid as IsothermalEllipsoidSpec: return ellipsoid.einsteinRadius
    case let halo as EllipticalNavarroFrenkWhiteSpec:
      // Mean convergence over the disc falls outwards; h is Wright & Brainerd's (2000) projected mass.
      func h(_ x: Double) -> Double {
        log(x / 2)
          + (x < 1 ? acosh(1 / x) / (1 - x * x).squareRoot() : acos(1 / x) / (x * x - 1).squareRoot())
      }
      var (low, high) = (1e-6, 50.0)
      for _ in 0..<200 {
        let x = (low + high) / 2
        let deflection = halo.deflectionAtScaleRadius * h(x) / (1 + log(0.5)) / x
        if deflection > x * halo.scaleRadius { low = x } else { high = x }
      }
      return low * halo.scaleRadius
    default: throw FileError(path: "\(mass)", reason: "is no host")
    }
  }

  // MARK: Hosts as they are

  /// A core of 0.3 arcsec, as a user tried it: the ring used to be at 0.849 arcsec, and the table said 1.2.
  @Test func `a cored host has the ring that was asked for`() throws {
    func cored(_ strength: String, _ core: Double) throws -> DrawnScene {
      let settings = fixedRedshifts + ["planes.lens.mass.shear.shear.strength=0"]
      return try scenes(try host("sie", "\(strength), core_radius: \(core)", settings), count: 1)[0]
    }
    for core in [0.3, 1.2, 5] {
      let scene = try cored("effective_einstein_radius: 1.2", core)
      let ellipsoid = try #require(scene.masses[0] as? IsothermalEllipsoidSpec)
      // alpha(R) = theta_E (sqrt(R_c^2 + R^2) - R_c) / R, which is R at the ring.
      let deflection = ellipsoid.einsteinRadius * ((core * core + 1.44).squareRoot() - core) / 1.2
      #expect(abs(deflection - 1.2) < 1e-12)
      #expect(abs(scene["derived.einstein_radius"] - 1.2) < 1e-12)
    }
    let weak = try cored("velocity_dispersion: 311.6687", 0.3)
    #expect(abs(weak["derived.einstein_radius"] - 0.848_528) < 1e-4)
  }

  /// No fraction of its mass can be meant: that is an error of the sample, and of no other.
  @Test func `a host without a ring is told where a fraction refers to it`() throws {
    let spec = try host("sie", "velocity_dispersion: 311.6687, core_radius: 1.2", fixedRedshifts)
    let plan = try PopulationPlan(spec, seed: 8)
    #expect(try plan.scene(0)["derived.einstein_radius"].isNaN)
    let error = #expect(throws: SampleError.self) { _ = try plan.scene(1) }
    #expect(
      error.map { "\($0)".contains("core radius of 1.2") && "\($0)".contains("critical curve") } == true)
  }

  /// Random hosts of every kind and shape against sums over the part of a fine grid where kappa + |gamma| is above 1.
  @Test(arguments: kinds)
  func `derived columns are measured on the lens`(_ kind: String) throws {
    var (areas, masses) = (
      WorstError("Einstein radius of \(kind) against its critical curve"),
      WorstError("mass of \(kind) inside its critical curve")
    )
    var refused = 0
    for number in 0..<24 {
      let stream = RandomKey(seed: 31, sample: UInt64(number)).stream("host")
      let (parameters, radius, mass) = parameters(of: kind, number, stream)
      let spec = try host(kind, parameters, fixedRedshifts)
      let scene = try scenes(spec, count: 1)[0]
      if scene["derived.einstein_radius"].isNaN {
        refused += 1
        continue
      }
      let found = measured(scene.masses[0], halfWidth: 2.5 * scene["derived.einstein_radius"])
      let cosmology = SimpsonCosmology(lens: 0.5, source: 1)
      let place = "\(parameters): \(scene.masses[0])"
      areas.note(
        scene["derived.einstein_radius"], expected: (found.area / .pi).squareRoot(), floor: 0, at: place)
      masses.note(
        scene["derived.einstein_mass"],
        expected: cosmology.mass(einsteinRadius: (found.mass / .pi).squareRoot()), floor: 0, at: place)
      if let radius {
        areas.note(scene["derived.einstein_radius"], expected: radius, floor: 0, at: "\(parameters)")
      }
      if let mass { masses.note(scene["derived.einstein_mass"], expected: mass, floor: 0) }
    }
    // Squares at the edge are in or out, which is 1e-4 of the area; the mass of a singular centre is off by a square's
    // share of a radius, 1e-3; a halo's sum of ellipsoids is within 1e-4 of the exact profile.
    areas.expect(atMost: 5e-4)
    masses.expect(atMost: 2e-3)
    print("\(refused) hosts of kind \(kind) have no ring")
    #expect(refused < 8)
  }

  /// - Returns: Those of a random host, and the Einstein radius or mass that it is given by.
  private func parameters(
    of kind: String, _ number: Int, _ stream: RandomStream
  ) -> (String, radius: Double?, mass: Double?) {
    var all =
      kind == "sis"
      ? []
      : [
        "axis_ratio: \(0.3 + 0.7 * stream.uniform(0))", "position_angle: \(3 * stream.uniform(1))",
      ]
    let isVirial = kind == "elliptical_nfw" && number % 3 == 2
    if kind == "elliptical_nfw" && !isVirial { all.append("scale_radius: \(3 + 10 * stream.uniform(3))") }
    if kind == "sie" { all.append("core_radius: \(0.7 * stream.uniform(3))") }
    var (radius, mass): (Double?, Double?) = (nil, nil)
    if number % 3 == 0 {
      radius = 0.6 + 0.8 * stream.uniform(2)
      all.append("\(kind == "sis" ? "" : "effective_")einstein_radius: \(radius ?? 0)")
    } else if number % 3 == 1 {
      mass = 1e11 + 5e11 * stream.uniform(2)
      all.append("einstein_mass: \(mass ?? 0)")
    } else if isVirial {
      all.append("virial_mass: \(1e14 * (1 + stream.uniform(2))), concentration: 12")
    } else {
      all.append("velocity_dispersion: \(250 + 100 * stream.uniform(2))")
    }
    return (all.joined(separator: ", "), radius, mass)
  }

  /// The area in arcsec^2 inside the tangential critical curve, and the integral of the convergence over it.
  private func measured(_ mass: any MassProfileSpec, halfWidth: Double) -> (area: Double, mass: Double) {
    let plane = LensPlane(masses: [mass.profile(Double.self)])
    let cells = 1000
    let tile = RayTile<Double>(count: cells)
    var (count, sum) = (0, 0.0)
    for row in 0..<cells {
      for i in 0..<cells {
        tile.image.x[i] = (2 * (Double(i) + 0.5) / Double(cells) - 1) * halfWidth
        tile.image.y[i] = (2 * (Double(row) + 0.5) / Double(cells) - 1) * halfWidth
      }
      plane.sumHessian(tile)
      for i in 0..<cells {
        let (xx, xy, yy) = (tile.hessian.xx[i], tile.hessian.xy[i], tile.hessian.yy[i])
        if (xx + yy) / 2 + hypot((xx - yy) / 2, xy) > 1 { (count, sum) = (count + 1, sum + (xx + yy) / 2) }
      }
    }
    withExtendedLifetime(tile) {}
    let cell = pow(2 * halfWidth / Double(cells), 2)
    return (Double(count) * cell, sum * cell)
  }

  @Test func `a point of 1e12 solar masses`() throws {
    let geometry = try LensGeometry(lensRedshift: 0.5, sourceRedshift: 1, cosmology: FlatLambdaCDM())
    let thousandth = 5e-4
    #expect(abs(geometry.einsteinRadius(ofMass: 1e12) - 1.665) < thousandth)
    for (distances, expected) in [("angular_diameter", 1.665), ("luminosity", 1.281)] {
      let settings = fixedRedshifts + ["cosmology.distances=\(distances)"]
      let scene = try scenes(try host("sis", "einstein_mass: 1e12", settings), count: 1)[0]
      let sphere = try #require(scene.masses[0] as? SingularIsothermalSphereSpec)
      #expect(abs(sphere.einsteinRadius - expected) < thousandth)
      #expect(abs(scene["derived.einstein_mass"] / 1e12 - 1) < 1e-12)
    }
  }
}

import Cosmology
import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import RayTracing
import Testing

/// The host's strength means the same thing however it is given.
struct HostTests {
  private func scenes(_ spec: PopulationSpec, count: Int = 60, seed: UInt64 = 8) throws -> [DrawnScene] {
    let plan = try PopulationPlan(spec, seed: seed)
    return try (0..<count).map { try plan.scene($0) }
  }

  private func host(
    _ profile: HostProfile, _ change: (inout HostSpec) -> Void
  ) throws -> PopulationSpec {
    var spec = try smallPopulation("model-b")
    spec.host = HostSpec()
    spec.host.profile = profile
    change(&spec.host)
    spec.vortex.massReference = .einstein
    return spec
  }

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
      let cosmology = SimpsonCosmology(lens: scene["redshift.lens"], source: scene["redshift.source"])
      let expected = cosmology.einsteinRadius(velocityDispersion: 311.6687)
      worst.note(scene["derived.einstein_radius"], expected: expected, floor: 0)
      worst.note(scene["derived.velocity_dispersion"], expected: 311.6687, floor: 0)
      worst.note(scene["derived.einstein_mass"], expected: cosmology.mass(einsteinRadius: expected), floor: 0)
      #expect(scene.scene.planes.map(\.redshift) == [scene["redshift.lens"], scene["redshift.source"]])
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
    let radii = drawn.map { $0["derived.einstein_radius"] }
    #expect((radii.max() ?? 0) - (radii.min() ?? 0) > 0.3)
  }

  @Test(arguments: HostProfile.allCases)
  func `an Einstein radius is kept at every redshift`(_ profile: HostProfile) throws {
    var worst = WorstError("given Einstein radius of \(profile.rawValue)")
    for scene in try scenes(try host(profile) { $0.einsteinRadius = .uniform(lower: 0.8, upper: 1.4) }) {
      worst.note(scene["derived.einstein_radius"] - scene["host.einstein_radius"])
      worst.note(try ringRadius(scene.masses[0]) - scene["host.einstein_radius"], at: "\(scene.masses[0])")
    }
    worst.expect(atMost: 1e-12)
  }

  @Test(arguments: HostProfile.allCases)
  func `an Einstein mass is the mass in the ring`(_ profile: HostProfile) throws {
    var worst = WorstError("given Einstein mass of \(profile.rawValue)")
    for scene in try scenes(try host(profile) { $0.einsteinMass = .logUniform(lower: 1e11, upper: 1e12) }) {
      let cosmology = SimpsonCosmology(lens: scene["redshift.lens"], source: scene["redshift.source"])
      worst.note(
        cosmology.mass(einsteinRadius: try ringRadius(scene.masses[0])),
        expected: scene["host.einstein_mass"], floor: 0)
      worst.note(scene["derived.einstein_mass"], expected: scene["host.einstein_mass"], floor: 0)
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
  }

  @Test func `a virial mass fills 200 times the critical density`() throws {
    var worst = WorstError("given virial mass")
    let spec = try host(.navarroFrenkWhite) {
      $0.virialMass = .logUniform(lower: 3e13, upper: 1e15)
      $0.concentration = .uniform(lower: 6, upper: 12)
    }
    for scene in try scenes(spec) {
      let cosmology = SimpsonCosmology(lens: scene["redshift.lens"], source: scene["redshift.source"])
      let halo = try #require(scene.masses[0] as? EllipticalNavarroFrenkWhiteSpec)
      let (mass, concentration) = (scene["host.virial_mass"], scene["host.concentration"])
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
    var spec = try host(.isothermalEllipsoid) {
      ($0.einsteinRadius, $0.coreRadius) = (.fixed(1.2), .fixed(0.3))
    }
    (spec.redshift.lens, spec.redshift.source, spec.shear.strength) = (.fixed(0.5), .fixed(1), .fixed(0))
    for core in [0.3, 1.2, 5] {
      spec.host.coreRadius = .fixed(core)
      let scene = try scenes(spec, count: 1)[0]
      let ellipsoid = try #require(scene.masses[0] as? IsothermalEllipsoidSpec)
      // alpha(R) = theta_E (sqrt(R_c^2 + R^2) - R_c) / R, which is R at the ring.
      let deflection = ellipsoid.einsteinRadius * ((core * core + 1.44).squareRoot() - core) / 1.2
      #expect(abs(deflection - 1.2) < 1e-12)
      #expect(abs(scene["derived.einstein_radius"] - 1.2) < 1e-12)
    }
    (spec.host.einsteinRadius, spec.host.velocityDispersion) = (nil, .fixed(311.6687))
    spec.host.coreRadius = .fixed(0.3)
    #expect(abs(try scenes(spec, count: 1)[0]["derived.einstein_radius"] - 0.848_528) < 1e-4)
    spec.host.coreRadius = .fixed(1.2)
    let error = #expect(throws: SampleError.self) { _ = try scenes(spec, count: 1) }
    #expect(
      error.map { "\($0)".contains("core radius of 1.2") && "\($0)".contains("critical curve") } == true)
  }

  /// Random hosts of every kind and shape against sums over the part of a fine grid where kappa + |gamma| is above 1.
  @Test(arguments: HostProfile.allCases)
  func `derived columns are measured on the lens`(_ profile: HostProfile) throws {
    var (areas, masses) = (
      WorstError("Einstein radius of \(profile.rawValue) against its critical curve"),
      WorstError("mass of \(profile.rawValue) inside its critical curve")
    )
    var refused = 0
    for number in 0..<24 {
      let stream = RandomKey(seed: 31, sample: UInt64(number)).stream("host")
      var spec = try host(profile) {
        $0.axisRatio = .fixed(0.3 + 0.7 * stream.uniform(0))
        $0.positionAngle = .fixed(3 * stream.uniform(1))
        switch (profile, number % 3) {
        case (_, 0): $0.einsteinRadius = .fixed(0.6 + 0.8 * stream.uniform(2))
        case (_, 1): $0.einsteinMass = .fixed(1e11 + 5e11 * stream.uniform(2))
        case (.navarroFrenkWhite, _):
          ($0.virialMass, $0.concentration) = (.fixed(1e14 * (1 + stream.uniform(2))), .fixed(12))
        default: $0.velocityDispersion = .fixed(250 + 100 * stream.uniform(2))
        }
        if profile == .navarroFrenkWhite { $0.scaleRadius = .fixed(3 + 10 * stream.uniform(3)) }
        if profile == .isothermalEllipsoid { $0.coreRadius = .fixed(0.7 * stream.uniform(3)) }
      }
      (spec.redshift.lens, spec.redshift.source) = (.fixed(0.5), .fixed(1))
      guard let scene = try? scenes(spec, count: 1)[0] else {
        refused += 1
        continue
      }
      let (area, mass) = measured(scene.masses[0], halfWidth: 2.5 * scene["derived.einstein_radius"])
      let cosmology = SimpsonCosmology(lens: 0.5, source: 1)
      let place = "\(scene.masses[0])"
      areas.note(scene["derived.einstein_radius"], expected: (area / .pi).squareRoot(), floor: 0, at: place)
      masses.note(
        scene["derived.einstein_mass"],
        expected: cosmology.mass(einsteinRadius: (mass / .pi).squareRoot()), floor: 0, at: place)
      if number % 3 == 0 {
        areas.note(scene["derived.einstein_radius"], expected: scene["host.einstein_radius"], floor: 0)
      } else if number % 3 == 1 {
        masses.note(scene["derived.einstein_mass"], expected: scene["host.einstein_mass"], floor: 0)
      }
    }
    // Squares at the edge are in or out, which is 1e-4 of the area; the mass of a singular centre is off by a square's
    // share of a radius, 1e-3; a halo's sum of ellipsoids is within 1e-4 of the exact profile.
    areas.expect(atMost: 5e-4)
    masses.expect(atMost: 2e-3)
    print("\(refused) hosts of kind \(profile.rawValue) have no ring")
    #expect(refused < 8)
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
    #expect(abs(geometry.einsteinRadiusFromLuminosityDistances(ofMass: 1e12) - 1.281) < thousandth)
    for (fault, expected) in [(false, 1.665), (true, 1.281)] {
      var spec = try host(.singularIsothermalSphere) { $0.einsteinMass = .fixed(1e12) }
      (spec.redshift.lens, spec.redshift.source) = (.fixed(0.5), .fixed(1))
      spec.faults.luminosityDistances = fault
      let scene = try scenes(spec, count: 1)[0]
      let sphere = try #require(scene.masses[0] as? SingularIsothermalSphereSpec)
      #expect(abs(sphere.einsteinRadius - expected) < thousandth)
    }
  }

  @Test func `light and mass of the lens share their shape unless told otherwise`() throws {
    var spec = try smallPopulation("model-a")
    let scene = try scenes(spec, count: 1)[0]
    let ellipsoid = try #require(scene.masses[0] as? IsothermalEllipsoidSpec)
    #expect(
      ellipsoid.axisRatio == scene["host.axis_ratio"]
        && ellipsoid.positionAngle == scene["host.position_angle"])
    #expect(scene.lensLight?.axisRatio == ellipsoid.axisRatio)
    #expect(scene.lensLight?.positionAngle == ellipsoid.positionAngle)
    spec.lensLight?.axisRatio = .fixed(0.9)
    #expect(try scenes(spec, count: 1)[0].lensLight?.axisRatio == 0.9)
    (spec.host.x, spec.host.y) = (.fixed(0.3), .fixed(-0.2))
    let moved = try scenes(spec, count: 1)[0]
    #expect(moved.lensLight?.center == [0.3, -0.2])
    #expect((moved.masses[0] as? IsothermalEllipsoidSpec)?.center == [0.3, -0.2])
    #expect((moved.masses[1] as? ExternalShearSpec)?.center == [0.3, -0.2])
  }
}

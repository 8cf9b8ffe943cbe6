import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import RayTracing
import Simulation
import Testing

struct CriticalCurveTests {
  /// Of the positions of points on a curve: bisection ends at 1e-9 of a grid step of some 0.03 arcsec; the
  /// determinant's own rounding adds no more.
  private static let position = 1e-6
  private static let pixelScale = 0.06

  private func curves(_ masses: [MassSpec], width: Int = 60, height: Int = 60) throws -> [CriticalCurve] {
    var scene = SceneSpec()
    scene.planes[0].mass = Components(masses)
    (scene.instrument.width, scene.instrument.height) = (width, height)
    scene.instrument.pixelScale = Self.pixelScale
    return try TruthMaps(scene).criticalCurves
  }

  private func extent(_ curve: SkyCurve) -> Double {
    let (x, y) = (curve.points.map(\.x), curve.points.map(\.y))
    return max((x.max() ?? 0) - (x.min() ?? 0), (y.max() ?? 0) - (y.min() ?? 0))
  }

  /// Centres on a node of the grid, on a line of it and elsewhere.
  private static let centers = [[0.0, 0.0], [0.03, -0.06], [0.03, 0.041], [0.0171, 0.0043]]

  @Test(arguments: centers)
  func `the critical curve of an isothermal sphere is its Einstein ring`(center: [Double]) throws {
    var mass = SingularIsothermalSphereSpec()
    (mass.einsteinRadius, mass.center) = (1.1, center)
    for size in [60, 61] {
      let curves = try curves([MassSpec(mass)], width: size)
      try #require(curves.count == 1)
      #expect(curves[0].critical.isClosed && curves[0].critical.points.count > 200)
      var (radius, caustic) = (WorstError("Einstein ring, arcsec"), WorstError("point caustic, arcsec"))
      for point in curves[0].critical.points {
        radius.note(hypot(point.x - center[0], point.y - center[1]) - 1.1)
      }
      for point in curves[0].caustic.points { caustic.note(hypot(point.x - center[0], point.y - center[1])) }
      radius.expect(atMost: Self.position)
      caustic.expect(atMost: Self.position)
    }
  }

  @Test(arguments: [0.3, 0.5, 0.8, 0.99, 1])
  func `the critical curve of an isothermal ellipsoid is the line of convergence one half`(axisRatio: Double)
    throws
  {
    var mass = IsothermalEllipsoidSpec()
    (mass.einsteinRadius, mass.axisRatio, mass.positionAngle) = (0.9, axisRatio, 0.7)
    let curves = try curves([MassSpec(mass)])
    try #require(curves.count == 1)
    var worst = WorstError("elliptical radius of the critical curve, arcsec")
    for point in curves[0].critical.points {
      let (u, v) = (cos(0.7) * point.x + sin(0.7) * point.y, cos(0.7) * point.y - sin(0.7) * point.x)
      worst.note((axisRatio * u * u + v * v / axisRatio).squareRoot() - 0.9)
    }
    worst.expect(atMost: Self.position)
    // A polygon with chords no longer than the diagonal of a cell, d, lacks a part of at most d^2 / (6 r^2) of
    // the circle; the narrow ends of the ellipse are curved by 1 / q^(3/2) more.
    let chord = Self.pixelScale / 2 * 2.0.squareRoot()
    let area = Double.pi * 0.9 * 0.9
    let missing = 1 - curves[0].critical.enclosedArea / area
    let bound = chord * chord / (6 * 0.81) / pow(axisRatio, 1.5)
    print("worst error: area of the critical curve, axis ratio \(axisRatio): \(missing) of at most \(bound)")
    #expect(missing > 0 && missing < bound)
  }

  @Test(arguments: [(0.05, 0.0), (0.1, 0.4), (0.2, 2.5)])
  func `the caustic of a sheared isothermal sphere is the astroid of theory`(strength: Double, angle: Double)
    throws
  {
    var (mass, shear) = (SingularIsothermalSphereSpec(), ExternalShearSpec())
    (mass.einsteinRadius, shear.strength, shear.angle) = (1.2, strength, angle)
    let curves = try curves([MassSpec(mass), MassSpec(shear)])
    try #require(curves.count == 1)
    // With phi from the direction of the shear, the critical curve is r = theta_E (1 - gamma cos 2 phi) /
    // (1 - gamma^2) and the caustic (-a cos^3 phi, b sin^3 phi), a = 2 gamma theta_E / (1 + gamma), b = 2 gamma
    // theta_E / (1 - gamma), from the lens equation alone.
    let (a, b) = (2.4 * strength / (1 + strength), 2.4 * strength / (1 - strength))
    var (critical, caustic) = (WorstError("critical curve, arcsec"), WorstError("caustic, arcsec"))
    var (reachX, reachY) = (0.0, 0.0)
    for (point, source) in zip(curves[0].critical.points, curves[0].caustic.points) {
      let phi = atan2(point.y, point.x) - angle
      critical.note(hypot(point.x, point.y) - 1.2 * (1 - strength * cos(2 * phi)) / (1 - strength * strength))
      let (u, v) = (
        cos(angle) * source.x + sin(angle) * source.y, cos(angle) * source.y - sin(angle) * source.x
      )
      caustic.note(hypot(u + a * pow(cos(phi), 3), v - b * pow(sin(phi), 3)))
      (reachX, reachY) = (max(reachX, abs(u)), max(reachY, abs(v)))
    }
    critical.expect(atMost: Self.position)
    caustic.expect(atMost: Self.position)
    // A point lies within half a cell's diagonal of every cusp, where cos^3 falls by 3/2 of the angle's square.
    let cusp = 1.5 * pow(Self.pixelScale / 2 / 1.2 * 1.3, 2)
    #expect(reachX <= a + Self.position && reachX > a * (1 - cusp))
    #expect(reachY <= b + Self.position && reachY > b * (1 - cusp))
    #expect(abs(curves[0].caustic.enclosedArea / (0.375 * .pi * a * b) - 1) < 0.01)
  }

  @Test(arguments: centers)
  func `a singular centre is no critical curve`(center: [Double]) throws {
    var (sphere, ellipsoid, point) = (
      SingularIsothermalSphereSpec(), IsothermalEllipsoidSpec(), PointMassSpec()
    )
    (sphere.center, ellipsoid.center, point.center) = (center, center, center)
    (ellipsoid.axisRatio, ellipsoid.positionAngle, point.einsteinRadius) = (0.6, 0.3, 0.9)
    for mass in [MassSpec(sphere), MassSpec(ellipsoid), MassSpec(point)] {
      for (width, height) in [(60, 60), (61, 61), (60, 43)] {
        let curves = try curves([mass], width: width, height: height)
        #expect(curves.count == 1, "\(mass.parameters): \(curves.map { extent($0.critical) })")
      }
    }
  }

  @Test(arguments: centers)
  func `a halo with a finite central density has a tangential and a radial critical curve`(center: [Double])
    throws
  {
    var (halo, cored) = (NavarroFrenkWhiteSpec(), IsothermalEllipsoidSpec())
    (halo.scaleRadius, halo.deflectionAtScaleRadius, halo.center) = (1, 1.5, center)
    (cored.coreRadius, cored.axisRatio, cored.center) = (0.2, 0.8, center)
    for mass in [MassSpec(halo), MassSpec(cored)] {
      let curves = try curves([mass])
      #expect(curves.count == 2 && curves.allSatisfy(\.critical.isClosed), "\(mass.parameters)")
      #expect(curves.allSatisfy { extent($0.critical) > Self.pixelScale })
    }
  }

  @Test(arguments: [0.0, 0.3], centers)
  func `a line of mass has no tiny curves along it`(positionAngle: Double, center: [Double]) throws {
    var line = UniformLineSpec()
    (line.einsteinRadius, line.length, line.positionAngle, line.center) = (0.8, 0.9, positionAngle, center)
    let curves = try curves([MassSpec(line)])
    #expect(curves.count == 1, "\(curves.map { extent($0.critical) })")
  }

  @Test func `a ring that leaves the image is open`() throws {
    var mass = SingularIsothermalSphereSpec()
    (mass.einsteinRadius, mass.center) = (1.1, [1.2, 0.0])
    let curves = try curves([MassSpec(mass)])
    #expect(curves.count == 1 && curves[0].critical.isClosed == false)
  }
}

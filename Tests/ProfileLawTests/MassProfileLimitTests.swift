import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// Where one mass profile must become another, and what an Einstein radius means.
@Suite struct MassProfileLimitTests {
  private static let rounding = 1e-12
  /// The sum of 44 ellipsoids is fitted to the spherical halo to this accuracy (Oguri 2021).
  private static let ellipsoidFit = 1e-4

  @Test func `an ellipsoid of axis ratio 1 is a sphere`() throws {
    try compare(
      "sie: {einstein_radius: 1.2, axis_ratio: 1}", "sis: {einstein_radius: 1.2}", tolerance: Self.rounding)
    try compare(
      "sie: {einstein_radius: 1.2, axis_ratio: 0.999999999}", "sis: {einstein_radius: 1.2}", tolerance: 2e-9)
  }

  @Test func `a small core does not show far from it`() throws {
    // The deflection changes by at most R_c / (sqrt(q) r) of itself.
    try compare(
      "sie: {einstein_radius: 1.2, axis_ratio: 0.6, core_radius: 1e-9}",
      "sie: {einstein_radius: 1.2, axis_ratio: 0.6}", tolerance: 1e-9 / (0.6.squareRoot() * 0.05))
  }

  @Test func `a halo truncated far out is not truncated`() throws {
    // What is cut off has the relative size x^2 / tau^2 ln(tau).
    try compare(
      "truncated_nfw: {scale_radius: 0.5, deflection_at_scale_radius: 0.3, truncation_radius: 1e6}",
      "nfw: {scale_radius: 0.5, deflection_at_scale_radius: 0.3}", tolerance: 1e-8)
  }

  @Test func `a round elliptical halo is the spherical one`() throws {
    try compare(
      "elliptical_nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, axis_ratio: 1}",
      "nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9}", tolerance: Self.ellipsoidFit)
  }

  @Test func `a line is a point far away`() throws {
    // The next term of the multipole expansion is L^2 / (12 r^2).
    let line = try MassProfileExamples.mass(
      "line_mass: {einstein_radius: 0.5, length: 0.01, position_angle: 1}")
    let point = try MassProfileExamples.mass("point_mass: {einstein_radius: 0.5}")
    let points = ringPoints(from: 1, to: 100)
    let (a, b) = (line.evaluated(Double.self, at: points), point.evaluated(Double.self, at: points))
    var worst = WorstError("line and point")
    for i in points.indices {
      worst.note(a.deflectionX[i] - b.deflectionX[i])
      worst.note(a.deflectionY[i] - b.deflectionY[i])
      worst.note(a.potential[i] - b.potential[i])
    }
    worst.expect(atMost: 0.25 * 0.01 * 0.01 / 12 * 1.01)
  }

  @Test func `a line is a long chain of points`() throws {
    let (length, angle, count) = (1.4, 0.6, 20_000)
    let line = try MassProfileExamples.mass(
      "line_mass: {einstein_radius: 0.5, length: 1.4, position_angle: 0.6}")
    let points = ringPoints(from: 0.9, to: 4, count: 50)
    let values = line.evaluated(Double.self, at: points)
    var (x, y) = ([Double](repeating: 0, count: 50), [Double](repeating: 0, count: 50))
    for k in 0..<count {
      let along = ((Double(k) + 0.5) / Double(count) - 0.5) * length
      for (i, point) in points.enumerated() {
        let (dx, dy) = (point.0 - along * cos(angle), point.1 - along * sin(angle))
        x[i] += 0.25 / Double(count) * dx / (dx * dx + dy * dy)
        y[i] += 0.25 / Double(count) * dy / (dx * dx + dy * dy)
      }
    }
    var worst = WorstError("line and chain of points")
    for i in points.indices {
      worst.note(values.deflectionX[i] - x[i])
      worst.note(values.deflectionY[i] - y[i])
    }
    // The midpoint rule's error is (L / N)^2 / 24 times the end points' field gradients, of order 10.
    worst.expect(atMost: 1e-8)
  }

  @Test func `the deflection jumps across a line and nowhere else`() throws {
    let line = try MassProfileExamples.mass("line_mass: {einstein_radius: 0.5, length: 1}")
    let (e, jump) = (1e-9, 2 * Double.pi * 0.25)
    let values = line.evaluated(
      Double.self, at: [(0.2, e), (0.2, -e), (0.8, e), (0.8, -e), (-3, e), (-3, -e)])
    #expect(abs(values.deflectionY[0] - values.deflectionY[1] - jump) < 1e-7)
    #expect(abs(values.deflectionY[2] - values.deflectionY[3]) < 1e-7)
    #expect(abs(values.deflectionY[4] - values.deflectionY[5]) < 1e-7)
  }

  @Test(arguments: [0.3, 0.6, 1.0])
  func `the mean convergence inside the ellipse of the Einstein radius is 1`(axisRatio: Double) throws {
    let mass = try MassProfileExamples.mass("sie: {einstein_radius: 1.3, axis_ratio: \(axisRatio)}")
    // Area-weighted mean over the ellipse q x^2 + y^2 / q < theta_E^2 on rings of equal area; R has a kink-free
    // integrand 1 / R, so the midpoint rule in R converges fast.
    let rings = 2000
    let points = (0..<rings).map { k in
      let radius = 1.3 * (Double(k) + 0.5) / Double(rings)
      return (radius * cos(0.4) / axisRatio.squareRoot(), radius * sin(0.4) * axisRatio.squareRoot())
    }
    let convergence = mass.evaluated(Double.self, at: points).convergence
    let mean =
      convergence.enumerated().reduce(0) { $0 + $1.element * (Double($1.offset) + 0.5) } * 2
      / Double(rings * rings)
    var worst = WorstError("mean convergence, axis ratio \(axisRatio)")
    worst.note(mean - 1)
    worst.expect(atMost: 1e-10)
  }

  @Test func `an NFW halo made for an Einstein radius has it`() throws {
    var worst = WorstError("Einstein radius of NFW halos")
    for (radius, scale) in [(1.2, 10.0), (1.2, 0.5), (0.01, 5)] {
      let deflection = navarroFrenkWhiteDeflection(einsteinRadius: radius, scaleRadius: scale)
      let found = try navarroFrenkWhiteEinsteinRadius(scaleRadius: scale, deflectionAtScaleRadius: deflection)
      worst.note(found, expected: radius, floor: 0)
      let halo = try MassProfileExamples.mass(
        "nfw: {scale_radius: \(scale), deflection_at_scale_radius: \(deflection)}")
      worst.note(halo.evaluated(Double.self, at: [(radius, 0)]).deflectionX[0], expected: radius, floor: 0)
    }
    worst.expect(atMost: Self.rounding)
    #expect(throws: NumericalError.self) {
      try navarroFrenkWhiteEinsteinRadius(scaleRadius: 1, deflectionAtScaleRadius: 1e-3)
    }
  }

  @Test func `NFW deflections keep their digits towards the centre`() throws {
    // At the origin h(x) = -x^2 (ln(x/2) + 1/2) / 2 to the relative order x^2 ln x.
    let scale = 1.0 / (1 + log(0.5))
    var worst = WorstError("NFW at the centre")
    for x in [1e-8, 1e-7, 1e-6] {
      let halo = try MassProfileExamples.mass("nfw: {scale_radius: 1, deflection_at_scale_radius: 1}")
      let expected = -scale * x * (log(x / 2) + 0.5) / 2
      worst.note(halo.evaluated(Double.self, at: [(x, 0)]).deflectionX[0], expected: expected, floor: 0)
    }
    worst.expect(atMost: 1e-11)
  }

  private func compare(_ first: String, _ second: String, tolerance: Double) throws {
    let points = ringPoints(from: 0.05, to: 5)
    let a = try MassProfileExamples.mass(first).evaluated(Double.self, at: points)
    let b = try MassProfileExamples.mass(second).evaluated(Double.self, at: points)
    let size = b.deflectionX.map(abs).max() ?? 1
    let depth = b.potential.map(abs).max() ?? 1
    var worst = WorstError("\(first) and \(second)")
    for i in points.indices {
      worst.note((a.deflectionX[i] - b.deflectionX[i]) / size)
      worst.note((a.deflectionY[i] - b.deflectionY[i]) / size)
      worst.note((a.potential[i] - b.potential[i]) / depth)
    }
    worst.expect(atMost: tolerance)
  }
}

import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Simulation
import Testing

/// Means of the convergence over pixels.
struct MeanConvergenceTests {
  private func map(_ masses: [MassSpec], width: Int = 8, height: Int = 6) throws -> Image<Double> {
    try meanConvergence(of: masses, width: width, height: height, pixelScale: 0.5)
  }

  private func point(_ radius: Double, _ x: Double, _ y: Double) -> MassSpec {
    var spec = PointMassSpec()
    (spec.einsteinRadius, spec.center) = (radius, [x, y])
    return MassSpec(spec)
  }

  @Test func `a point's mass is in its pixel`() throws {
    // Pixel (5, 2) covers x from 0.5 to 1 and y from -0.5 to 0.
    let image = try map([
      point(0.3, 0.51, -0.01), point(0.1, 0.99, -0.49), point(1, 2.01, 0), point(1, 0, -1.51),
    ])
    for y in 0..<6 {
      for x in 0..<8 {
        let expected = (x, y) == (5, 2) ? Double.pi * (0.09 + 0.01) / 0.25 : 0
        #expect(abs(image[x: x, y: y] - expected) < 1e-14)
      }
    }
  }

  @Test func `a line's mass is shared by length`() throws {
    var line = UniformLineSpec()
    (line.einsteinRadius, line.length, line.positionAngle, line.center) = (0.2, 2, 0, [0.25, 0.25])
    // From x = -0.75 to 1.25: half a pixel, three whole ones, half a pixel.
    let image = try map([MassSpec(line)])
    let unit = Double.pi * 0.04 / 0.25
    let row = (0..<8).map { image[x: $0, y: 3] / unit }
    for (found, expected) in zip(row, [0, 0, 0.125, 0.25, 0.25, 0.25, 0.125, 0]) {
      #expect(abs(found - expected) < 1e-13, "\(row)")
    }
    line.positionAngle = 0.7
    let turned = try map([MassSpec(line)]).pixels.reduce(0, +)
    #expect(abs(turned / unit - 1) < 1e-13)
    // What reaches out of the image is left out.
    line.center = [1.9, 0.25]
    #expect(try map([MassSpec(line)]).pixels.reduce(0, +) < 0.7 * unit)
  }

  /// Mean of 1 / r over a rectangle, in closed form: the integral from the origin to a corner (x, y) is
  /// x arsinh(y / x) + y arsinh(x / y), and a rectangle is the sum of four such, with signs.
  private func meanInverseRadius(_ x: (Double, Double), _ y: (Double, Double)) -> Double {
    func corner(_ x: Double, _ y: Double) -> Double {
      let (a, b) = (max(abs(x), 1e-300), max(abs(y), 1e-300))
      return (x * y < 0 ? -1 : 1) * (a * asinh(b / a) + b * asinh(a / b))
    }
    return (corner(x.1, y.1) - corner(x.0, y.1) - corner(x.1, y.0) + corner(x.0, y.0))
      / ((x.1 - x.0) * (y.1 - y.0))
  }

  /// A singular sphere at the middle of a pixel, on an edge, on a corner, beside them, and outside the image.
  @Test func `an isothermal sphere's means are those of its formula`() throws {
    var worst = WorstError("pixel means of an isothermal sphere, of the largest")
    for (cx, cy) in [
      (0.0, 0.0), (0.05, 0), (0.05, 0.05), (0.05 + 1e-7, 0.02), (0.013, -0.041), (0.051, 0.049), (1.1, -0.3),
      (1.05, 0.7), (3, 3),
    ] {
      var sphere = SingularIsothermalSphereSpec()
      (sphere.einsteinRadius, sphere.center) = (1.2, [cx, cy])
      let maps = try meanConvergence(of: [MassSpec(sphere)], width: 21, height: 15, pixelScale: 0.1)
      let largest = maps.pixels.max() ?? 0
      for y in 0..<15 {
        for x in 0..<21 {
          let (left, lower) = ((Double(x) - 10.5) * 0.1 - cx, (Double(y) - 7.5) * 0.1 - cy)
          let mean = 0.6 * meanInverseRadius((left, left + 0.1), (lower, lower + 0.1))
          worst.note((maps[x: x, y: y] - mean) / largest, at: "\(cx) \(cy): \(x) \(y)")
        }
      }
    }
    worst.expect(atMost: 1e-5)
  }

  /// Every profile with a surface density: random places and shapes, the sum over the image against the flux through its
  /// border, and smooth pixels against means over 64 x 64 points.
  @Test func `any mass adds up to what the image holds`() throws {
    var (sums, pixels) = (
      WorstError("mass in the image"), WorstError("pixel means of any mass, of their largest")
    )
    func number(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound)
        * RandomKey(seed: 5, sample: UInt64(k)).stream(name).uniform(0)
    }
    for k in 0..<50 {
      let center = [number("x", k, -1.2...1.2), number("y", k, -0.9...0.9)]
      let ratio = number("ratio", k, 0.3...1)
      let mass: MassSpec
      switch k % 5 {
      case 0:
        var spec = IsothermalEllipsoidSpec()
        (spec.axisRatio, spec.positionAngle, spec.center) = (ratio, number("angle", k, 0...3), center)
        spec.coreRadius = k % 2 == 0 ? 0 : number("core", k, 0.001...0.2)
        mass = MassSpec(spec)
      case 1:
        var spec = EllipticalNavarroFrenkWhiteSpec()
        (spec.axisRatio, spec.center, spec.scaleRadius) = (ratio, center, number("scale", k, 0.01...5))
        mass = MassSpec(spec)
      case 2:
        var spec = NavarroFrenkWhiteSpec()
        (spec.center, spec.scaleRadius) = (center, number("scale", k, 0.01...5))
        mass = MassSpec(spec)
      case 3:
        var spec = EllipticalPowerLawSpec()
        (spec.axisRatio, spec.positionAngle, spec.center) = (ratio, number("angle", k, 0...3), center)
        spec.slope = number("slope", k, 1.1...2.9)
        mass = MassSpec(spec)
      default:
        var spec = TruncatedNavarroFrenkWhiteSpec()
        (spec.center, spec.scaleRadius) = (center, Double.exp(number("log scale", k, -8...1)))
        spec.truncationRadius = spec.scaleRadius * number("truncation", k, 0.5...20)
        mass = MassSpec(spec)
      }
      let image = try meanConvergence(of: [mass], width: 25, height: 18, pixelScale: 0.08)
      let (halfX, halfY) = (25 * 0.04, 18 * 0.04)
      let sum = image.pixels.reduce(0, +) * 0.08 * 0.08
      sums.note(sum, expected: flux(of: mass, halfX, halfY) / 2, floor: 0, at: "\(mass.parameters)")
      let largest = max(image.pixels.max() ?? 0, meanInsidePixels(mass, center))
      for y in stride(from: 0, to: 18, by: 3) {
        for x in stride(from: 1, to: 25, by: 3) {
          let (cx, cy) = ((Double(x) - 12) * 0.08, (Double(y) - 8.5) * 0.08)
          // Points do not resolve a peak.
          if abs(cx - center[0]) < 0.2 && abs(cy - center[1]) < 0.2 { continue }
          pixels.note(
            (image[x: x, y: y] - mean(of: mass, cx, cy, 0.08)) / largest, at: "\(mass.parameters)")
        }
      }
    }
    sums.expect(atMost: 1e-4)
    pixels.expect(atMost: 1e-5)
  }

  /// Waves longer and shorter than a pixel; of the shortest a pixel holds many.
  @Test func `means of granules are those of their waves`() throws {
    // What 64 x 64 points leave of waves that short.
    for (length, tolerance) in [(1.0, 1e-5), (0.1, 4e-4), (0.02, 2e-3)] {
      var spec = GranulesSpec()
      (spec.fluctuation, spec.correlationLength, spec.center) = (0.1, length, [0.3, -0.2])
      let image = try meanConvergence(of: [MassSpec(spec)], width: 6, height: 5, pixelScale: 0.2)
      var worst = WorstError("pixel means of granules of \(length) arcsec, of their fluctuation")
      for y in 0..<5 {
        for x in 0..<6 {
          let expected = mean(of: MassSpec(spec), (Double(x) - 2.5) * 0.2, (Double(y) - 2) * 0.2, 0.2)
          worst.note((image[x: x, y: y] - expected) / 0.1)
        }
      }
      worst.expect(atMost: tolerance)
      // They do not vanish: the longest waves are longer than these pixels.
      #expect(image.pixels.contains { abs($0) > 1e-3 * 0.1 })
    }
  }

  /// The largest mean convergence inside a pixel's distance from the centre, which is what fluxes measure: of a steep or compact mass beside the
  /// image they nearly cancel. No nearer than a pixel.
  private func meanInsidePixels(_ mass: MassSpec, _ center: [Double]) -> Double {
    let points = (0..<25 * 18).map { pixel -> (Double, Double) in
      let (column, row) = (Double(pixel % 25), Double(pixel / 25))
      return ((column - 12) * 0.08, (row - 8.5) * 0.08)
    }
    let values = mass.evaluated(Double.self, at: points)
    let means = points.indices.map { i -> Double in
      let distance = max(hypot(points[i].0 - center[0], points[i].1 - center[1]), 0.08)
      return hypot(values.deflectionX[i], values.deflectionY[i]) / distance
    }
    return means.max() ?? 0
  }

  /// Of the deflection, out of a rectangle about the origin, by points that crowd nowhere.
  private func flux(of mass: MassSpec, _ halfX: Double, _ halfY: Double) -> Double {
    let steps = 20_000
    var flux = 0.0
    for (isTop, sign) in [(true, 1.0), (true, -1), (false, 1), (false, -1)] {
      let (along, across) = isTop ? (halfX, halfY) : (halfY, halfX)
      let places = (0..<steps).map { ((Double($0) + 0.5) / Double(steps) * 2 - 1) * along }
      let values = mass.evaluated(
        Double.self, at: places.map { isTop ? ($0, sign * across) : (sign * across, $0) })
      let sum = (isTop ? values.deflectionY : values.deflectionX).reduce(0, +)
      flux += sign * sum * 2 * along / Double(steps)
    }
    return flux
  }

  private func mean(of mass: MassSpec, _ x: Double, _ y: Double, _ scale: Double) -> Double {
    let places = (0..<64).map { ((Double($0) + 0.5) / 64 - 0.5) * scale }
    let points = places.flatMap { dy in places.map { (x + $0, y + dy) } }
    return mass.evaluated(Double.self, at: points).convergence.reduce(0, +) / 4096
  }

  /// The odd-sided image whose middle pixel once held the convergence at a singular centre, 1e12.
  @Test func `the middle of an odd-sided map holds a mean`() throws {
    var scene = SceneSpec()
    var host = IsothermalEllipsoidSpec()
    (host.einsteinRadius, host.axisRatio) = (1.2, 1)
    scene.planes[0].mass = [MassSpec(host)]
    (scene.instrument.width, scene.instrument.height) = (151, 151)
    let map = try TruthMaps(scene, hasCriticalCurves: false).convergence
    // Mean of theta_E / (2 r) over a square of side s about the centre: 2 theta_E arsinh(1) / s.
    let expected = 2 * 1.2 * asinh(1) / scene.instrument.pixelScale
    #expect(abs(map[x: 75, y: 75] / expected - 1) < 1e-6)
  }
}

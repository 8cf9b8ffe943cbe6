import LensCore
import LensNumerics
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Point masses summed by power series against their direct sum in Double.
struct PointFieldTests {
  private let grid = PixelGrid(width: 151, height: 130, pixelScale: 0.05, margin: 2)

  private func uniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let number = RandomKey(seed: 4, sample: 1).stream(name).uniform(UInt32(k))
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  private func points(_ count: Int, reach: Double = 3.5) -> [PointMassSpec] {
    (0..<count).map { k in
      var point = PointMassSpec()
      point.einsteinRadius = uniform("einstein", k, 0.01...0.03)
      point.center = [uniform("x", k, -reach...reach), uniform("y", k, -reach...reach)]
      return point
    }
  }

  private func halo(_ k: Int) -> MassSpec {
    var halo = TruncatedNavarroFrenkWhiteSpec()
    halo.center = [uniform("halo x", k, -3...3), uniform("halo y", k, -3...3)]
    return MassSpec(halo)
  }

  private func field(_ points: [PointMassSpec]) -> PointField {
    let field = PointField(grid: grid)
    field.gather(points.map { PointMass($0) })
    return field
  }

  /// theta^2 / r, for a ray that is not nearer than a hundredth of a pixel.
  private func deflection(_ point: PointMassSpec, _ ray: FieldRay) -> (x: Double, y: Double)? {
    let (dx, dy) = (ray.x - point.center[0], ray.y - point.center[1])
    let squared = dx * dx + dy * dy
    if squared < 2.5e-7 { return nil }
    let mean = point.einsteinRadius * point.einsteinRadius / squared
    return (mean * dx, mean * dy)
  }

  /// Masses of any strength anywhere: on the image, at its rim, far away.
  @Test(arguments: [false, true])
  func `the error of one mass is what the series leave out`(refined: Bool) throws {
    var worst = WorstError("one point mass by series, refined \(refined), arcsec or its own rounding")
    for k in 0..<120 {
      var point = PointMassSpec()
      point.einsteinRadius = Double.exp(uniform("log einstein", k, -8...0.7))
      let reach = k % 3 == 0 ? 3.8 : k % 3 == 1 ? 6 : 300
      point.center = [uniform("x", k, -reach...reach), uniform("y", k, -reach...reach)]
      for ray in rays(of: field([point]), grid, refined: refined) {
        guard let exact = deflection(point, ray) else { continue }
        let (x, y) = (ray.fieldX - exact.x, ray.fieldY - exact.y)
        let size = (exact.x * exact.x + exact.y * exact.y).squareRoot()
        // A ray's place from the mass is known to some 5e-7 arcsec, which counts beside it.
        let rounding = size * (2e-6 + 5e-7 * size / (point.einsteinRadius * point.einsteinRadius))
        worst.note(
          (x * x + y * y).squareRoot() / (PointFieldTests.remainder + rounding), at: "\(point) \(ray)")
      }
    }
    worst.expect(atMost: 1)
  }

  /// What `PointExpansion` promises of one mass, arcsec.
  private static let remainder = 2.4e-7

  @Test(arguments: [10, 25, 700], [false, true])
  func `many masses are as near to their direct sum`(count: Int, refined: Bool) throws {
    let points = points(count)
    var worst = WorstError("\(count) point masses by series, refined \(refined), arcsec")
    for ray in rays(of: field(points), grid, refined: refined) {
      let exact = points.map { deflection($0, ray) }
      if exact.contains(where: { $0 == nil }) { continue }
      let sum = exact.compactMap { $0 }.reduce(into: (x: 0.0, y: 0.0)) { $0 = ($0.x + $1.x, $0.y + $1.y) }
      // Beside a mass the rounding of the ray's own place counts: 1e-7 of an arcsec against its distance.
      let largest = exact.compactMap { $0 }.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }.max() ?? 0
      let tolerance = max(1, largest / 0.01)
      worst.note(max(abs(ray.fieldX - sum.x), abs(ray.fieldY - sum.y)) / tolerance, at: "\(ray)")
    }
    worst.expect(atMost: count > 100 ? 2e-5 : 2e-6)
  }

  @Test func `the same masses give the same bytes again, whatever came before`() {
    let field = PointField(grid: grid)
    func all(_ count: Int) -> [Double] {
      field.gather(points(count).map { PointMass($0) })
      return [false, true].flatMap { rays(of: field, grid, refined: $0).flatMap { [$0.fieldX, $0.fieldY] } }
    }
    let first = all(25)
    _ = all(400)
    #expect(all(25) == first)
  }

  /// Masses on pixel centres, at the places where squares meet, outside, and so far that squares of distances are huge.
  @Test func `no place of a mass gives anything but numbers`() {
    for place in [[0, 0], [0.05, -0.05], [-3.85, -3.3], [0.35, 0.3], [9, 9], [1e7, -1e7]] {
      var point = PointMassSpec()
      (point.einsteinRadius, point.center) = (0.02, place)
      for refined in [false, true] {
        let values = rays(of: field([point, point]), grid, refined: refined)
        #expect(values.allSatisfy { $0.fieldX.isFinite && $0.fieldY.isFinite }, "\(place)")
      }
    }
  }

  /// Subhalos as in Model A through the whole pipeline, and points among halos that are summed on grids.
  @Test(arguments: [(25, 0), (300, 0), (30, 50)])
  func `images do not depend on how points are summed`(count: Int, halos: Int) throws {
    func image(_ method: FarFieldMethod) throws -> Image<Float> {
      var host = IsothermalEllipsoidSpec()
      (host.einsteinRadius, host.axisRatio) = (1.2, 0.8)
      var scene = SceneSpec()
      scene.planes[0].mass = Components(
        [MassSpec(host)] + points(count, reach: 1.5).map { MassSpec($0) } + (0..<halos).map(halo))
      scene.planes[1].light = [LightSpec(SersicSpec())]
      (scene.instrument.width, scene.instrument.height, scene.instrument.noise) = (120, 140, false)
      scene.accuracy.farField = method
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
    }
    let direct = try image(.direct)
    var worst = WorstError("image of \(count) point masses by series and \(halos) halos, of the peak")
    for (a, b) in zip(try image(.automatic).pixels, direct.pixels) {
      worst.note(Double(a - b) / Double(direct.peak))
    }
    // What Precision.single promises for an image.
    worst.expect(atMost: 1e-4)
  }
}

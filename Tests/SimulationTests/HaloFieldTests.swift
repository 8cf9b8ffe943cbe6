import Instrument
import LensCore
import LensNumerics
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Halos summed on grids against their direct sum in Double.
struct HaloFieldTests {
  private let grid = PixelGrid(width: 150, height: 130, pixelScale: 0.05, margin: 2)

  /// What `HaloField` promises for one halo, of its largest deflection.
  private static let bound = 1e-4

  private func uniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let number = RandomKey(seed: 3, sample: 7).stream(name).uniform(UInt32(k))
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  private func halo(
    _ k: Int, scale: ClosedRange<Double> = 0.04...0.06, truncation: ClosedRange<Double> = 0.1...0.5,
    reach: Double = 3.5
  ) -> MassSpec {
    var halo = TruncatedNavarroFrenkWhiteSpec()
    halo.scaleRadius = uniform("scale", k, scale)
    halo.deflectionAtScaleRadius = uniform("deflection", k, 0.004...0.006)
    halo.truncationRadius = uniform("truncation", k, truncation)
    halo.center = [uniform("x", k, -reach...reach), uniform("y", k, -reach...reach)]
    return MassSpec(halo)
  }

  private func point(_ k: Int) -> MassSpec {
    var point = PointMassSpec()
    point.einsteinRadius = uniform("einstein", k, 0.01...0.02)
    point.center = [uniform("x", k, -3.5...3.5), uniform("y", k, -3.5...3.5)]
    return MassSpec(point)
  }

  /// Largest error and largest deflection, arcsec. Rays nearer than a hundredth of a pixel to a point mass are left
  /// out: there the rounding of their own positions moves them by more.
  private func compare(
    _ masses: [MassSpec], stepsPerPixel: Double, refined: Bool = false
  ) throws -> (error: Double, largest: Double) {
    let field = try HaloField(grid: grid, coarse: 1, fine: 4, stepsPerPixel: stepsPerPixel)
    #expect(field.parted(SubhaloList<Float>(masses)).others.count == 0)
    return try compare(masses, field, grid, refined: refined)
  }

  private func compare(
    _ masses: [MassSpec], _ field: HaloField, _ grid: PixelGrid, refined: Bool
  ) throws -> (error: Double, largest: Double) {
    field.gather(SubhaloList<Float>(masses))
    let rays = rays(of: field, grid, refined: refined)
    let plane = LensPlane(masses: masses.map { $0.profile(Double.self) })
    let sources = plane.sourcePositions(of: rays.map { SkyPoint($0.x, $0.y) })
    let centres = masses.compactMap { ($0.parameters as? PointMassSpec)?.center }
    var (error, largest) = (0.0, 0.0)
    for (ray, source) in zip(rays, sources) {
      let near = centres.contains { hypot(ray.x - $0[0], ray.y - $0[1]) < 5e-4 }
      if near { continue }
      let (x, y) = (ray.x - source.x, ray.y - source.y)
      error = max(error, abs(x - ray.fieldX), abs(y - ray.fieldY))
      largest = max(largest, abs(x), abs(y))
    }
    return (error, largest)
  }

  private func hypot(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }

  @Test(arguments: [2.0, 7.0], [false, true])
  func `one halo is within 1e-4 of its largest deflection`(steps: Double, refined: Bool) throws {
    var worst = WorstError("one halo on grids, \(steps) steps, refined \(refined), of its largest deflection")
    let kinds = [
      ("usual", (0..<6).map { halo($0) }),
      ("concentrated", (0..<4).map { halo($0, scale: 0.005...0.01, truncation: 0.02...0.1) }),
      ("extended", (0..<4).map { halo($0, scale: 0.3...0.6, truncation: 1...4) }),
      ("outside", (0..<4).map { halo(10 + $0, reach: 5.5) }), ("point", (0..<6).map { point($0) }),
    ]
    for (kind, halos) in kinds {
      for (k, halo) in halos.enumerated() {
        let (error, largest) = try compare([halo], stepsPerPixel: steps, refined: refined)
        worst.note(error / largest, at: "\(kind) \(k)")
      }
    }
    worst.expect(atMost: Self.bound)
  }

  /// Halos of any size anywhere that a field holds: inside, at the rim, outside as far as it goes; oblong images too.
  @Test(
    arguments: [
      PixelGrid(width: 150, height: 130, pixelScale: 0.05, margin: 2),
      PixelGrid(width: 30, height: 160, pixelScale: 0.05, margin: 2),
      PixelGrid(width: 210, height: 12, pixelScale: 0.1, margin: 2),
    ], [2.0, 7.0])
  func `any halo that a field holds is within its bound`(grid: PixelGrid, steps: Double) throws {
    let field = try HaloField(grid: grid, coarse: 1, fine: 4, stepsPerPixel: steps)
    var worst = WorstError(
      "any halo on grids, \(grid.width) x \(grid.height), \(steps) steps, of its largest")
    for k in 0..<150 {
      var (spec, point) = (TruncatedNavarroFrenkWhiteSpec(), PointMassSpec())
      spec.scaleRadius = Double.exp(uniform("log scale", k, -8...3))
      spec.truncationRadius = spec.scaleRadius * Double.exp(uniform("log truncation", k, -1...5))
      spec.deflectionAtScaleRadius = spec.scaleRadius
      let (angle, half) = (uniform("direction", k, 0...6.3), Double(max(grid.width, grid.height)) / 2)
      let radius = 3 * half * grid.pixelScale * uniform("radius", k, 0...1)
      let (sine, cosine) = sineAndCosine(angle)
      spec.center = [radius * cosine, radius * sine]
      point.center = spec.center
      let mass = k % 5 == 0 ? MassSpec(point) : MassSpec(spec)
      guard field.parted(SubhaloList<Float>([mass])).held.count == 1 else { continue }
      for refined in [false, true] {
        let (error, largest) = try compare([mass], field, grid, refined: refined)
        worst.note(error / largest, at: "\(mass.parameters), refined \(refined)")
      }
    }
    worst.expect(atMost: Self.bound)
  }

  @Test(arguments: [2.0, 7.0])
  func `a thousand halos are as near to their direct sum`(steps: Double) throws {
    var worst = WorstError("1000 halos on grids, \(steps) steps, of the largest deflection")
    let (error, largest) = try compare((0..<1000).map { halo($0) }, stepsPerPixel: steps)
    worst.note(error / largest, at: "all")
    worst.expect(atMost: Self.bound)
  }

  /// Images of 300 halos through the whole pipeline, whose far field is found by three methods.
  @Test(arguments: [SamplingMethod.adaptive, .uniform])
  func `images do not depend on how halos are summed`(sampling: SamplingMethod) throws {
    func image(_ method: FarFieldMethod) throws -> Image<Float> {
      var host = IsothermalEllipsoidSpec()
      (host.einsteinRadius, host.axisRatio) = (1.2, 0.8)
      var scene = SceneSpec()
      scene.planes[0].mass = Components([MassSpec(host)] + (0..<300).map { halo($0) })
      scene.planes[1].light = [LightSpec(SersicSpec())]
      (scene.instrument.width, scene.instrument.height, scene.instrument.noise) = (120, 140, false)
      (scene.accuracy.sampling, scene.accuracy.farField) = (sampling, method)
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
    }
    let direct = try image(.direct)
    var worst = WorstError("image of 300 halos on grids, \(sampling), of the peak")
    for method in [FarFieldMethod.automatic, .coarse, .fine] {
      for (a, b) in zip(try image(method).pixels, direct.pixels) {
        worst.note(Double(a - b) / Double(direct.peak), at: "\(method)")
      }
    }
    // What Precision.single promises for an image.
    worst.expect(atMost: 1e-4)
  }

  @Test func `the same halos give the same bytes again, whatever came before`() throws {
    let field = try HaloField(grid: grid, coarse: 1, fine: 4, stepsPerPixel: 2)
    let tile = RayTile<Float>(count: 1024)
    let sampling = PixelSampling<Float>(subpixels: 1, pixelScale: 0.05, tileCount: tile.count)
    func row(_ count: Int) -> [Float] {
      field.gather(SubhaloList<Float>((0..<count).map { halo($0) }))
      tile.clear(tile.deflection.x)
      field.add(to: tile.deflection, sampling, first: 4096)
      return (0..<tile.count).map { tile.deflection.x[$0] }
    }
    let first = row(200)
    _ = row(900)
    #expect(row(200) == first)
  }

  @Test(arguments: [(1, 1), (2, 3), (8, 8), (40, 3)], [FarFieldMethod.coarse, .fine])
  func `the smallest images have a field too`(size: (Int, Int), method: FarFieldMethod) throws {
    func image(_ method: FarFieldMethod) throws -> Image<Float> {
      var scene = SceneSpec()
      scene.planes[0].mass = Components((0..<60).map { halo($0, reach: 0.3) })
      scene.planes[1].light = [LightSpec(SersicSpec())]
      (scene.instrument.width, scene.instrument.height, scene.instrument.noise) = (size.0, size.1, false)
      scene.accuracy.farField = method
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
    }
    let direct = try image(.direct)
    for (a, b) in zip(try image(method).pixels, direct.pixels) { #expect(abs(a - b) <= 1e-4 * direct.peak) }
  }
}

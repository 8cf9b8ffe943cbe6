import Cosmology
import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Scenes of several planes against a plain recursion from plane to plane, and against scenes of one lens plane.
struct MultiplaneTests {
  /// Images are kept as Float.
  private static let double = 2e-7
  /// Float rays: a few 1e-7 arcsec in a source whose light changes by its peak over 0.1 arcsec, magnified.
  private static let single = 3e-6

  /// Masses and light on every plane but that the farthest has light alone.
  private func scene(_ generator: inout Numbers, planes count: Int, precision: Precision) throws -> SceneSpec
  {
    var scene = SceneSpec()
    (scene.instrument.width, scene.instrument.height, scene.instrument.pixelScale) = (24, 20, 0.15)
    (scene.instrument.noise, scene.instrument.pointSpreadFunction) = (
      false, PointSpreadFunctionSpec(NoPSFSpec())
    )
    (scene.accuracy.sampling, scene.accuracy.subpixels, scene.accuracy.precision) = (.uniform, 2, precision)
    scene.planes = []
    var redshift = 0.1
    for number in 0..<count {
      redshift += generator.next(0.05...0.4)
      var plane = PlaneSpec(redshift: redshift)
      if number < count - 1 {
        var host = EllipticalPowerLawSpec()
        (host.einsteinRadius, host.slope) = (generator.next(0.1...0.6), generator.next(1.6...2.4))
        (host.axisRatio, host.positionAngle) = (generator.next(0.4...1), generator.next(0...3))
        host.center = [generator.next(-1...1), generator.next(-1...1)]
        var point = PointMassSpec()
        (point.einsteinRadius, point.center) = (0.1, [generator.next(-2...2), generator.next(-2...2)])
        var shear = ExternalShearSpec()
        (shear.strength, shear.angle) = (generator.next(0...0.1), generator.next(0...3))
        plane.mass = Components([MassSpec(host), MassSpec(point), MassSpec(shear)])
      }
      var light = GaussianLightSpec()
      (light.flux, light.sigma) = (1, generator.next(0.3...0.6))
      light.center = [generator.next(-0.3...0.3), generator.next(-0.3...0.3)]
      plane.light = Components([LightSpec(light)])
      scene.planes.append(plane, named: number == 1 ? "lens" : "plane_\(number)")
    }
    return scene
  }

  /// Surface brightness of one ray, by the two-term recursion of comoving places: x_(j+1) follows from x_j and the slope behind plane j.
  private func brightness(_ scene: SceneSpec, at point: (Double, Double), isLens: Bool) throws -> Double {
    let distances = scene.planes.map { scene.cosmology.comovingDistance(to: $0.redshift) }
    let farthest = try #require(distances.last)
    var slope = point
    var place = (distances[0] * point.0, distances[0] * point.1)
    var sum = 0.0
    for (number, plane) in scene.planes.enumerated() {
      let angle = (place.0 / distances[number], place.1 / distances[number])
      if (number <= scene.lensNumber) == isLens {
        for light in plane.light { sum += light.evaluated(Double.self, at: [angle])[0] }
      }
      guard number < distances.count - 1 else { break }
      for mass in plane.mass {
        let values = mass.evaluated(Double.self, at: [angle])
        let full = farthest / (farthest - distances[number])
        slope.0 -= full * values.deflectionX[0]
        slope.1 -= full * values.deflectionY[0]
      }
      let step = distances[number + 1] - distances[number]
      (place.0, place.1) = (place.0 + step * slope.0, place.1 + step * slope.1)
    }
    return sum
  }

  @Test(arguments: [Precision.double, .single])
  func `images of many planes are those of a plain recursion`(precision: Precision) throws {
    var (generator, worst) = (Numbers(seed: 3), WorstError("image of many planes, of the peak, \(precision)"))
    for count in [2, 3, 4, 7] {
      for _ in 0..<3 {
        let scene = try scene(&generator, planes: count, precision: precision)
        let observation = try simulate(scene)
        for (frames, isLens) in [(observation.sourceLight, false), (observation.lensLight, true)] {
          let peak = Double(frames[0].pixels.max() ?? 0)
          for (pixel, value) in frames[0].pixels.enumerated() {
            worst.note((Double(value) - (try mean(scene, pixel, isLens))) / peak, at: "\(count) planes")
          }
        }
      }
    }
    worst.expect(atMost: precision == .double ? Self.double : Self.single)
  }

  private func mean(_ scene: SceneSpec, _ pixel: Int, _ isLens: Bool) throws -> Double {
    let camera = scene.instrument
    let (column, row) = (pixel % camera.width, pixel / camera.width)
    var sum = 0.0
    for (i, j) in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] {
      let x = (Double(column) - Double(camera.width - 1) / 2 + i) * camera.pixelScale
      let y = (Double(row) - Double(camera.height - 1) / 2 + j) * camera.pixelScale
      sum += try brightness(scene, at: (x, y), isLens: isLens)
    }
    return sum / 4 * camera.brightnessFactor
  }

  private func simulate(_ scene: SceneSpec) throws -> Observation {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.simulate(
      scene, key: RandomKey(seed: 1, sample: 2), workspace: simulator.makeWorkspace())
  }

  /// By default rays are few and follow what they see: their errors against many, of the peak, beside those of as few rays in every pixel.
  @Test func `adaptive images of many planes are no worse than four rays in every pixel`() throws {
    var generator = Numbers(seed: 17)
    var (adaptive, uniform) = (0.0, 0.0)
    for _ in 0..<10 {
      var scene = try scene(&generator, planes: 4, precision: .double)
      (scene.instrument.width, scene.instrument.height, scene.instrument.pixelScale) = (60, 50, 0.06)
      func light(_ sampling: SamplingMethod, _ subpixels: Int) throws -> Frames<Float> {
        var scene = scene
        (scene.accuracy.sampling, scene.accuracy.subpixels) = (sampling, subpixels)
        return try simulate(scene).noiseFree
      }
      let best = try light(.uniform, 16).pixels
      let peak = Double(best.max() ?? 0)
      func error(_ frames: Frames<Float>) -> Double {
        zip(frames.pixels, best).reduce(0) { max($0, abs(Double($1.0 - $1.1)) / peak) }
      }
      adaptive = max(adaptive, error(try light(.adaptive, 2)))
      uniform = max(uniform, error(try light(.uniform, 2)))
    }
    print("worst error: adaptive images of many planes, of the peak: \(adaptive), uniform \(uniform)")
    #expect(adaptive <= uniform)
  }

  /// Rays behind it are those in front of it.
  @Test func `a plane with light alone changes no image of what is behind it, to the last bit`() throws {
    var generator = Numbers(seed: 5)
    var scene = try scene(&generator, planes: 2, precision: .single)
    scene.planes.sort { $0.redshift < $1.redshift }
    let plain = try simulate(scene)
    var between = PlaneSpec(redshift: (scene.planes[0].redshift + scene.planes[1].redshift) / 2)
    between.light = scene.planes[0].light
    scene.planes.append(between, named: "between")
    scene.planes.sort { $0.redshift < $1.redshift }
    let more = try simulate(scene)
    #expect(scene.planes.count == 3 && scene.lensNumber == 0 || scene.planes.names[1] == "between")
    #expect(more.sourceLight[0].pixels.reduce(0, +) > plain.sourceLight[0].pixels.reduce(0, +))
    scene.planes[1].light = []
    scene.planes[1].redshift -= 0.01
    #expect(try simulate(scene).sourceLight[0].pixels == plain.sourceLight[0].pixels)
  }

  /// Planes 1e-9 of a redshift apart are one.
  @Test func `many planes at one redshift are one plane, in images and in maps`() throws {
    var (generator, image, maps) = (
      Numbers(seed: 7), WorstError("planes at one redshift, image"),
      WorstError("planes at one redshift, maps")
    )
    for _ in 0..<4 {
      let many = try scene(&generator, planes: 4, precision: .double)
      var (one, split) = (many, many)
      let source = many.planes[3]
      one.planes = Components(
        lens: PlaneSpec(redshift: 0.5, mass: many.planes.flatMap(\.mass)), source: source)
      one.planes[1].redshift = 1.5
      for number in 0..<3 {
        split.planes[number].redshift = 0.5 + 1e-9 * Double(number)
        split.planes[number].light = []
      }
      split.planes[3].redshift = 1.5
      let (a, b) = (try simulate(one).sourceLight[0], try simulate(split).sourceLight[0])
      let peak = Double(a.pixels.max() ?? 0)
      for (x, y) in zip(a.pixels, b.pixels) { image.note(Double(x - y) / peak) }
      let (whole, parts) = (
        try TruthMaps(one, hasCriticalCurves: false), try TruthMaps(split, hasCriticalCurves: false)
      )
      for (x, y) in zip(whole.named, parts.named) where x.name != "magnification" && x.name != "convergence" {
        for (p, q) in zip(x.image.pixels, y.image.pixels) { maps.note(p - q, at: x.name) }
      }
    }
    image.expect(atMost: 1e-6)
    maps.expect(atMost: 1e-6)
  }
}

/// Maps of several planes.
struct EffectiveMapTests {
  private func scene(_ generator: inout Numbers) -> SceneSpec {
    var scene = SceneSpec()
    (scene.instrument.width, scene.instrument.height, scene.instrument.pixelScale) = (12, 10, 0.2)
    scene.planes = []
    for (number, redshift) in [0.2, 0.5, 0.7, 1.5].enumerated() {
      var plane = PlaneSpec(redshift: redshift)
      for _ in 0..<(number < 3 ? 2 : 0) {
        var mass = IsothermalEllipsoidSpec()
        (mass.einsteinRadius, mass.coreRadius) = (generator.next(0.1...0.5), generator.next(0.2...0.4))
        (mass.axisRatio, mass.positionAngle) = (generator.next(0.5...1), generator.next(0...3))
        mass.center = [generator.next(-1...1), generator.next(-1...1)]
        plane.mass.append(MassSpec(mass))
      }
      scene.planes.append(plane, named: number == 1 ? "lens" : "plane_\(number)")
    }
    return scene
  }

  /// The convergence against the divergence of the deflection map of a finer image, the magnification against the determinant of its
  /// differences.
  @Test func `maps belong together`() throws {
    var (generator, convergence, magnification) = (
      Numbers(seed: 11), WorstError("effective convergence"), WorstError("1 / effective magnification")
    )
    for _ in 0..<3 {
      let scene = scene(&generator)
      let maps = try TruthMaps(scene, hasCriticalCurves: false)
      var fine = scene
      let parts = 30
      (fine.instrument.width, fine.instrument.height) = (12 * parts, 10 * parts)
      fine.instrument.pixelScale = 0.2 / Double(parts)
      let close = try TruthMaps(fine, hasCriticalCurves: false)
      for (pixel, value) in maps.convergence.pixels.enumerated() {
        let (column, row) = (pixel % 12, pixel / 12)
        // Fine pixels add up to coarse ones.
        var sum = 0.0
        for j in 0..<parts {
          for i in 0..<parts { sum += close.convergence[x: column * parts + i, y: row * parts + j] }
        }
        convergence.note(value - sum / Double(parts * parts))
      }
      let step = fine.instrument.pixelScale
      for y in stride(from: 2, to: 298, by: 37) {
        for x in stride(from: 2, to: 358, by: 37) {
          func difference(_ map: Image<Double>, _ dx: Int, _ dy: Int) -> Double {
            let near = map[x: x + dx, y: y + dy] - map[x: x - dx, y: y - dy]
            let far = map[x: x + 2 * dx, y: y + 2 * dy] - map[x: x - 2 * dx, y: y - 2 * dy]
            return (8 * near - far) / (12 * step)
          }
          let (xx, xy) = (difference(close.deflectionX, 1, 0), difference(close.deflectionX, 0, 1))
          let (yx, yy) = (difference(close.deflectionY, 1, 0), difference(close.deflectionY, 0, 1))
          let determinant = (1 - xx) * (1 - yy) - xy * yx
          magnification.note(1 / close.magnification[x: x, y: y] - determinant)
          convergence.note(close.convergence[x: x, y: y] - (xx + yy) / 2)
        }
      }
    }
    // The convergence changes by about its square root within a pixel: means and middles differ by 1e-4 of it.
    convergence.expect(atMost: 2e-4)
    magnification.expect(atMost: 1e-6)
  }

  @Test func `substructure in another plane is what is missing without it`() throws {
    var generator = Numbers(seed: 12)
    let scene = scene(&generator)
    var without = scene
    without.planes[2].mass = Components(
      named: scene.planes[2].mass.names.prefix(1), scene.planes[2].mass.values.prefix(1))
    let maps = try TruthMaps(scene, substructureCounts: [0, 0, 1], hasCriticalCurves: false)
    let smooth = try TruthMaps(without, hasCriticalCurves: false)
    for (pixel, value) in maps.substructureConvergence.pixels.enumerated() {
      #expect(abs(value - maps.convergence.pixels[pixel] + smooth.convergence.pixels[pixel]) < 1e-12)
    }
    #expect(maps.substructureConvergence.pixels.contains { $0 > 0.01 })
  }

  /// Anywhere in its pixel, on an edge and on a corner too; a plane that deflects nothing makes two of one.
  @Test func `a point's mass is in its pixel and those around it`() throws {
    var (generator, worst) = (
      Numbers(seed: 14), WorstError("mass of a point among several planes, over nine pixels")
    )
    let places =
      (0..<12).map { _ in [generator.next(-0.4...0.4), generator.next(-0.4...0.4)] } + [
        [0, 0.05], [0, 0], [0.2, 0.1],
      ]
    for center in places {
      var point = PointMassSpec()
      (point.einsteinRadius, point.center) = (0.3, center)
      var nothing = ExternalShearSpec()
      nothing.strength = 0
      var scene = SceneSpec()
      (scene.instrument.width, scene.instrument.height, scene.instrument.pixelScale) = (12, 10, 0.2)
      scene.planes = Components(
        named: ["lens", "behind", "source"],
        [
          PlaneSpec(redshift: 0.5, mass: [MassSpec(point)]),
          PlaneSpec(redshift: 0.7, mass: [MassSpec(nothing)]),
          PlaneSpec(redshift: 1),
        ])
      let map = try TruthMaps(scene, hasCriticalCurves: false).convergence
      let (column, row) = (
        Int((center[0] / 0.2 + 6).rounded(.down)), Int((center[1] / 0.2 + 5).rounded(.down))
      )
      var sum = 0.0
      for j in -1...1 {
        for i in -1...1 { sum += map[x: column + i, y: row + j] }
      }
      worst.note(sum * 0.04, expected: Double.pi * 0.09, floor: 0, at: "\(center)")
    }
    worst.expect(atMost: 1e-5)
  }

  @Test func `curves of several planes are closed, and their points are critical`() throws {
    var generator = Numbers(seed: 13)
    var scene = scene(&generator)
    (scene.instrument.width, scene.instrument.height) = (30, 30)
    let curves = try TruthMaps(scene).criticalCurves
    #expect(!curves.isEmpty && curves.contains { $0.critical.isClosed })
    for curve in curves { #expect(curve.critical.points.count == curve.caustic.points.count) }
  }
}

/// Random numbers of a test.
struct Numbers {
  private let stream: RandomStream
  private var position: UInt32 = 0

  init(seed: UInt64) { stream = RandomKey(seed: seed, sample: 0).stream("test") }

  mutating func next(_ range: ClosedRange<Double>) -> Double {
    position += 1
    return range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform(position)
  }
}

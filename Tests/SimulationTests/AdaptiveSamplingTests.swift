import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// Adaptive sampling against the true mean of every pixel, and against as many rays in every pixel as it may replace.
struct AdaptiveSamplingTests {
  /// Rays per pixel and axis of what is taken for the truth.
  private static let truth = 24

  private func image(_ scene: SceneSpec, _ change: (inout AccuracySpec) -> Void) throws -> Image<Float> {
    var scene = scene
    change(&scene.accuracy)
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
  }

  /// Largest and root mean square difference, of the peak of the truth.
  private func errors(_ image: Image<Float>, _ truth: Image<Float>) -> (largest: Double, rms: Double) {
    let differences = zip(image.pixels, truth.pixels).map { (Double($0) - Double($1)) / Double(truth.peak) }
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    return (
      differences.reduce(0) { max($0, abs($1)) }, (squares / Double(differences.count)).squareRoot()
    )
  }

  /// A lens with its own light, a source, and what may stand in between.
  private func scene(_ substructure: [MassSpec], sersicIndex: Double, radius: Double) -> SceneSpec {
    var (host, shear) = (IsothermalEllipsoidSpec(), ExternalShearSpec())
    (host.einsteinRadius, host.axisRatio, host.positionAngle) = (1.2, 0.8, 0.7)
    (shear.strength, shear.angle) = (0.06, 0.5)
    var (lens, source) = (SersicSpec(), SersicSpec())
    (lens.intensity, lens.sersicIndex, lens.axisRatio) = (0.5, 2.5, 0.75)
    (source.effectiveRadius, source.sersicIndex, source.axisRatio) = (radius, sersicIndex, 0.8)
    source.center = [0.1, 0.05]
    var scene = SceneSpec()
    scene.planes = [
      PlaneSpec(
        redshift: 0.5, mass: [MassSpec(host), MassSpec(shear)] + substructure, light: [LightSpec(lens)]),
      PlaneSpec(redshift: 1, light: [LightSpec(source)]),
    ]
    (scene.instrument.width, scene.instrument.height, scene.instrument.noise) = (100, 90, false)
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec())
    return scene
  }

  private var points: [MassSpec] {
    (0..<15).map { k in
      var point = PointMassSpec()
      let angle = 2.4 * Double(k)
      point.einsteinRadius = 0.02
      point.center = [0.1 * Double(k) * cos(angle), 0.1 * Double(k) * sin(angle)]
      return MassSpec(point)
    }
  }

  private var line: [MassSpec] {
    var line = UniformLineSpec()
    (line.einsteinRadius, line.length, line.positionAngle) = (0.12, 1, 0.3)
    return [MassSpec(line)]
  }

  @Test func `the error is no worse than that of uniform sub-pixels`() throws {
    let scenes = [
      ("smooth", scene([], sersicIndex: 1, radius: 0.4)), ("cusped", scene([], sersicIndex: 3, radius: 0.4)),
      ("compact", scene([], sersicIndex: 1, radius: 0.06)),
      ("points", scene(points, sersicIndex: 1.5, radius: 0.3)),
      ("line", scene(line, sersicIndex: 1, radius: 0.2)),
    ]
    for (name, scene) in scenes {
      let truth = try image(scene) { ($0.sampling, $0.subpixels) = (.uniform, Self.truth) }
      let uniform = errors(try image(scene) { $0.sampling = .uniform }, truth)
      let adaptive = errors(try image(scene) { $0.sampling = .adaptive }, truth)
      print("worst error: pixel means, \(name), of the peak: uniform \(uniform), adaptive \(adaptive)")
      #expect(adaptive.largest <= uniform.largest, "\(name)")
      #expect(adaptive.rms <= uniform.rms, "\(name)")
    }
  }

  @Test func `the error holds for the source alone under a bright lens`() throws {
    var scene = scene(points, sersicIndex: 1, radius: 0.2)
    scene.planes[0].light = []
    let truth = try image(scene) { ($0.sampling, $0.subpixels) = (.uniform, Self.truth) }
    let uniform = errors(try image(scene) { $0.sampling = .uniform }, truth)
    let adaptive = errors(try image(scene) { $0.sampling = .adaptive }, truth)
    #expect(adaptive.largest <= uniform.largest && adaptive.rms <= uniform.rms)
  }

  @Test func `a single ray per pixel leaves nothing to adapt`() throws {
    let scene = scene(points, sersicIndex: 1, radius: 0.3)
    #expect(
      try image(scene) { $0.subpixels = 1 } == image(scene) { ($0.subpixels, $0.sampling) = (1, .uniform) })
  }

  @Test func `the threshold is what keeps rough pixels right`() throws {
    let scene = scene(points, sersicIndex: 1, radius: 0.3)
    let truth = try image(scene) { ($0.sampling, $0.subpixels) = (.uniform, Self.truth) }
    let unrefined = errors(try image(scene) { $0.refinementThreshold = 100 }, truth)
    let usual = errors(try image(scene) { _ in }, truth)
    #expect(usual.rms < unrefined.rms / 3 && usual.largest < unrefined.largest / 3)
  }

  /// Half of the light of a lens at the origin is copied; that of a lens beside it by less than a rounding is computed.
  @Test(arguments: [(100, 90), (33, 18), (7, 5), (1, 1)])
  func `a lens at the origin has the bytes of one that is all computed`(width: Int, height: Int) throws {
    func image(_ light: LightSpec) throws -> Image<Float> {
      var scene = scene([], sersicIndex: 1, radius: 0.2)
      scene.planes[0] = PlaneSpec(redshift: 0.5, light: [light])
      (scene.instrument.width, scene.instrument.height) = (width, height)
      return try self.image(scene) { _ in }
    }
    func lights(center: [Double]) -> [LightSpec] {
      var (sersic, gaussian) = (SersicSpec(), GaussianLightSpec())
      (sersic.center, sersic.axisRatio, sersic.positionAngle) = (center, 0.6, 0.4)
      (gaussian.center, gaussian.axisRatio, gaussian.positionAngle) = (center, 0.7, 1.2)
      return [LightSpec(sersic), LightSpec(gaussian)]
    }
    for (middle, beside) in zip(lights(center: [0, 0]), lights(center: [1e-20, -1e-20])) {
      let (halved, computed) = (middle.profile(Float.self), beside.profile(Float.self))
      #expect(halved.isPointSymmetric && !computed.isPointSymmetric)
      #expect(try image(middle) == image(beside))
    }
  }
}

import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// What the knobs of `AccuracySpec` buy.
struct PixelIntegrationTests {
  private func image(_ scene: SceneSpec) throws -> Observation {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.simulate(
      scene, key: RandomKey(seed: 1, sample: 2), workspace: simulator.makeWorkspace())
  }

  private func scene(
    _ masses: [MassSpec], _ source: LightSpec, size: Int = 40, pixelScale: Double = 0.1
  ) -> SceneSpec {
    var scene = SceneSpec()
    scene.planes[0].mass = Components(masses)
    scene.planes[1].light = [source]
    (scene.instrument.width, scene.instrument.height) = (size, size)
    (scene.instrument.pixelScale, scene.instrument.noise) = (pixelScale, false)
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec())
    (scene.accuracy.precision, scene.accuracy.sampling) = (.double, .uniform)
    return scene
  }

  private func ellipsoid(coreRadius: Double = 0) -> MassSpec {
    var mass = IsothermalEllipsoidSpec()
    (mass.einsteinRadius, mass.axisRatio, mass.positionAngle) = (1.2, 0.75, 0.4)
    (mass.coreRadius, mass.center) = (coreRadius, [0.03, -0.02])
    return MassSpec(mass)
  }

  private func worstDifference(_ a: Image<Float>, _ b: Image<Float>) -> Double {
    let peak = Double(b.peak)
    return zip(a.pixels, b.pixels).reduce(0) { max($0, abs(Double($1.0) - Double($1.1)) / peak) }
  }

  @Test func `the error of a smooth image falls with the square of the sub-pixels`() throws {
    var light = GaussianLightSpec()
    (light.sigma, light.center) = (0.15, [0.05, 0.08])
    var scene = scene([ellipsoid()], LightSpec(light))
    scene.accuracy.subpixels = 32
    let reference = try image(scene).sourceLight[0]
    let errors = try [1, 2, 4, 8, 16].map { subpixels in
      scene.accuracy.subpixels = subpixels
      return worstDifference(try image(scene).sourceLight[0], reference)
    }
    print("worst error: pixel integral with 1, 2, 4, 8, 16 sub-pixels, of the peak: \(errors)")
    // The midpoint rule is of second order: a ratio of 4, less where one sub-pixel is too coarse for the leading
    // term, and of (1/8^2 - 1/32^2) / (1/16^2 - 1/32^2) = 5 for the last, because the reference has an error too.
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(coarse / fine > 2.5 && coarse / fine < 6)
    }
    #expect(errors[4] < errors[1] / 40)
  }

  @Test func `the error of a cusped source falls too`() throws {
    var light = SersicSpec()
    (light.effectiveRadius, light.sersicIndex, light.center) = (0.2, 2, [0.05, 0.08])
    var scene = scene([ellipsoid()], LightSpec(light))
    scene.accuracy.subpixels = 32
    let reference = try image(scene).sourceLight[0]
    let errors = try [1, 2, 4, 8, 16].map { subpixels in
      scene.accuracy.subpixels = subpixels
      return worstDifference(try image(scene).sourceLight[0], reference)
    }
    print("worst error: cusped pixel integral with 1, 2, 4, 8, 16 sub-pixels, of the peak: \(errors)")
    #expect(errors[1] < errors[0] && errors[2] < errors[1] && errors[4] < errors[2])
  }

  /// `Precision.single` promises noise-free images within 1e-4 of their peak of the Double ones.
  private static let singlePrecision = 1e-4

  @Test func `float32 images are within 1e-4 of the float64 ones for every kind of mass`() throws {
    let additions: [MassSpec?] = MassSpec.kinds.map { addition($0) } + [ellipsoid(coreRadius: 0.1), nil]
    var worst = WorstError("float32 against float64, of the peak")
    for index in [0.8, 1, 4] {
      var light = SersicSpec()
      (light.effectiveRadius, light.sersicIndex, light.axisRatio) = (0.2, index, 0.7)
      light.center = [0.06, 0.03]
      for added in additions {
        var scene = scene(
          [ellipsoid(), added].compactMap { $0 }, LightSpec(light), size: 100, pixelScale: 0.05)
        scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(GaussianPSFSpec())
        scene.planes[0].light = [LightSpec(SersicSpec())]
        let double = try image(scene)
        scene.accuracy.precision = .single
        let single = try image(scene)
        let kind = added.map { type(of: $0.parameters).kind } ?? "none"
        worst.note(
          worstDifference(single.sourceLight[0], double.sourceLight[0]),
          at: "source, \(kind), Sersic \(index)")
        worst.note(
          worstDifference(single.lensLight[0], double.lensLight[0]), at: "lens, \(kind), Sersic \(index)")
      }
    }
    worst.expect(atMost: Self.singlePrecision)
  }

  /// A mass of each kind, of the size that an astronomer would add to a galaxy.
  private func addition(_ kind: any MassProfileSpec.Type) -> MassSpec {
    let place = [0.9, 0.55]
    switch kind.init() {
    case var spec as SingularIsothermalSphereSpec:
      (spec.einsteinRadius, spec.center) = (0.1, place)
      return MassSpec(spec)
    case var spec as NavarroFrenkWhiteSpec:
      (spec.deflectionAtScaleRadius, spec.center) = (0.3, place)
      return MassSpec(spec)
    case var spec as EllipticalNavarroFrenkWhiteSpec:
      (spec.deflectionAtScaleRadius, spec.axisRatio, spec.positionAngle) = (0.3, 0.7, 1)
      return MassSpec(spec)
    case var spec as TruncatedNavarroFrenkWhiteSpec:
      (spec.deflectionAtScaleRadius, spec.center) = (0.05, place)
      return MassSpec(spec)
    case var spec as ExternalShearSpec:
      (spec.strength, spec.angle) = (0.08, 1.1)
      return MassSpec(spec)
    case var spec as ConvergenceSheetSpec:
      spec.convergence = -0.1
      return MassSpec(spec)
    case var spec as GranulesSpec:
      (spec.fluctuation, spec.correlationLength, spec.waves) = (0.02, 0.15, 40)
      return MassSpec(spec)
    case var spec as PointMassSpec:
      (spec.einsteinRadius, spec.center) = (0.06, place)
      return MassSpec(spec)
    case var spec as UniformLineSpec:
      (spec.einsteinRadius, spec.positionAngle, spec.center) = (0.2, 2.2, place)
      return MassSpec(spec)
    case let spec: return MassSpec(spec)
    }
  }
}

import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

struct ImageSimulatorTests {
  /// Images are kept as Float: half an ulp per pixel, which a sum of equal signs passes on at most.
  private static let floatRounding = Double(Float.ulpOfOne)

  private func scene(
    size: Int, pixelScale: Double, subpixels: Int = 2, precision: Precision = .double
  ) -> SceneSpec {
    var scene = SceneSpec()
    (scene.instrument.width, scene.instrument.height) = (size, size)
    (scene.instrument.pixelScale, scene.instrument.noise) = (pixelScale, false)
    (scene.accuracy.subpixels, scene.accuracy.precision) = (subpixels, precision)
    scene.accuracy.sampling = .uniform
    return scene
  }

  private func simulate(_ scene: SceneSpec) throws -> Observation {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.simulate(
      scene, key: RandomKey(seed: 1, sample: 2), workspace: simulator.makeWorkspace())
  }

  private func sum(_ image: Image<Float>) -> Double { image.pixels.reduce(0) { $0 + Double($1) } }

  @Test func `the flux of a Gaussian is all in the image`() throws {
    var scene = scene(size: 200, pixelScale: 0.05)
    var light = GaussianLightSpec()
    (light.flux, light.sigma, light.axisRatio, light.positionAngle) = (12.5, 0.3, 0.6, 0.7)
    light.center = [0.11, -0.23]
    scene.planes[0].light = [LightSpec(light)]
    scene.planes[1].light = [LightSpec(light)]
    let result = try simulate(scene)
    // The midpoint rule errs by exp(-2 pi^2 (sigma / h)^2) < 1e-100 on a Gaussian, and the border is beyond 11
    // sigma of the major axis: rounding is all there is.
    var worst = WorstError("flux of a Gaussian, relative")
    worst.note(sum(result.sourceLight[0]), expected: light.totalFlux, floor: 0, at: "source")
    worst.note(sum(result.lensLight[0]), expected: light.totalFlux, floor: 0, at: "lens")
    worst.note(sum(result.image[0]), expected: 2 * light.totalFlux, floor: 0, at: "image")
    worst.expect(atMost: 2 * Self.floatRounding)
  }

  @Test func `the flux of an exponential profile is all in the image`() throws {
    let (scale, subpixels) = (0.05, 2)
    var scene = scene(size: 400, pixelScale: scale, subpixels: subpixels)
    var light = SersicSpec()
    (light.intensity, light.effectiveRadius, light.center) = (3, 0.5, [0.013, 0.021])
    scene.planes[1].light = [LightSpec(light)]
    // Poisson's summation formula: the midpoint rule with step h errs by at most 4 zeta(3/2) beta(3/2) = 9.03 times
    // (k h / 2 pi)^3 for exp(-k r), because of the cusp at the centre; the border leaves out exp(-33).
    let step = 1.678_35 / light.effectiveRadius * scale / Double(subpixels)
    var worst = WorstError("flux of an exponential profile, relative")
    worst.note(sum(try simulate(scene).sourceLight[0]), expected: light.totalFlux, floor: 0)
    worst.expect(atMost: 9.03 * pow(step / (2 * .pi), 3) + 2 * Self.floatRounding)
  }

  @Test func `per pixel and per square arcsec differ by the area of a pixel`() throws {
    var scene = scene(size: 40, pixelScale: 0.08)
    scene.planes[1].light = [LightSpec(SersicSpec())]
    let perArea = try simulate(scene).image[0]
    scene.instrument.brightnessUnit = .perPixel
    let perPixel = try simulate(scene).image[0]
    var worst = WorstError("brightness units, relative")
    for (a, b) in zip(perArea.pixels, perPixel.pixels) {
      worst.note(Double(a), expected: Double(b) * 0.08 * 0.08, floor: 1e-30)
    }
    worst.expect(atMost: Self.floatRounding)
  }

  @Test(arguments: [2, 3, 4])
  func `a blur at sub-pixels is a blur of small pixels, averaged`(subpixels: Int) throws {
    var scene = lensedScene(size: 30, pixelScale: 0.12, subpixels: subpixels)
    scene.instrument.brightnessUnit = .perPixel
    scene.instrument.blurSampling = .subpixel
    let coarse = try simulate(scene).image[0]
    (scene.instrument.width, scene.instrument.height) = (30 * subpixels, 30 * subpixels)
    scene.instrument.pixelScale = 0.12 / Double(subpixels)
    (scene.instrument.blurSampling, scene.accuracy.subpixels) = (.pixel, 1)
    let fine = try simulate(scene).image[0]
    var averaged = Image(width: 30, height: 30, repeating: 0.0)
    for y in 0..<fine.height {
      for x in 0..<fine.width {
        averaged[x: x / subpixels, y: y / subpixels] +=
          Double(fine[x: x, y: y]) / Double(subpixels * subpixels)
      }
    }
    var worst = WorstError("\(subpixels) sub-pixels against small pixels, of the peak")
    for (a, b) in zip(coarse.pixels, averaged.pixels) { worst.note((Double(a) - b) / averaged.peak) }
    worst.expect(atMost: 2 * Self.floatRounding)
  }

  @Test func `blurs at pixels and at sub-pixels agree for a well sampled image`() throws {
    var scene = scene(size: 60, pixelScale: 0.02, subpixels: 4)
    var (light, function) = (GaussianLightSpec(), GaussianPSFSpec())
    (light.sigma, function.fullWidthHalfMaximum, function.kernelPixels) = (0.12, 0.12, 61)
    scene.planes[1].light = [LightSpec(light)]
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(function)
    let byPixel = try simulate(scene).image[0]
    scene.instrument.blurSampling = .subpixel
    function.kernelPixels = 241
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(function)
    let bySubpixel = try simulate(scene).image[0]
    var worst = WorstError("pixel against sub-pixel blur, of the peak")
    for (a, b) in zip(byPixel.pixels, bySubpixel.pixels) { worst.note(Double(a - b) / Double(byPixel.peak)) }
    // Both sample the same convolved Gaussian, and the sums are exact to exp(-2 pi^2 (sigma / h)^2).
    worst.expect(atMost: 1e-5)
  }

  private func lensedScene(size: Int, pixelScale: Double, subpixels: Int) -> SceneSpec {
    var scene = scene(size: size, pixelScale: pixelScale, subpixels: subpixels)
    var (mass, light) = (IsothermalEllipsoidSpec(), GaussianLightSpec())
    (mass.einsteinRadius, mass.axisRatio, mass.positionAngle) = (1.1, 0.8, 0.4)
    (light.sigma, light.center) = (0.12, [0.07, 0.04])
    scene.planes[0].mass = [MassSpec(mass)]
    scene.planes[1].light = [LightSpec(light)]
    return scene
  }

  @Test func `the same key gives the same exposure and another gives another`() throws {
    var scene = lensedScene(size: 40, pixelScale: 0.1, subpixels: 2)
    scene.instrument.noise = true
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let workspace = try simulator.makeWorkspace()
    func image(_ sample: UInt64) throws -> Image<Float> {
      try simulator.simulate(scene, key: RandomKey(seed: 1, sample: sample), workspace: workspace).image[0]
    }
    let first = try image(2)
    #expect(try image(3) != first)
    #expect(try image(2) == first)
    #expect(try simulate(scene).image[0] == first)
  }

  @Test func `the exposure time reaches the signal-to-noise ratio that the scene asks for`() throws {
    var scene = lensedScene(size: 60, pixelScale: 0.08, subpixels: 2)
    scene.instrument.readNoise = 4
    for definition in [SignalToNoiseDefinition.peak, .background] {
      scene.signalToNoise = SignalToNoiseTarget(definition: definition, value: 33)
      let result = try simulate(scene)
      let reached = definition == .peak ? result.signalToNoise[0].peak : result.signalToNoise[0].background
      #expect(abs(try #require(reached) / 33 - 1) < 1e-9)
      #expect(result.exposureTimes[0] != scene.instrument.exposureTime)
    }
    scene.signalToNoise = nil
    #expect(try simulate(scene).exposureTimes[0] == scene.instrument.exposureTime)
  }

  @Test(arguments: Precision.allCases)
  func `a deflection that is not finite is refused`(precision: Precision) throws {
    var scene = scene(size: 20, pixelScale: 0.1, precision: precision)
    var mass = PointMassSpec()
    mass.einsteinRadius = 1e200
    mass.center = [0.01, 0.02]
    scene.planes[0].mass = [MassSpec(mass)]
    for light in [LightSpec(SersicSpec()), LightSpec(GaussianLightSpec())] {
      scene.planes[1].light = [light]
      #expect(throws: NumericalError.self, "\(light)") { _ = try simulate(scene) }
    }
  }

  @Test func `a workspace of another precision is refused`() throws {
    let (single, double) = (
      scene(size: 9, pixelScale: 0.1, precision: .single), scene(size: 9, pixelScale: 0.1)
    )
    let simulator = try ImageSimulator(instrument: single.instrument, accuracy: single.accuracy)
    let other = try ImageSimulator(instrument: double.instrument, accuracy: double.accuracy)
    #expect(throws: NumericalError.self) {
      _ = try simulator.simulate(single, key: RandomKey(seed: 1, sample: 1), workspace: other.makeWorkspace())
    }
  }
}

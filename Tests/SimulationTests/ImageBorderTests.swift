import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// No pixel depends on the size of the field: kernels have an extent of their own, and light from outside is blurred in.
struct ImageBorderTests {
  private func image(_ scene: SceneSpec) throws -> Image<Float> {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
  }

  /// A source at the origin without a lens, through a kernel of a kind.
  private func scene(_ kernel: some SpecKind, _ light: some LightProfileSpec, side: Int) -> SceneSpec {
    var scene = SceneSpec()
    scene.planes[1].light = [LightSpec(light)]
    (scene.instrument.width, scene.instrument.height) = (side, side)
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(kernel)
    return scene
  }

  @Test func `a wide Gaussian kernel gives the same peak in every field, and the right one`() throws {
    var (kernel, light) = (GaussianPSFSpec(), GaussianLightSpec())
    (kernel.fullWidthHalfMaximum, light.sigma) = (1, 0.15)
    // The integral over the central pixel of the convolution of both.
    let sigma = (1 / (8 * log(2.0)) + 0.15 * 0.15).squareRoot()
    let expected = pow(erf(0.025 / (2.0.squareRoot() * sigma)), 2)
    var worst = WorstError("peak of a source through a kernel wider than the field")
    for side in [1, 31, 91, 171] {
      var scene = scene(kernel, light, side: side)
      (scene.accuracy.sampling, scene.accuracy.subpixels) = (.uniform, 8)
      let image = try image(scene)
      worst.note(Double(image[x: side / 2, y: side / 2]), expected: expected, floor: 0, at: "\(side) pixels")
    }
    // The cut at 4 standard deviations leaves out 1 - erf(4 / sqrt 2)^2 = 1.3e-4, and Float rounds.
    worst.expect(atMost: 1.4e-4)
  }

  @Test func `images do not darken towards their border`() throws {
    var light = SersicSpec()
    light.effectiveRadius = 8
    let (small, large) = (
      try image(scene(GaussianPSFSpec(), light, side: 150)),
      try image(scene(GaussianPSFSpec(), light, side: 190))
    )
    var worst = WorstError("outer rows of 150 pixels against the middle of 190, of the pixel")
    for row in [0, 1, 2, 3, 146, 147, 148, 149] {
      for x in 0..<150 {
        worst.note(
          Double(small[x: x, y: row]), expected: Double(large[x: x + 20, y: row + 20]), floor: 0,
          at: "row \(row)")
      }
    }
    worst.expect(atMost: 1e-6)
  }

  @Test func `a dark border is a convolution with nothing around the image`() throws {
    var scene = scene(GaussianPSFSpec(), SersicSpec(), side: 40)
    scene.accuracy.precision = .double
    scene.instrument.border = .dark
    let dark = try image(scene)
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec())
    var blurred = try image(scene).map { Double($0) }
    let kernel = try PointSpreadFunction.sample(
      PointSpreadFunctionSpec(GaussianPSFSpec()), scale: 0.05, readImage: ImageSimulator.noFiles)
    let blur = try Blur<Double>(kernel, width: 40, height: 40)
    blur.apply(to: &blurred, workspace: try blur.makeWorkspace())
    var worst = WorstError("dark border, of the pixel")
    for (a, b) in zip(dark.pixels, blurred.pixels) { worst.note(Double(a), expected: b, floor: 1e-30) }
    worst.expect(atMost: 2 * Double(Float.ulpOfOne))
  }

  // MARK: Random search

  private static let kernels: [PointSpreadFunctionSpec] = {
    var (gaussian, moffat, airy, file) = (
      GaussianPSFSpec(), MoffatPSFSpec(), AiryPSFSpec(), KernelFilePSFSpec()
    )
    (gaussian.fullWidthHalfMaximum, moffat.fullWidthHalfMaximum, moffat.beta) = (0.3, 0.12, 2.5)
    (airy.wavelength, airy.kernelPixels, file.path) = (1600, 21, "kernel")
    return [
      PointSpreadFunctionSpec(NoPSFSpec()), PointSpreadFunctionSpec(gaussian),
      PointSpreadFunctionSpec(moffat),
      PointSpreadFunctionSpec(airy), PointSpreadFunctionSpec(file),
    ]
  }()

  /// A lens with subhalos and a source, somewhere in or near a field, on an oblong image.
  private func randomScene(_ number: Int) -> SceneSpec {
    let stream = RandomKey(seed: 16, sample: UInt64(number)).stream("scene")
    var count: UInt32 = 0
    func draw(_ low: Double, _ high: Double) -> Double {
      count += 1
      return low + (high - low) * stream.uniform(count)
    }
    var (host, source, lens) = (IsothermalEllipsoidSpec(), SersicSpec(), SersicSpec())
    (host.einsteinRadius, host.axisRatio, host.positionAngle) = (draw(0.3, 1.2), draw(0.5, 1), draw(0, 3))
    host.center = [draw(-0.6, 0.6), draw(-0.6, 0.6)]
    (source.effectiveRadius, source.sersicIndex, source.axisRatio) = (
      draw(0.1, 0.5), draw(0.6, 2), draw(0.5, 1)
    )
    source.center = [host.center[0] + draw(-0.3, 0.3), host.center[1] + draw(-0.3, 0.3)]
    (lens.effectiveRadius, lens.sersicIndex, lens.center) = (draw(0.3, 1), draw(0.6, 2.5), host.center)
    let points = (0..<Int(draw(0, 30))).map { _ in
      var point = PointMassSpec()
      (point.einsteinRadius, point.center) = (draw(0.001, 0.02), [draw(-1.5, 1.5), draw(-1.5, 1.5)])
      return MassSpec(point)
    }
    var scene = SceneSpec()
    scene.planes = [
      PlaneSpec(redshift: 0.5, mass: [MassSpec(host)] + points, light: [LightSpec(lens)]),
      PlaneSpec(redshift: 1, light: [LightSpec(source)]),
    ]
    (scene.instrument.width, scene.instrument.height) = (12 + Int(draw(0, 30)), 12 + Int(draw(0, 30)))
    scene.instrument.pointSpreadFunction = Self.kernels[number % Self.kernels.count]
    scene.instrument.blurSampling = draw(0, 1) < 0.3 ? .subpixel : .pixel
    scene.accuracy.precision = draw(0, 1) < 0.5 ? .single : .double
    scene.accuracy.sampling = draw(0, 1) < 0.5 ? .adaptive : .uniform
    scene.accuracy.farField = .direct
    return scene
  }

  /// With equally many rays per pixel only rounding differs: that of Float, and of transforms of another length, 1e-6 of
  /// the peak. Adaptive sampling takes more rays where the image is rough compared to its own peak, so another field
  /// with another peak may take them in other pixels: the error of one ray and its neighbours there.
  @Test func `a small field is the middle of a larger one`() throws {
    let kernel = Image(
      width: 7, height: 5, pixels: (0..<35).map { 1 + Double(($0 * 7) % 11) })
    var uniform = WorstError("fields of another size, uniform rays, of the larger one's peak")
    var adaptive = WorstError("fields of another size, adaptive, of the larger one's peak")
    for number in 0..<200 {
      var scene = randomScene(number)
      func image() throws -> Image<Float> {
        let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy) { _ in
          kernel
        }
        return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
      }
      let small = try image()
      let (more, above) = (1 + number % 9, 1 + number % 5)
      scene.instrument.width += 2 * more
      scene.instrument.height += 2 * above
      let large = try image()
      let isPlain = scene.accuracy.sampling == .uniform || scene.instrument.blurSampling == .subpixel
      for y in 0..<small.height {
        for x in 0..<small.width {
          let difference = Double(small[x: x, y: y] - large[x: x + more, y: y + above]) / Double(large.peak)
          if isPlain {
            uniform.note(difference, at: "scene \(number)")
          } else {
            adaptive.note(difference, at: "scene \(number)")
          }
        }
      }
    }
    uniform.expect(atMost: 1e-6)
    adaptive.expect(atMost: 2e-3)
  }

  // MARK: What a cut leaves out

  /// The light beyond a square of some radius, for the kernels that docs/conventions.md lists, from a wide kernel.
  @Test func `kernels leave out what the documentation says`() throws {
    func left(_ kind: some PointSpreadFunctionKind, _ widen: (Int) -> any SpecKind) throws -> Double {
      func middle(_ kind: any SpecKind) throws -> (Double, Int) {
        let function = try #require(
          try PointSpreadFunction.sample(
            PointSpreadFunctionSpec(kind), scale: 0.02, readImage: ImageSimulator.noFiles))
        return (function.kernel.peak, function.kernel.width)
      }
      let (usual, side) = try middle(kind)
      return 1 - (try middle(widen(30 * side + 1)).0) / usual
    }
    var gaussian = GaussianPSFSpec()
    let ofGaussian = try left(gaussian) {
      gaussian.kernelPixels = $0
      return gaussian
    }
    // 1 - erf(4 / sqrt 2)^2, if the radius is a whole number of pixels; else the kernel is rounded up.
    #expect(ofGaussian > 0 && ofGaussian < 1.27e-4)
    for beta in [3.5, 2.5, 1.5] {
      var moffat = MoffatPSFSpec()
      moffat.beta = beta
      let found = try left(moffat) {
        moffat.kernelPixels = $0
        return moffat
      }
      let scale = moffat.fullWidthHalfMaximum / (2 * (pow(2, 1 / beta) - 1).squareRoot())
      let beyond = pow(1 + pow(5 * moffat.fullWidthHalfMaximum / scale, 2), 1 - beta)
      print("light that a Moffat kernel of beta \(beta) leaves out: \(found), beyond its radius \(beyond)")
      // A square holds more than the circle in it, and 30 times its side not all the rest.
      #expect(found < beyond && found > beyond / 2)
    }
  }

  @Test func `kernels and borders too large for memory are refused with what to do`() throws {
    var wide = GaussianPSFSpec()
    wide.fullWidthHalfMaximum = 1000
    let error = #expect(throws: SpecError.self) { _ = try image(scene(wide, SersicSpec(), side: 10)) }
    #expect(error?.keyPath == "instrument.psf.gaussian" && error?.requirement.contains("4095") == true)
    (wide.fullWidthHalfMaximum, wide.kernelPixels) = (1, 4095)
    let large = scene(wide, SersicSpec(), side: 4100)
    let border = #expect(throws: SpecError.self) { _ = try image(large) }
    #expect(border?.requirement.contains("instrument.border to dark") == true)
  }
}

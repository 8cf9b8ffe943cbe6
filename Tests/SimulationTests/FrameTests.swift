import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// Frames of several bands: each is what a camera of that band alone makes of lights of that brightness.
struct FrameTests {
  private static let names = ["u", "g", "r", "i", "z"]
  private static let sceneCount = Int(ProcessInfo.processInfo.environment["LENSING_SCENES"] ?? "") ?? 6

  /// A random scene before a camera of some bands, each with a blur, a sky and an exposure of its own.
  private func scene(_ number: Int, bands: Int) -> SceneSpec {
    let stream = RandomKey(seed: 11, sample: UInt64(number)).stream("scene")
    var draws: UInt32 = 0
    func uniform(_ range: ClosedRange<Double>) -> Double {
      draws += 1
      return range.lowerBound + stream.uniform(draws) * (range.upperBound - range.lowerBound)
    }
    var host = IsothermalEllipsoidSpec()
    (host.einsteinRadius, host.axisRatio, host.positionAngle) = (
      uniform(0.4...0.7), uniform(0.5...1), uniform(0...3)
    )
    func light(_ size: ClosedRange<Double>) -> LightSpec {
      var sersic = SersicSpec()
      (sersic.intensity, sersic.effectiveRadius, sersic.sersicIndex) = (
        uniform(1...4), uniform(size), uniform(0.7...2)
      )
      sersic.center = [uniform(-0.2...0.2), uniform(-0.2...0.2)]
      var light = LightSpec(sersic)
      for band in Self.names.prefix(bands) { light.bands[band] = uniform(0.2...2) }
      return light
    }
    var scene = SceneSpec()
    scene.planes = [
      PlaneSpec(redshift: 0.5, mass: [MassSpec(host)], light: [light(0.3...0.6)]),
      PlaneSpec(redshift: 1, light: [light(0.1...0.3), light(0.1...0.2)]),
    ]
    var camera = scene.instrument
    (camera.width, camera.height, camera.pixelScale) = (40, 30, 0.06)
    for band in Self.names.prefix(bands) {
      var item = BandSpec()
      var blur = GaussianPSFSpec()
      blur.fullWidthHalfMaximum = uniform(0.1...0.2)
      item.pointSpreadFunction = PointSpreadFunctionSpec(blur)
      (item.sky, item.exposureTime, item.readNoise) = (uniform(0.05...2), uniform(200...2000), uniform(0...5))
      camera.bands.append(item, named: band)
    }
    scene.instrument = camera
    return scene
  }

  /// The same sky before a camera of one band alone, without the axis of bands.
  private func alone(_ scene: SceneSpec, _ band: Int) throws -> SceneSpec {
    let name = scene.instrument.bands.names[band]
    var single = scene
    single.instrument = scene.instrument.camera(ofBand: band)
    for plane in scene.planes.indices {
      for number in scene.planes[plane].light.indices {
        let light = scene.planes[plane].light[number]
        guard var sersic = light.parameters as? SersicSpec else { continue }
        sersic.intensity *= light.bands[name]
        single.planes[plane].light[number] = LightSpec(sersic)
      }
    }
    return single
  }

  private func expected(_ scene: SceneSpec) throws -> Frames<Float> {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())
  }

  private func exposed(_ scene: SceneSpec) throws -> Observation {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let key = RandomKey(seed: 1, sample: 2)
    return try simulator.simulate(scene, key: key, workspace: simulator.makeWorkspace())
  }

  /// Lights of different colours are sampled each for themselves, so that adaptive sampling errs for each by its bound.
  /// `LENSING_SCENES=60 make test ONLY=FrameTests` looks at so many random scenes.
  @Test(arguments: [1, 3, 5], [Precision.single, .double])
  func `each band's frame is the image of its own camera`(bands: Int, precision: Precision) throws {
    for sampling in SamplingMethod.allCases {
      var worst = WorstError("frame against its camera alone, \(bands) bands, \(precision), \(sampling)")
      for number in 0..<Self.sceneCount {
        var scene = scene(number, bands: bands)
        (scene.accuracy.precision, scene.accuracy.sampling) = (precision, sampling)
        let frames = try expected(scene)
        #expect(frames.bandCount == bands)
        for band in 0..<bands {
          let image = try expected(alone(scene, band))[0]
          for (pixel, value) in frames[band].pixels.enumerated() {
            worst.note(Double(value - image.pixels[pixel]) / Double(image.peak), at: "scene \(number)")
          }
        }
      }
      worst.expect(atMost: sampling == .adaptive ? 3e-3 : 2e-6)
    }
  }

  @Test func `a camera of one band makes the image of one without bands, bit by bit`() throws {
    for number in 0..<4 {
      var scene = scene(number, bands: 1)
      for plane in scene.planes.indices {
        for light in scene.planes[plane].light.indices { scene.planes[plane].light[light].bands["u"] = 1 }
      }
      #expect(try expected(scene) == expected(alone(scene, 0)))
    }
  }

  /// Each band has its own noise: of its variance, and of nothing that another band has.
  @Test func `bands have noise of their own`() throws {
    var scene = scene(1, bands: 3)
    scene.planes[0].light = []
    scene.planes[1].light = []
    (scene.instrument.width, scene.instrument.height) = (120, 120)
    let (image, pixels) = (try exposed(scene).image, 120.0 * 120)
    var worst = WorstError("variance and correlation of dark frames, in standard errors")
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let noise = image.images.map { frame in frame.pixels.map { Double($0) } }
    for (band, camera) in scene.instrument.cameras.enumerated() {
      let time = camera.exposureTime
      let variance = (camera.sky * time + camera.readNoise * camera.readNoise) / (time * time)
      worst.note((mean(noise[band].map { $0 * $0 }) / variance - 1) * (pixels / 2).squareRoot())
      let next = (band + 1) % 3
      let products = zip(noise[band], noise[next]).map { $0 * $1 }
      let size = (mean(noise[band].map { $0 * $0 }) * mean(noise[next].map { $0 * $0 })).squareRoot()
      worst.note(mean(products) / size * pixels.squareRoot())
    }
    worst.expect(atMost: 4.5)
  }

  @Test func `a further band changes no pixel of the others`() throws {
    var scene = scene(2, bands: 3)
    // With one blur for all, the border that is rendered stays.
    for band in scene.instrument.bands.indices { scene.instrument.bands[band].pointSpreadFunction = nil }
    let three = try exposed(scene)
    scene.instrument.bands["z"] = BandSpec()
    let four = try exposed(scene)
    for band in 0..<3 { #expect(three.image[band] == four.image[band]) }
    #expect(four.image[3] != four.image[2])
  }

  /// The ratio is that of the band that is named, and exposures keep their proportions.
  @Test(arguments: SignalToNoiseDefinition.allCases, [nil, "u", "r"])
  func `a signal-to-noise ratio is of one band`(_ definition: SignalToNoiseDefinition, band: String?) throws {
    var scene = scene(3, bands: 3)
    let given = scene.instrument.cameras.map(\.exposureTime)
    scene.signalToNoise = SignalToNoiseTarget(definition: definition, value: 25)
    scene.signalToNoise?.band = band
    let made = try exposed(scene)
    let place = band.flatMap { scene.instrument.bands.names.firstIndex(of: $0) } ?? 0
    let reached = try #require(made.signalToNoise[place][definition])
    #expect(reached >= 25 * (1 - 1e-6) && (definition == .total || reached <= 25 * (1 + 1e-6)))
    for other in given.indices {
      let ratio = made.exposureTimes[other] / made.exposureTimes[place]
      #expect(abs(ratio / (given[other] / given[place]) - 1) < 1e-12)
    }
  }

  @Test(arguments: [(1e-3, 1e8), (1e9, 1e-9)])
  func `exposures that no telescope makes are refused in every band`(first: Double, second: Double) throws {
    var scene = scene(3, bands: 2)
    scene.instrument = scene.instrument.exposed(for: [first, second])
    scene.signalToNoise = SignalToNoiseTarget(definition: .peak, value: 25)
    let error = #expect(throws: NumericalError.self) { _ = try exposed(scene) }
    #expect(error.map { "\($0)".contains("the band g would be exposed for") } == true)
  }

  @Test(arguments: [
    (
      "planes: {lens: {redshift: 0.5}, source: {redshift: 1, light: {a: {sersic: {}, bands: {q: 2}}}}}",
      "planes.source.light.a.bands.q: the band 'q' given"
    ),
    ("signal_to_noise: {value: 20, band: x}", "signal_to_noise.band: 'x' given"),
    ("accuracy: {}", "instrument.bands: the name '2x' given"),
  ])
  func `what names no band is refused`(text: String, message: String) throws {
    let bands = message.contains("2x") ? "2x: {}" : "g: {}, r: {sky: 0.3}"
    let error = #expect(throws: SpecErrors.self) {
      _ = try SpecVisitor.read(SceneSpec.self, from: parseSpec("\(text)\ninstrument: {bands: {\(bands)}}"))
    }
    let shown = error.map { "\($0)" } ?? ""
    #expect(shown.contains(message), "\(shown)")
  }
}

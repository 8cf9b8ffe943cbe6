import Dataset
import Foundation
import Instrument
import LensCore
import LensTestSupport
import Populations
import Simulation
import Testing

/// Cameras of which every sample has its own noise, exposure and blur.
struct CameraDrawTests {
  private static let noise = [
    "instrument.sky={uniform: [0.05, 2]}", "instrument.read_noise={choice: [2, 8]}", "signal_to_noise=null",
    "instrument.exposure_time={log_uniform: [100, 3000]}",
  ]
  private static let blur = ["instrument.psf={gaussian: {fwhm: {uniform: [0.3, 1]}}}"]

  private func plan(_ settings: [String]) throws -> PopulationPlan {
    try PopulationPlan(try smallPopulation("model-a", settings), seed: 5)
  }

  @Test(arguments: [noise, blur, noise + blur, noise + blur + ["pairs=true"], blur + ["pairs=true"]])
  func `each image is that of the sample's own camera`(_ settings: [String]) throws {
    let plan = try plan(settings)
    let workspace = try plan.makeWorkspace()
    var widths: Set<Double> = []
    for index in 0..<9 {
      let sample = try plan.sample(index, workspace: workspace)
      let (scene, key) = try plan.observedScene(index)
      let own = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      let again = try own.simulate(scene, key: key, workspace: own.makeWorkspace())
      #expect(
        again.image == sample.observation.image
          && again.exposureTimes[0] == sample.observation.exposureTimes[0])
      let function = scene.instrument.pointSpreadFunction.parameters as? GaussianPSFSpec
      widths.insert(try #require(function).fullWidthHalfMaximum)
      for name in sample.drawn.parameters.map(\.name) where name.hasPrefix("instrument.") {
        let written = SpecVisitor.write(sample.drawn.scene)
        #expect(written.value(at: name) == .scalar(specNumber(sample.drawn[name])), "\(name)")
      }
    }
    #expect(widths.count == (!settings.contains(Self.blur[0]) ? 1 : settings.contains("pairs=true") ? 3 : 9))
  }

  /// Of numbers of the camera and of the scene.
  @Test func `numbers of the camera may follow others`() throws {
    let plan = try plan([
      "instrument.bands={g: {psf: {gaussian: {fwhm: {linear: {of: instrument.bands.r.psf.gaussian.fwhm, slope: 1.2}}}}}, "
        + "r: {psf: {gaussian: {fwhm: {uniform: [0.4, 0.8]}}}, sky: {power: {of: planes.lens.mass.host.sie.axis_ratio, factor: 2, pivot: 1, exponent: 2}}}}"
    ])
    var widths: Set<Double> = []
    for index in 0..<6 {
      let drawn = try plan.scene(index)
      let width = drawn["instrument.bands.r.psf.gaussian.fwhm"]
      widths.insert(width)
      #expect(abs(drawn["instrument.bands.g.psf.gaussian.fwhm"] - 1.2 * width) < 1e-12)
      let ratio = drawn["planes.lens.mass.host.sie.axis_ratio"]
      #expect(abs(drawn["instrument.bands.r.sky"] - 2 * ratio * ratio) < 1e-12)
      let cameras = drawn.scene.instrument.cameras
      let blurs = cameras.compactMap { $0.pointSpreadFunction.parameters as? GaussianPSFSpec }
      #expect(
        blurs.map(\.fullWidthHalfMaximum) == [1.2 * width, width]
          && abs(cameras[1].sky - 2 * ratio * ratio) < 1e-12)
    }
    #expect(widths.count == 6)
    for (wrong, message) in [
      ("instrument.exposure_tim", "did you mean instrument.exposure_time?"),
      ("derived.einstein_radius", "must be the path of a number"),
    ] {
      let error = #expect(throws: SpecErrors.self) {
        try self.plan([
          "instrument.exposure_time=300",
          "instrument.read_noise={same_as: \(wrong)}",
        ])
      }
      #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
    }
  }

  /// Background pixels have the variance of their own sky, read-out noise and exposure.
  @Test func `the noise is that of the camera that was drawn`() throws {
    let dark = [
      "planes.lens.light.galaxy=null", "\(ModelPaths.source).intensity=0", "classes=[no_sub]",
      "instrument.width=100", "instrument.height=100",
    ]
    let plan = try plan(Self.noise + dark)
    let workspace = try plan.makeWorkspace()
    var worst = WorstError("variance of dark images, in standard errors")
    for index in 0..<20 {
      let sample = try plan.sample(index, workspace: workspace)
      let (sky, noise) = (sample.drawn["instrument.sky"], sample.drawn["instrument.read_noise"])
      let time = sample.drawn["instrument.exposure_time"]
      let expected = (sky * time + noise * noise) / (time * time)
      let found = moments(sample.observation.image.pixels.map { Double($0) }).variance
      worst.note((found / expected - 1) * (10_000.0 / 2).squareRoot())
    }
    worst.expect(atMost: 4.5)
  }

  @Test func `datasets, forecasts and specs hold what was drawn`() throws {
    try withScratchFolder { folder in
      let spec = try smallPopulation("model-a", Self.noise + Self.blur + ["forecast=true"])
      try generate(spec, seed: 5, count: 4, to: "\(folder)/a")
      let again = try loadPopulation("\(folder)/a/spec.yaml")
      #expect(again.cameraDraws == spec.cameraDraws && again.cameraDraws.count == 4)
      let verification = try DatasetVerification("\(folder)/a")
      #expect(try verification.faultsOfFiles().isEmpty)
      #expect(try verification.faultsOfImages(Array(0..<12), threads: 2).isEmpty)
      let tables = try DatasetTables(try PopulationPlan(spec, seed: 5))
      let units = Dictionary(uniqueKeysWithValues: tables.sampleColumns.map { ($0.name, $0.unit) })
      #expect(units["instrument_exposure_time"] == "s" && units["instrument_psf_gaussian_fwhm"] == "arcsec")
    }
  }

  @Test(arguments: [
    ("instrument.width={uniform: [10, 20]}", "instrument.width"),
    (
      "instrument.pixel_scale={uniform: [0.1, 0.2]}",
      "instrument.pixel_scale: a prior given, must be a number"
    ),
    ("instrument.sky={uniform: [-1, 1]}", "instrument.sky: values from -1 to 1 given"),
    ("instrument.psf={gaussian: {fwhm: {unform: [1, 2]}}}", "did you mean uniform?"),
    ("instrument.skye=1", "instrument.skye: an unknown key given, did you mean sky?"),
  ])
  func `what cannot be drawn is refused at its place`(setting: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) { _ = try plan([setting]) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }
}

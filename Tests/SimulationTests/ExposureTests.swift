import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// Exposure times are solved for, so what they give is measured: the ratio in the noisy images, and limits that hold.
struct ExposureTests {
  private func scene(intensity: Double, _ definition: SignalToNoiseDefinition, _ value: Double) -> SceneSpec {
    var (host, light) = (SingularIsothermalSphereSpec(), SersicSpec())
    host.einsteinRadius = 0.5
    (light.intensity, light.effectiveRadius, light.center) = (intensity, 0.2, [0.05, 0.1])
    var scene = SceneSpec()
    scene.planes = [
      PlaneSpec(redshift: 0.5, mass: [MassSpec(host)]), PlaneSpec(redshift: 1, light: [LightSpec(light)]),
    ]
    (scene.instrument.width, scene.instrument.height, scene.instrument.pixelScale) = (16, 16, 0.1)
    (scene.instrument.brightnessUnit, scene.instrument.readNoise) = (.perPixel, 4)
    scene.signalToNoise = SignalToNoiseTarget(definition: definition, value: value)
    return scene
  }

  /// A source so faint that its exposure would take 1e19 s, as a user tried it.
  @Test(arguments: SignalToNoiseDefinition.allCases)
  func `an exposure that no telescope makes is refused with its numbers`(
    definition: SignalToNoiseDefinition
  ) throws {
    let scene = scene(intensity: 1e-10, definition, 20)
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let error = #expect(throws: NumericalError.self) {
      _ = try simulator.simulate(
        scene, key: RandomKey(seed: 1, sample: 1), workspace: simulator.makeWorkspace())
    }
    let text = "\(try #require(error))"
    if definition == .total { return #expect(text.contains("exposure time")) }
    for part in ["would take", "100000000", "electrons per second", "exposure_time"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func `more electrons than single precision can count are refused with their number`() throws {
    var scene = scene(intensity: 1, .peak, 20)
    (scene.signalToNoise, scene.instrument.exposureTime) = (nil, 1e12)
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let error = #expect(throws: NumericalError.self) {
      _ = try simulator.simulate(
        scene, key: RandomKey(seed: 1, sample: 1), workspace: simulator.makeWorkspace())
    }
    #expect(error.map { "\($0)".contains("electrons") && "\($0)".contains("exposure_time") } == true)
  }

  /// Many exposures of random scenes, faint ones too: the mean and the scatter of each pixel give back the ratio that the
  /// table has, and pixels scatter about the truth as much as the detector says; or the exposure is refused.
  @Test func `the ratio measured in noisy images is that of the table`() throws {
    let exposures = 400
    var (ratios, scatters, biases) = (
      WorstError("signal-to-noise of noisy images, in standard errors"),
      WorstError("scatter of pixels, in standard errors"), WorstError("bias of pixels, in standard errors")
    )
    var refused = 0
    for number in 0..<60 {
      let stream = RandomKey(seed: 5, sample: UInt64(number)).stream("scene")
      let definition = SignalToNoiseDefinition.allCases[number % 3]
      var scene = scene(
        intensity: pow(10, -8 + 10 * stream.uniform(0)), definition, 3 + 60 * stream.uniform(1))
      scene.instrument.readNoise = stream.uniform(2) < 0.5 ? 0 : 5
      scene.instrument.sky = pow(10, -3 + 4 * stream.uniform(3))
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      let workspace = try simulator.makeWorkspace()
      guard
        let first = try? simulator.simulate(scene, key: RandomKey(seed: 0, sample: 0), workspace: workspace)
      else {
        refused += 1
        continue
      }
      (scene.instrument.exposureTime, scene.signalToNoise) = (first.exposureTimes[0], nil)
      let images = try (0..<exposures).map {
        try simulator.simulate(
          scene, key: RandomKey(seed: 9, sample: UInt64(1000 * number + $0)), workspace: workspace
        ).image.pixels
      }
      let measured = Measured(first, images, scene.instrument)
      let table = try #require(first.signalToNoise[0][definition])
      ratios.note((measured.ratio(definition) / table - 1) / measured.standardError, at: "scene \(number)")
      biases.note(measured.bias, at: "scene \(number), \(first.exposureTimes[0]) s")
      scatters.note(measured.excess, at: "scene \(number), \(first.exposureTimes[0]) s")
    }
    // Some hundred numbers of normal distribution: one beyond 4.5 has a probability of 1e-3.
    ratios.expect(atMost: 4.5)
    biases.expect(atMost: 4.5)
    scatters.expect(atMost: 4.5)
    print("\(refused) of 60 exposures refused")
    #expect(refused > 5 && refused < 40)
  }

  /// What many exposures of one scene show.
  private struct Measured {
    let expected: Observation
    let means: [Double]
    let variances: [Double]
    let images: [[Float]]
    /// Mean of all residuals over their standard error, and the same of their squares.
    let bias: Double
    let excess: Double
    let standardError: Double
    let backgroundVariance: Double

    init(_ expected: Observation, _ images: [[Float]], _ instrument: InstrumentSpec) {
      self.expected = expected
      self.images = images
      let (n, t) = (Double(images.count), expected.exposureTimes[0])
      let pixels = expected.image.pixels.indices
      let means = pixels.map { p in images.reduce(0) { $0 + Double($1[p]) } / n }
      variances = pixels.map { p in
        images.reduce(0) { $0 + pow(Double($1[p]) - means[p], 2) } / (n - 1)
      }
      self.means = means
      let readVariance = pow(instrument.readNoise, 2)
      backgroundVariance = (instrument.sky * t + readVariance) / (t * t)
      var (sum, squares, spread) = (0.0, 0.0, 0.0)
      for p in pixels {
        let photons =
          (Double(expected.sourceLight.pixels[p]) + Double(expected.lensLight.pixels[p]) + instrument.sky) * t
        let variance = (photons + readVariance) / (t * t)
        let truth = Double(expected.sourceLight.pixels[p]) + Double(expected.lensLight.pixels[p])
        sum += (means[p] - truth) / variance.squareRoot()
        squares += variances[p] / variance - 1
        // Var(s^2) / sigma^4 = (2 + kurtosis) / n; a Poisson number's excess kurtosis is 1 / mean.
        spread += 2 + photons / pow(photons + readVariance, 2)
      }
      let count = Double(expected.image.pixels.count)
      bias = sum / (count / n).squareRoot()
      excess = squares / (spread / n).squareRoot()
      standardError = 1 / (2 * n).squareRoot()
    }

    /// By the definitions, from means and scatters of the noisy images; which pixels count is the table's business.
    func ratio(_ definition: SignalToNoiseDefinition) -> Double {
      let (source, t) = (expected.sourceLight.pixels.map { Double($0) }, expected.exposureTimes[0])
      switch definition {
      case .peak:
        let trueRatio = source.indices.map { source[$0] / predicted($0) }
        let best = trueRatio.indices.max { trueRatio[$0] < trueRatio[$1] } ?? 0
        return source[best] / variances[best].squareRoot()
      case .background:
        // The noise of the background is that of a dark pixel, which the scene has none of: its photons are taken off.
        let best = source.indices.max { source[$0] < source[$1] } ?? 0
        let light = (source[best] + Double(expected.lensLight.pixels[best])) / t
        let scale = variances[best] / pow(predicted(best), 2)
        return source[best] / ((pow(predicted(best), 2) - light) * scale).squareRoot()
      case .total:
        let region = source.indices.filter { source[$0] / predicted($0) >= SignalToNoise.regionThreshold }
        let signal = region.reduce(0) { $0 + source[$1] }
        let sums = images.map { image in region.reduce(0) { $0 + Double(image[$1]) } }
        let mean = sums.reduce(0, +) / Double(sums.count)
        let variance = sums.reduce(0) { $0 + pow($1 - mean, 2) } / Double(sums.count - 1)
        return signal / variance.squareRoot()
      }
    }

    /// The standard deviation of a pixel's rate.
    private func predicted(_ p: Int) -> Double {
      let light = Double(expected.sourceLight.pixels[p]) + Double(expected.lensLight.pixels[p])
      return (backgroundVariance + light / expected.exposureTimes[0]).squareRoot()
    }
  }
}

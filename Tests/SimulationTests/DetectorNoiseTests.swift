import Foundation
import Instrument
import LensCore
import LensTestSupport
import Testing

struct DetectorNoiseTests {
  /// A test with a fixed seed either always passes or never does; this is how unlikely the seed may be.
  private static let leastProbability = 1e-3

  private func detector(sky: Double, readNoise: Double, exposureTime: Double) -> DetectorNoise {
    var instrument = InstrumentSpec()
    (instrument.sky, instrument.readNoise) = (sky, readNoise)
    return DetectorNoise(instrument: instrument, exposureTime: exposureTime)
  }

  /// From dark through the change of Poisson's method, at a mean of 32, to bright pixels.
  private static let rates: [Float] = (0..<64).map { 0.002 * Float($0) * Float($0) }

  @Test(arguments: [(0.1, 4.0, 100.0), (0.0, 0.0, 20), (0.5, 0, 5), (0, 2, 1000), (3, 10, 1)])
  func `mean and variance of every pixel are those of theory`(
    sky: Double, readNoise: Double, exposureTime: Double
  ) throws {
    let count = 4000
    let detector = detector(sky: sky, readNoise: readNoise, exposureTime: exposureTime)
    let rate = Image(width: 8, height: 8, pixels: Self.rates)
    let exposures = try (0..<count).map {
      try detector.expose(rate, key: RandomKey(seed: UInt64(exposureTime), sample: UInt64($0))).pixels
    }
    var (meanChiSquare, varianceChiSquare, pixels) = (0.0, 0.0, 0)
    for (pixel, rate) in Self.rates.enumerated() {
      let photons = (Double(rate) + sky) * exposureTime
      let variance = photons + readNoise * readNoise
      let counts = exposures.map { (Double($0[pixel]) + sky) * exposureTime }
      let measured = moments(counts)
      if variance == 0 {
        #expect(measured == (0, 0))
        continue
      }
      pixels += 1
      let n = Double(count)
      meanChiSquare += pow(measured.mean - photons, 2) / (variance / n)
      // Fourth central moment of the sum of a Poisson and a normal number: 3 variance^2 + photons.
      let ofVariance = (3 * variance * variance + photons - variance * variance * (n - 3) / (n - 1)) / n
      varianceChiSquare += pow(measured.variance - variance, 2) / ofVariance
    }
    for (name, value) in [("mean", meanChiSquare), ("variance", varianceChiSquare)] {
      let probability = chiSquareTail(value, degreesOfFreedom: pixels)
      print("chi-square probability of the \(name) per pixel: \(probability)")
      #expect(probability > Self.leastProbability && probability < 1 - Self.leastProbability)
    }
  }

  @Test func `read noise alone is normal`() throws {
    let detector = detector(sky: 0, readNoise: 4, exposureTime: 50)
    let dark = Image<Float>(width: 200, height: 200, repeating: 0)
    let values = try detector.expose(dark, key: RandomKey(seed: 1, sample: 9)).pixels.map {
      Double($0) * 50 / 4
    }
    let probability = kolmogorovSmirnovTail(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    print("Kolmogorov-Smirnov probability of the read noise: \(probability)")
    #expect(probability > Self.leastProbability)
  }

  @Test func `neighbouring pixels are not correlated`() throws {
    let dark = Image<Float>(width: 300, height: 300, repeating: 1)
    let image = try detector(sky: 1, readNoise: 3, exposureTime: 40).expose(
      dark, key: RandomKey(seed: 1, sample: 4))
    let standardDeviation = (2 * 40.0 + 9).squareRoot() / 40
    let values = image.pixels.map { (Double($0) - 1) / standardDeviation }
    var worst = WorstError("correlation of pixels, in standard deviations")
    for distance in [1, 2, 255, 256, 300] {
      let sum = zip(values, values.dropFirst(distance)).reduce(0) { $0 + $1.0 * $1.1 }
      worst.note(sum / Double(values.count - distance).squareRoot(), at: "distance \(distance)")
    }
    // Exceeded by one of five with a probability of 3e-4.
    worst.expect(atMost: 4)
  }

  @Test func `the noise of a pixel depends on its key, place and brightness alone`() throws {
    let detector = detector(sky: 0.1, readNoise: 4, exposureTime: 1000)
    var rate = Image<Float>(width: 30, height: 20, repeating: 0.3)
    let key = RandomKey(seed: 3, sample: 5)
    let first = try detector.expose(rate, key: key)
    #expect(try detector.expose(rate, key: key) == first)
    #expect(try detector.expose(rate, key: RandomKey(seed: 3, sample: 6)) != first)
    #expect(try detector.expose(rate, key: RandomKey(seed: 4, sample: 5)) != first)
    rate[x: 7, y: 3] = 50
    let second = try detector.expose(rate, key: key)
    let changed = first.pixels.indices.filter { first.pixels[$0] != second.pixels[$0] }
    #expect(changed == [3 * 30 + 7])
    #expect(second.width == 30 && second.height == 20)
  }

  @Test func `without photons or read noise the image is exactly dark`() throws {
    let dark = Image<Float>(width: 4, height: 4, repeating: 0)
    let image = try detector(sky: 0, readNoise: 0, exposureTime: 10).expose(
      dark, key: RandomKey(seed: 1, sample: 1))
    #expect(image == dark)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a rate that is not finite is refused`(rate: Float) {
    let image = Image(width: 2, height: 1, pixels: [1, rate])
    #expect(throws: NumericalError.self) {
      _ = try detector(sky: 1, readNoise: 1, exposureTime: 10).expose(
        image, key: RandomKey(seed: 1, sample: 1))
    }
  }
}

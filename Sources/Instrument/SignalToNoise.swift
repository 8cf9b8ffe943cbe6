import LensCore
import LensNumerics

/// What is meant by the signal-to-noise ratio of a lensed source.
public enum SignalToNoiseDefinition: String, CaseIterable, Sendable {
  /// The largest ratio, over all pixels, of source signal to the noise of source, lens, sky and read-out.
  case peak
  /// The largest source signal of a pixel over the noise of sky and read-out alone.
  case background
  /// Source signal over noise, both summed over the pixels whose own ratio is at least
  /// `SignalToNoise.regionThreshold` (Holloway et al. 2023, MNRAS 525, 2341, section 3.1).
  case total
}

/// The ratios of one image by every definition; nil where there is no noise to divide by.
public struct SignalToNoiseValues: Sendable, Equatable {
  public let peak: Double?
  public let background: Double?
  public let total: Double?
}

/// Signal-to-noise ratios as functions of the exposure time t.
///
/// With rates in electrons per second per pixel, the signal of a pixel is s t and its variance
/// (s + l + b) t + r^2: Poisson noise of source, lens light and sky, and the read noise r in electrons.
public struct SignalToNoise {
  /// Per-pixel ratio from which a pixel belongs to the region of the `total` definition.
  public static let regionThreshold = 1.0

  private let source: Image<Float>
  private let lens: Image<Float>
  private let sky: Double
  private let readVariance: Double

  /// - Parameters:
  ///   - source, lens: Blurred, noise-free images in electrons per second per pixel.
  public init(source: Image<Float>, lens: Image<Float>, instrument: InstrumentSpec) {
    self.source = source
    self.lens = lens
    sky = instrument.sky
    readVariance = instrument.readNoise * instrument.readNoise
  }

  /// The ratios by all definitions after an exposure time in seconds.
  public func values(exposureTime: Double) -> SignalToNoiseValues {
    SignalToNoiseValues(
      peak: peak(exposureTime), background: background(exposureTime), total: total(exposureTime))
  }

  /// The exposure time in seconds for which the ratio takes a value.
  ///
  /// In closed form for `peak` and `background`: each pixel's ratio grows with time, so the first pixel to reach
  /// the value decides. By bisection for `total`, whose ratio can be larger than the value where it jumps.
  ///
  /// - Throws: `NumericalError.noSolution` if the source is dark in the whole image, if there is no noise, or, for
  ///   `total`, if no time between 1e-6 and 1e15 seconds will do.
  public func exposureTime(for definition: SignalToNoiseDefinition, value: Double) throws -> Double {
    let time: Double
    switch definition {
    case .peak: time = firstTime { timeToReach(value, signal: $0, background: $0 + $1 + sky) }
    case .background: time = firstTime { signal, _ in timeToReach(value, signal: signal, background: sky) }
    case .total: time = totalTime(value)
    }
    guard time.isFinite, time > 0 else {
      throw NumericalError.noSolution(
        quantity: "exposure time",
        context: "\(definition.rawValue) signal-to-noise \(value): "
          + "the source is dark in the image, there is no noise, or no time will do")
    }
    return time
  }

  private func firstTime(_ time: (Double, Double) -> Double) -> Double {
    zip(source.pixels, lens.pixels).reduce(.infinity) { earliest, pixel in
      pixel.0 > 0 ? min(earliest, time(Double(pixel.0), Double(pixel.1))) : earliest
    }
  }

  /// The root of S^2 (b t + r^2) = (s t)^2.
  private func timeToReach(_ value: Double, signal s: Double, background b: Double) -> Double {
    let squared = value * value
    let root = Double.squareRoot(squared * b * b + 4 * s * s * readVariance)
    return (squared * b + value * root) / (2 * s * s)
  }

  private func peak(_ t: Double) -> Double? {
    var best: Double?
    for (s, l) in zip(source.pixels, lens.pixels) {
      let variance = variance(s, l, t)
      if variance > 0 { best = max(best ?? 0, Double(s) * t / Double.squareRoot(variance)) }
    }
    return best
  }

  private func background(_ t: Double) -> Double? {
    let variance = sky * t + readVariance
    return variance > 0 ? Double(source.peak) * t / Double.squareRoot(variance) : nil
  }

  private func total(_ t: Double) -> Double? {
    var (signal, noise) = (0.0, 0.0)
    var hasNoise = false
    let squaredThreshold = Self.regionThreshold * Self.regionThreshold
    for (s, l) in zip(source.pixels, lens.pixels) {
      let (counts, variance) = (Double(s) * t, variance(s, l, t))
      hasNoise = hasNoise || variance > 0
      if counts * counts >= squaredThreshold * variance, counts > 0 {
        signal += counts
        noise += variance
      }
    }
    if !hasNoise { return nil }
    return noise > 0 ? signal / Double.squareRoot(noise) : 0
  }

  /// Bisection in ln t for a time at which the ratio crosses the value from below. The ratio jumps when a pixel
  /// enters the region, so it can be larger than the value there.
  private func totalTime(_ value: Double) -> Double {
    var (low, high) = (Double.log(1e-6), Double.log(1e15))
    guard (total(Double.exp(low)) ?? value) < value, (total(Double.exp(high)) ?? 0) >= value else {
      return .nan
    }
    // 60 halvings of a range of 48 reach the rounding of ln t.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if (total(Double.exp(middle)) ?? 0) >= value { high = middle } else { low = middle }
    }
    return Double.exp(high)
  }

  private func variance(_ s: Float, _ l: Float, _ t: Double) -> Double {
    (Double(s) + Double(l) + sky) * t + readVariance
  }
}

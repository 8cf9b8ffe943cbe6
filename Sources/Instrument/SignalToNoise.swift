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

  /// The ratio by one definition.
  public subscript(definition: SignalToNoiseDefinition) -> Double? {
    switch definition {
    case .peak: peak
    case .background: background
    case .total: total
    }
  }
}

/// Signal-to-noise ratios as functions of the exposure time t.
///
/// With rates in electrons per second per pixel, the signal of a pixel is s t and its variance
/// (s + l + b) t + r^2: Poisson noise of source, lens light and sky, and the read noise r in electrons. Belongs to one
/// thread.
package struct SignalToNoise {
  /// Per-pixel ratio from which a pixel belongs to the region of the `total` definition.
  package static let regionThreshold = 1.0
  /// Seconds, some three years: an exposure that would have to be longer is refused.
  package static let longestExposure = 1e8

  private let source: Image<Float>
  private let lens: Image<Float>
  private let sky: Double
  private let readVariance: Double
  /// The pixel with the largest source signal.
  private let brightest: Int
  private let scratch = ColumnStorage<Double>(count: 2 * blockSize, repeating: 0)

  /// Pixels that are looked at together: a multiple of 16.
  private static let blockSize = 512

  /// - Parameters:
  ///   - source, lens: Blurred, noise-free images of one size, in electrons per second per pixel.
  package init(source: Image<Float>, lens: Image<Float>, instrument: InstrumentSpec) {
    precondition(source.width == lens.width && source.height == lens.height)
    self.source = source
    self.lens = lens
    sky = instrument.sky
    readVariance = instrument.readNoise * instrument.readNoise
    brightest = Self.brightest(source)
  }

  private static func brightest(_ source: Image<Float>) -> Int {
    source.pixels.withUnsafeBufferPointer { buffer in
      guard let pixels = Column(viewing: UnsafeMutableBufferPointer(mutating: buffer)) else { return 0 }
      let count = buffer.count
      var best = 0
      // Most blocks have no brighter pixel, which one comparison tells.
      for first in stride(from: 0, to: count - 15, by: 16)
      where Float.isAnyOfSixteen(pixels, at: first, above: pixels[best]) {
        for i in first..<(first + 16) where pixels[i] > pixels[best] { best = i }
      }
      for i in (count / 16 * 16)..<count where pixels[i] > pixels[best] { best = i }
      return best
    }
  }

  /// The ratios by all definitions after an exposure time in seconds.
  package func values(exposureTime: Double) -> SignalToNoiseValues {
    SignalToNoiseValues(
      peak: peak(exposureTime), background: background(exposureTime), total: total(exposureTime))
  }

  /// The exposure time in seconds for which the ratio takes a value.
  ///
  /// In closed form for `peak` and `background`: each pixel's ratio grows with time, so the first pixel to reach
  /// the value decides. By bisection for `total`, whose ratio can be larger than the value where it jumps.
  ///
  /// - Throws: `NumericalError.noSolution` if the source is dark in the whole image, if there is no noise, if the time
  ///   is longer than `longestExposure`, or, for `total`, if no time from 1e-6 s on will do.
  package func exposureTime(for definition: SignalToNoiseDefinition, value: Double) throws -> Double {
    let time: Double
    switch definition {
    case .peak: time = firstTime(value, photonNoise: 1)
    case .background: time = firstTime(value, photonNoise: 0)
    case .total: time = totalTime(value)
    }
    guard time.isFinite, time > 0 else {
      throw NumericalError.noSolution(
        quantity: "exposure time",
        context: "\(definition.rawValue) signal-to-noise \(value): "
          + "the source is dark in the image, there is no noise, or no time will do")
    }
    guard time <= Self.longestExposure else { throw tooLong(time, definition, value) }
    return time
  }

  private func tooLong(
    _ time: Double, _ definition: SignalToNoiseDefinition, _ value: Double
  ) -> NumericalError {
    .noSolution(
      quantity: "exposure time",
      context: "\(definition.rawValue) signal-to-noise \(specNumber(value)) would take \(time) s, at most "
        + "\(specNumber(Self.longestExposure)) s are allowed; the source's brightest pixel has "
        + "\(source.pixels[brightest]) electrons per second: make the source brighter, ask for a lower ratio, or "
        + "leave signal_to_noise out and give instrument.exposure_time")
  }

  /// The earliest time at which a pixel reaches a value; only pixels that the value's time so far does not rule out are
  /// solved for theirs.
  ///
  /// - Parameter photonNoise: 1 if the noise has a share of the pixel's own light, else 0.
  private func firstTime(_ value: Double, photonNoise: Double) -> Double {
    func time(_ pixel: Int) -> Double {
      let (s, l) = (Double(source.pixels[pixel]), Double(lens.pixels[pixel]))
      return s > 0
        ? timeToReach(value, signal: s, background: photonNoise * (s + l) + sky) : .infinity
    }
    var earliest = time(brightest)
    if !earliest.isFinite { return earliest }
    for start in stride(from: 0, to: source.pixels.count, by: Self.blockSize) {
      forCandidates(start, time: earliest, squaredRatio: value * value, photonNoise) {
        earliest = min(earliest, time($0))
      }
    }
    return earliest
  }

  /// Visits the pixels of a block whose ratio after a time is above a limit, and some of their neighbours.
  private func forCandidates(
    _ start: Int, time t: Double, squaredRatio: Double, _ photonNoise: Double, _ visit: (Int) -> Void
  ) {
    let count = min(Self.blockSize, source.pixels.count - start)
    let excess = scratch.column
    source.pixels.withUnsafeBufferPointer { source in
      lens.pixels.withUnsafeBufferPointer { lens in
        for i in 0..<count {
          let (s, l) = (Double(source[start &+ i]), Double(lens[start &+ i]))
          let (counts, variance) = (s * t, (photonNoise * (s + l) + sky) * t + readVariance)
          excess[i] = counts * counts - squaredRatio * variance
        }
      }
    }
    for first in stride(from: 0, to: count, by: 16)
    where Double.isAnyOfSixteen(excess, at: first, above: 0) {
      for i in first..<min(first + 16, count) { visit(start + i) }
    }
  }

  /// The root of S^2 (b t + r^2) = (s t)^2.
  private func timeToReach(_ value: Double, signal s: Double, background b: Double) -> Double {
    let squared = value * value
    let root = Double.squareRoot(squared * b * b + 4 * s * s * readVariance)
    return (squared * b + value * root) / (2 * s * s)
  }

  private func peak(_ t: Double) -> Double? {
    func ratio(_ pixel: Int) -> Double? {
      let (s, variance) = (source.pixels[pixel], variance(pixel, t))
      return variance > 0 ? Double(s) * t / Double.squareRoot(variance) : nil
    }
    guard var best = ratio(brightest), best > 0 else {
      return source.pixels.indices.lazy.compactMap(ratio).max().map { max($0, 0) }
    }
    for start in stride(from: 0, to: source.pixels.count, by: Self.blockSize) {
      forCandidates(start, time: t, squaredRatio: best * best, 1) { best = max(best, ratio($0) ?? 0) }
    }
    return best
  }

  private func background(_ t: Double) -> Double? {
    let variance = sky * t + readVariance
    return variance > 0 ? Double(source.pixels[brightest]) * t / Double.squareRoot(variance) : nil
  }

  private func total(_ t: Double) -> Double? {
    let (signals, variances) = (scratch.column, scratch.column(from: Self.blockSize))
    var (signal, variance) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
    for start in stride(from: 0, to: source.pixels.count, by: Self.blockSize) {
      fillRegion(start, t, signals, variances)
      for i in stride(from: 0, to: Self.blockSize, by: 8) {
        signal += signals.eight(at: i)
        variance += variances.eight(at: i)
      }
    }
    if variance.sum() > 0 { return signal.sum() / Double.squareRoot(variance.sum()) }
    return source.pixels.indices.contains { self.variance($0, t) > 0 } ? 0 : nil
  }

  /// Counts and variances of the pixels of a block that belong to the region, zeros for the others.
  private func fillRegion(
    _ start: Int, _ t: Double, _ signals: Column<Double>, _ variances: Column<Double>
  ) {
    let count = min(Self.blockSize, source.pixels.count - start)
    let squaredThreshold = Self.regionThreshold * Self.regionThreshold
    source.pixels.withUnsafeBufferPointer { source in
      lens.pixels.withUnsafeBufferPointer { lens in
        for i in 0..<count {
          let (s, l) = (Double(source[start &+ i]), Double(lens[start &+ i]))
          let (counts, variance) = (s * t, (s + l + sky) * t + readVariance)
          let isInside = counts > 0 && counts * counts >= squaredThreshold * variance
          signals[i] = isInside ? counts : 0
          variances[i] = isInside ? variance : 0
        }
      }
    }
    for i in count..<Self.blockSize { (signals[i], variances[i]) = (0, 0) }
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

  private func variance(_ pixel: Int, _ t: Double) -> Double {
    (Double(source.pixels[pixel]) + Double(lens.pixels[pixel]) + sky) * t + readVariance
  }
}

import Glibc

/// How pixel values are changed before they go into another file, or a network sees them.
///
/// All bands of an image are changed alike, so that colours stay.
public enum Normalization: String, CaseIterable, Sendable, Codable {
  case none
  /// Each image divided by its largest value.
  case peak
  /// Each image stretched to 0 and 1.
  case minMax = "minmax"
  /// All images stretched by one factor, so that 0 and 1 are the extremes of the whole set.
  case setMinMax = "set-minmax"
  /// Each image's faint parts raised: asinh(10 x) / asinh(10) of the image stretched to 0 and 1.
  ///
  /// Reference: Lupton, Gunn & Szalay (1999), AJ 118, 1406, eq. 3 (asinh magnitudes).
  case asinh
  /// The same around an empty sky: asinh(10 x / peak) - 1, which the networks of the recipes see.
  case asinhPeak = "asinh-peak"

  /// Those that ask for nothing but the image.
  public static let ofOneImage = allCases.filter { $0 != .setMinMax }

  private static let steepness = 10.0

  /// Without contrast an image stretched is 0, without light one divided by its peak is 0 (and -1 as `.asinhPeak`).
  ///
  /// - Parameters:
  ///   - pixels: Finite.
  ///   - extremes: Of the whole set, for `.setMinMax`; nil for those of the image.
  public func apply(_ pixels: [Float], extremes: (low: Float, high: Float)? = nil) -> [Float] {
    let (low, high) = extremes ?? Self.extremes(of: pixels)
    switch self {
    case .none: return pixels
    case .peak: return high > 0 ? pixels.map { $0 / high } : pixels.map { _ in 0 }
    case .minMax, .setMinMax: return Self.stretched(pixels, low, high)
    case .asinh:
      let steepness = Self.steepness
      let full = Glibc.asinh(steepness)
      return Self.stretched(pixels, low, high).map { Float(Glibc.asinh(steepness * Double($0)) / full) }
    case .asinhPeak:
      // Of the faintest peaks there are, the quotient is beyond Float.
      let scale = high > 0 ? min(Float(Self.steepness) / high, .greatestFiniteMagnitude) : 0
      return pixels.map { Glibc.asinhf($0 * scale) - 1 }
    }
  }

  /// The darkest and the brightest pixel.
  package static func extremes(of pixels: [Float]) -> (low: Float, high: Float) {
    guard let first = pixels.first else { return (0, 0) }
    return pixels.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
  }

  private static func stretched(_ pixels: [Float], _ low: Float, _ high: Float) -> [Float] {
    // In Double: the range of two finite floats may be infinite as a float, and that of a bright sky's pixels is small.
    let range = Double(high) - Double(low)
    return range > 0 ? pixels.map { Float((Double($0) - Double(low)) / range) } : pixels.map { _ in 0 }
  }
}

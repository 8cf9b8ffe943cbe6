import LensCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a pixel value becomes a fraction of a colour map.
public enum Stretch: Sendable, Equatable {
  /// `(value - lower) / (upper - lower)`.
  case linear(lower: Double, upper: Double)
  /// `asinh((value - lower) / softening) / asinh((upper - lower) / softening)`: linear for values less than
  /// `softening` above `lower` and logarithmic above, so that faint arcs and bright cores are both seen.
  /// A softening that is not positive and finite counts as linear.
  case asinh(lower: Double, upper: Double, softening: Double)

  /// The value shown as 0.
  public var lower: Double {
    switch self {
    case .linear(let lower, _), .asinh(let lower, _, _): lower
    }
  }

  /// The value shown as 1. Less than `lower`, it inverts the map.
  public var upper: Double {
    switch self {
    case .linear(_, let upper), .asinh(_, let upper, _): upper
    }
  }

  /// The fraction of the colour map for a value, in 0...1.
  ///
  /// Values beyond the limits, infinite ones too, are clamped. Where `lower == upper` every value gives 0.5.
  /// NaN gives NaN, which `ColorMap` shows in a colour of its own; nothing else does.
  public func fraction(_ value: Double) -> Double {
    if value.isNaN { return .nan }
    let fraction = curve(value - lower) / curve(upper - lower)
    return fraction.isNaN || lower == upper ? 0.5 : min(max(fraction, 0), 1)
  }

  /// The value at a fraction of the colour map, for the labels of a colour bar.
  package func value(at fraction: Double) -> Double {
    lower + inverseCurve(fraction * curve(upper - lower))
  }

  /// The softening where it counts.
  private var softening: Double? {
    guard case .asinh(_, _, let softening) = self, softening > 0, softening.isFinite else { return nil }
    return softening
  }

  private func curve(_ difference: Double) -> Double {
    softening.map { asinhOf(difference / $0) } ?? difference
  }

  private func inverseCurve(_ height: Double) -> Double {
    softening.map { sinh(height) * $0 } ?? height
  }
}

/// The C function under another name: within `Stretch`, `asinh` is the case.
private func asinhOf(_ value: Double) -> Double { asinh(value) }

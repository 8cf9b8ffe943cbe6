import LensNumerics

#if arch(x86_64)
  /// What the functions are compared with: the C library at 11 more bits than Double.
  typealias Reference = Float80
  /// How many ulp of a Double the reference itself may be wrong by.
  let referenceError = 0.001
#else
  typealias Reference = Double
  /// The C library's Double functions are good to 1 ulp.
  let referenceError = 1.0
#endif

/// The error in units in the last place of the number nearest to the expected one.
func ulps<Scalar: LensScalar>(_ value: Scalar, _ expected: Reference) -> Double {
  let nearest = Scalar(expected)
  // Infinity and zero have no last place that an error could be measured in.
  if !nearest.isFinite || nearest == 0 { return value == nearest ? 0 : .infinity }
  return Double((Reference(value) - expected) / Reference(nearest.ulp))
}

/// A precision whose numbers can be swept by their bits.
protocol SweptScalar: LensScalar {
  var pattern: UInt64 { get }
  init(pattern: UInt64)
  /// Smallest and largest argument of the exponential whose result is a normal number.
  static var exponentialRange: ClosedRange<Self> { get }
}

extension Float: SweptScalar {
  var pattern: UInt64 { UInt64(bitPattern) }
  init(pattern: UInt64) { self.init(bitPattern: UInt32(pattern)) }
  static var exponentialRange: ClosedRange<Float> { -87.3...88.72 }
}

extension Double: SweptScalar {
  var pattern: UInt64 { bitPattern }
  init(pattern: UInt64) { self.init(bitPattern: pattern) }
  static var exponentialRange: ClosedRange<Double> { -708...709.78 }
}

/// Positive numbers with equally many in every power of two, ends included; the low bits vary.
func spread<Scalar: SweptScalar>(_ count: Int, _ range: ClosedRange<Scalar>) -> some Sequence<Scalar> {
  let (low, high) = (range.lowerBound.pattern, range.upperBound.pattern)
  let step = max(1, (high - low) / UInt64(count))
  return stride(from: low, to: high, by: UInt64.Stride(step)).lazy.map { pattern in
    // A golden-ratio hash of the position, so that the significands are no multiples of the step.
    Scalar(pattern: min(high, pattern + (pattern &* 0x9E37_79B9_7F4A_7C15) % step))
  }
}

/// Numbers at equal distances from the lower to the upper end.
func grid<Scalar: SweptScalar>(_ count: Int, _ range: ClosedRange<Scalar>) -> some Sequence<Scalar> {
  let (low, width) = (Double(range.lowerBound), Double(range.upperBound) - Double(range.lowerBound))
  return (0...count).lazy.map { Scalar(low + width * (Double($0) / Double(count))) }
}

/// Functions that both precisions build in the same way from their polynomials and their bits.
extension LensScalar {
  /// ln(n / m) for positive normal n and m whose ratio is between 2^-126 and 2^126, with a single division.
  ///
  /// - Parameter difference: n - m, computed without cancellation: the result has its relative error, and 6 ulp more.
  @inlinable @inline(__always)
  public static func log(_ n: Self, over m: Self, difference: Self) -> Self {
    let (power, exponent) = nearestPowerOfTwo(toRatioOf: n, to: m)
    let scaled = m * power
    let numerator = power == 1 ? difference : n - scaled
    let small = inverseTangentHyperbolic(small: numerator / (n + scaled))
    return exponent * 0.693_147_180_559_945_309_4 + (small + small)
  }

  /// Inverse hyperbolic tangent of y / d for |y| < d; relative error within 6 ulp.
  @inlinable @inline(__always)
  public static func atanh(_ y: Self, over d: Self) -> Self {
    log(d + y, over: d - y, difference: y + y) / 2
  }

  /// `base` to the power `exponent`, for a positive base.
  @inlinable @inline(__always)
  public static func power(_ base: Self, _ exponent: Self) -> Self { exp(exponent * log(base)) }
}

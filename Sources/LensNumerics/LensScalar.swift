import CLensMath

/// A floating-point type that kernels are written for: `Float` for production, `Double` as the reference.
///
/// The elementary functions are this project's own, built from additions, multiplications, divisions and
/// square roots alone. Those round the same way on every processor and at every vector width, so a sample has
/// the same bits everywhere; libm's functions do not. They have no branches, so loops over columns vectorise.
/// NaN stays NaN. Bounds are stated per function, in units in the last place (ulp), and measured by `ElementaryFunctionTests`.
public protocol LensScalar: BinaryFloatingPoint & SIMDScalar & Sendable & FourierScalar
where Self: Codable {
  /// Correctly rounded square root.
  static func squareRoot(_ x: Self) -> Self
  /// Natural logarithm of a positive normal number; within 3 ulp. Zero, subnormals and negative numbers
  /// count as the smallest normal number: arguments here are squares that rounding may make vanish.
  static func log(_ x: Self) -> Self
  /// Exponential; within 3 ulp. Results that would be subnormal are zero; overflows to infinity.
  static func exp(_ x: Self) -> Self
  /// Angle of the point (x, y), counter-clockwise from +x, in (-pi, pi]; within 4 ulp for sizes
  /// below half the largest number. The origin gives 0.
  static func atan2(y: Self, x: Self) -> Self
  /// Angle of the point (x, y) for x >= 0, in [-pi/2, pi/2]; as accurate as `atan2`, and cheaper.
  static func atan(_ y: Self, overPositive x: Self) -> Self
  /// Inverse hyperbolic tangent for |x| < 1; relative error within 6 ulp.
  static func atanh(_ x: Self) -> Self
  /// The same for |x| <= 0.1716, by its polynomial alone; relative error within 2 ulp.
  static func inverseTangentHyperbolic(small x: Self) -> Self
  /// The smallest squared distance (arcsec^2) that kernels divide by; nearer rays count as at this distance.
  static var smallestSquaredDistance: Self { get }
  /// Below this ratio of radius to scale radius a kernel uses its series at the origin: the direct formula
  /// has lost as many digits there as the series has truncated.
  static var seriesThreshold: Self { get }
}

extension LensScalar {
  /// Angle whose tangent is x, in (-pi/2, pi/2); within 4 ulp.
  @inlinable @inline(__always)
  public static func atan(_ x: Self) -> Self { atan(x, overPositive: 1) }

  /// Logarithm of 1 + x for x >= 0, accurate for small x too; within 4 ulp.
  @inlinable @inline(__always)
  public static func log(onePlus x: Self) -> Self {
    let s = x / (2 + x)
    return s < 0.17 ? 2 * inverseTangentHyperbolic(small: s) : log(1 + x)
  }

  /// `base` to the power `exponent`, for a positive base.
  @inlinable @inline(__always)
  public static func power(_ base: Self, _ exponent: Self) -> Self { exp(exponent * log(base)) }
}

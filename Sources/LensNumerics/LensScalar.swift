import CLensMath
import LensCore

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
  /// Logarithm to base 2 of a positive finite number; within 3 ulp. Smaller numbers count as the smallest normal
  /// number. The leanest logarithm: infinity gives 128 (Float) or 1024 (Double).
  static func log2(_ x: Self) -> Self
  /// 2 to the power x; within 3 ulp for |x| <= 126 (Float) or 1022 (Double), and exponents beyond count as these.
  static func exp2(_ x: Self) -> Self
  /// Angle of the point (x, y), counter-clockwise from +x, in (-pi, pi]; within 4 ulp for sizes
  /// below half the largest number. The origin gives 0.
  static func atan2(y: Self, x: Self) -> Self
  /// Angle of the point (x, y) for x >= 0, in [-pi/2, pi/2]; as accurate as `atan2`, and cheaper.
  static func atan(_ y: Self, overPositive x: Self) -> Self
  /// 2^k, and k, such that n / m is 2^k to within a factor of 1.502; for positive normal n and m whose ratio
  /// is between 2^-126 and 2^126.
  static func nearestPowerOfTwo(toRatioOf n: Self, to m: Self) -> (power: Self, exponent: Self)
  /// Inverse hyperbolic tangent for |x| <= 0.2005, by its polynomial alone; relative error within 2 ulp.
  static func inverseTangentHyperbolic(small x: Self) -> Self
  /// artanh(s) for z = s^2 <= 0.0402, and arctan(s) for z = -s^2 >= -0.1716; relative error within 2 ulp.
  static func eitherInverseTangent(_ s: Self, signedSquare z: Self) -> Self
  /// Sine of an angle in half turns, sin(pi h); absolute error within 2e-7 (Float) or 4e-16 (Double) for |h| below 2^22 or
  /// 2^51. Larger numbers, which hold no fraction of a turn, give some sine.
  static func sine(halfTurns h: Self) -> Self
  /// Whether any of sixteen neighbouring numbers is larger than a threshold; NaN counts as larger.
  /// Each precision has its own: vectors are compared number by number where the type is generic.
  static func isAnyOfSixteen(_ values: Column<Self>, at start: Int, above threshold: Self) -> Bool
  /// The smallest squared distance (arcsec^2) that kernels divide by; nearer rays count as at this distance.
  static var smallestSquaredDistance: Self { get }
}

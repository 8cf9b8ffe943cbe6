import CLensMath
import LensCore

// Coefficients: docs/numerics/fit_polynomials.py prints them with their approximation errors.

extension Float: LensScalar {
  @inlinable public static var smallestSquaredDistance: Float { 1e-12 }

  @inlinable @inline(__always)
  public static func squareRoot(_ x: Float) -> Float { lens_sqrtf(x) }

  @inlinable @inline(__always)
  public static func log(_ x: Float) -> Float {
    let (exponent, mantissa) = splitAtRootOfTwo(x)
    let logarithm = 2 * inverseTangentHyperbolic(small: (mantissa - 1) / (mantissa + 1))
    let result = exponent * 0.693_359_375 + (exponent * -2.121_944_4e-4 + logarithm)
    // False for infinity and NaN, which stay what they are.
    return x < .infinity ? result : x
  }

  /// x = 2^exponent * mantissa with the mantissa in [sqrt(1/2), sqrt(2)); numbers below the smallest normal one count
  /// as that.
  @inlinable @inline(__always)
  static func splitAtRootOfTwo(_ x: Float) -> (exponent: Float, mantissa: Float) {
    let safe = max(x, leastNormalMagnitude)
    let offset = safe.bitPattern &- 0x3f35_04f3
    let mantissa = Float(bitPattern: safe.bitPattern &- (offset & 0xff80_0000))
    return (Float(Int32(bitPattern: offset) >> 23), mantissa)
  }

  @inlinable @inline(__always)
  public static func exp(_ x: Float) -> Float {
    // No smaller than the least normal number's logarithm: subnormal products take a hundred times as long.
    let inRange = min(max(x, -87.336_54), 89)
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    let shifted = inRange * 1.442_695_04 + 12_582_912
    let whole = shifted - 12_582_912
    let r = (inRange - whole * 0.693_359_375) - whole * -2.121_944_4e-4
    // Estrin's order: pairs first, so that the chain of dependent operations is short.
    let r2 = r * r
    let high = r2 * 0.001_394_110_84 + (r * 0.008_375_126_4 + 0.041_666_352_9)
    let p = (high * r2 + (r * 0.166_664_155 + 0.5)) * r2 + (r + 1)
    // Two factors, because 2^128 itself is out of range.
    let exponent = Int32(bitPattern: shifted.bitPattern) &- 0x4b40_0000
    let half = exponent >> 1
    let result = p * twoToThe(half) * twoToThe(exponent &- half)
    // A NaN passes the bounds and the polynomial as it is.
    return x < -87.336_54 ? 0 : x > 88.722_839 ? .infinity : result
  }

  @inlinable @inline(__always)
  public static func log2(_ x: Float) -> Float {
    let (exponent, mantissa) = splitAtRootOfTwo(x)
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    let p = ((0.431_717_697 * z + 0.576_715_186) * z + 0.961_798_839) * z
    let result = exponent + (s * p + s * 2.885_390_08)
    // The bits of a NaN would pass for a number.
    return x == x ? result : x
  }

  @inlinable @inline(__always)
  public static func exp2(_ x: Float) -> Float {
    let inRange = min(max(x, -126), 126)
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    let shifted = inRange + 12_582_912
    let r = inRange - (shifted - 12_582_912)
    let r2 = r * r
    let high = r2 * 0.000_154_614_447 + (r * 0.001_340_042_82 + 0.009_618_056_68)
    let p = (high * r2 + (r * 0.055_503_272_3 + 0.240_226_509)) * r2 + (r * 0.693_147_207 + 1)
    return p * Float(bitPattern: (shifted.bitPattern &+ 127) << 23)
  }

  @inlinable @inline(__always)
  public static func atan2(y: Float, x: Float) -> Float {
    let quadrant = angleInFirstQuadrant(abs(y), abs(x))
    let half = x < 0 ? 3.141_592_654 - quadrant : quadrant
    let angle = y < 0 ? -half : half
    // Comparisons drop a NaN; the sum keeps it.
    let sum = x + y
    return sum == sum ? angle : sum
  }

  @inlinable @inline(__always)
  public static func atan(_ y: Float, overPositive x: Float) -> Float {
    let quadrant = angleInFirstQuadrant(abs(y), x)
    let angle = y < 0 ? -quadrant : quadrant
    let sum = x + y
    return sum == sum ? angle : sum
  }

  /// The angle of the point (ax, ay), both at least 0.
  @inlinable @inline(__always)
  static func angleInFirstQuadrant(_ ay: Float, _ ax: Float) -> Float {
    let (larger, smaller) = (max(ax, ay), min(ax, ay))
    // Past tan(pi/8) turn by pi/4, so that the polynomial's argument stays small.
    let turned = smaller > larger * 0.414_213_56
    let numerator = turned ? smaller - larger : smaller
    let denominator = turned ? smaller + larger : larger
    let t = numerator / (denominator == 0 ? 1 : denominator)
    let u = t * t
    var p: Float = 0.079_762_918_1
    p = p * u - 0.138_484_902
    p = p * u + 0.199_740_824
    p = p * u - 0.333_327_858
    let core = t + t * u * p
    let octant = turned ? 0.785_398_163 + core : core
    return ay > ax ? 1.570_796_327 - octant : octant
  }

  @inlinable @inline(__always)
  public static func nearestPowerOfTwo(toRatioOf n: Float, to m: Float) -> (power: Float, exponent: Float) {
    // A number's bits, read as a whole number, are its logarithm to base 2 to within 0.0861.
    let difference = Int32(bitPattern: n.bitPattern &- m.bitPattern)
    let exponent = (difference &+ 0x0040_0000) >> 23
    return (twoToThe(exponent), Float(exponent))
  }

  @inlinable @inline(__always)
  public static func inverseTangentHyperbolic(small s: Float) -> Float {
    let z = s * s
    var p: Float = 0.152_211_37
    p = p * z + 0.199_761_645
    p = p * z + 0.333_335_26
    return s + s * z * p
  }

  @inlinable @inline(__always)
  public static func eitherInverseTangent(_ s: Float, signedSquare z: Float) -> Float {
    let z2 = z * z
    let high = (0.066_531_330_7 * z + 0.108_378_051) * z2 + (0.142_791_54 * z + 0.200_004_889)
    return s + s * z * (high * z + 0.333_333_468)
  }

  @inlinable @inline(__always)
  public static func sine(halfTurns h: Float) -> Float {
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    let shifted = h + 12_582_912
    let q = min(max(h - (shifted - 12_582_912), -0.5), 0.5)
    let z = q * q
    var p: Float = 0.077_655_912_3
    p = p * z - 0.598_290_411
    p = p * z + 2.550_077_39
    p = p * z - 5.167_710_08
    p = p * z + 3.141_592_64
    // Negative in every other half turn.
    return Float(bitPattern: (q * p).bitPattern ^ (shifted.bitPattern << 31))
  }

  @inlinable @inline(__always)
  public static func isAnyOfSixteen(_ values: Column<Float>, at start: Int, above threshold: Float) -> Bool {
    // `<=` is false for NaN.
    any(.!(values.sixteen(at: start) .<= threshold))
  }

  @inlinable @inline(__always)
  static func twoToThe(_ exponent: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: (exponent &+ 127) << 23))
  }
}

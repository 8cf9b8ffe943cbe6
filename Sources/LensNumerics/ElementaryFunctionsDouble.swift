import CLensMath

// Coefficients: docs/numerics/fit_polynomials.py prints them with their approximation errors.

extension Double: LensScalar {
  @inlinable public static var smallestSquaredDistance: Double { 1e-24 }
  @inlinable public static var seriesThreshold: Double { 0.04 }

  @inlinable @inline(__always)
  public static func squareRoot(_ x: Double) -> Double { lens_sqrt(x) }

  @inlinable @inline(__always)
  public static func log(_ x: Double) -> Double {
    let safe = x < leastNormalMagnitude ? leastNormalMagnitude : x
    // x = 2^exponent * mantissa with the mantissa in [sqrt(1/2), sqrt(2)).
    let offset = safe.bitPattern &- 0x3fe6_a09e_667f_3bcd
    let exponent = Int64(bitPattern: offset) >> 52
    let mantissa = Double(bitPattern: safe.bitPattern &- (offset & 0xfff0_0000_0000_0000))
    // Whole number to Double by placing it in the low bits of 1.5 * 2^52, which vectorises everywhere.
    let scale =
      Double(bitPattern: UInt64(bitPattern: exponent &+ 0x4338_0000_0000_0000))
      - 6_755_399_441_055_744
    let logarithm = 2 * inverseTangentHyperbolic(small: (mantissa - 1) / (mantissa + 1))
    let result =
      scale * 6.931_471_803_691_238_16e-01
      + (scale * 1.908_214_929_270_587_70e-10 + logarithm)
    // False for infinity and NaN, which stay what they are.
    return x < .infinity ? result : x
  }

  @inlinable @inline(__always)
  public static func exp(_ x: Double) -> Double {
    let inRange = min(max(x, -708.4), 710)
    let shifted = inRange * 1.442_695_040_888_963_4 + 6_755_399_441_055_744
    let whole = shifted - 6_755_399_441_055_744
    let r = (inRange - whole * 6.931_471_803_691_238_16e-01) - whole * 1.908_214_929_270_587_70e-10
    // Estrin's order: pairs first, so that the chain of dependent operations is short.
    let r2 = r * r
    let r4 = r2 * r2
    let high =
      (r * 2.511_003_760_596_377_77e-8 + 2.763_263_963_904_103_97e-7) * r2
      + (r * 2.755_724_091_857_896_98e-6 + 0.000_024_801_485_482_328_492_4)
    let middle =
      (r * 0.000_198_412_698_900_471_137 + 0.001_388_888_895_231_477_47) * r2
      + (r * 0.008_333_333_333_319_600_61 + 0.041_666_666_666_488_095_5)
    let low = (r * 0.166_666_666_666_666_808 + 0.500_000_000_000_001_839) * r2 + (r + 1)
    let p = (high * r4 + middle) * r4 + low
    // Two factors, because 2^1024 itself is out of range.
    let exponent = Int64(bitPattern: shifted.bitPattern) &- 0x4338_0000_0000_0000
    let half = exponent >> 1
    let result = p * twoToThe(half) * twoToThe(exponent &- half)
    // A NaN passes the bounds and the polynomial as it is.
    return x < -708.396_418_532_264 ? 0 : x > 709.782_712_893_384 ? .infinity : result
  }

  @inlinable @inline(__always)
  public static func atan2(y: Double, x: Double) -> Double {
    let quadrant = angleInFirstQuadrant(abs(y), abs(x))
    let half = x < 0 ? 3.141_592_653_589_793 - quadrant : quadrant
    let angle = y < 0 ? -half : half
    // Comparisons drop a NaN; the sum keeps it.
    let sum = x + y
    return sum == sum ? angle : sum
  }

  @inlinable @inline(__always)
  public static func atan(_ y: Double, overPositive x: Double) -> Double {
    let quadrant = angleInFirstQuadrant(abs(y), x)
    let angle = y < 0 ? -quadrant : quadrant
    let sum = x + y
    return sum == sum ? angle : sum
  }

  /// The angle of the point (ax, ay), both at least 0.
  @inlinable @inline(__always)
  static func angleInFirstQuadrant(_ ay: Double, _ ax: Double) -> Double {
    let (larger, smaller) = (max(ax, ay), min(ax, ay))
    // Past tan(pi/8) turn by pi/4, so that the polynomial's argument stays small.
    let turned = smaller > larger * 0.414_213_562_373_095_05
    let numerator = turned ? smaller - larger : smaller
    let denominator = turned ? smaller + larger : larger
    let t = numerator / (denominator == 0 ? 1 : denominator)
    let u = t * t
    var p = -0.017_805_397_205_419_445_2
    p = p * u + 0.037_965_257_453_865_936_2
    p = p * u - 0.050_351_024_566_015_518_4
    p = p * u + 0.058_468_782_973_308_725_2
    p = p * u - 0.066_629_518_136_291_900_9
    p = p * u + 0.076_920_453_309_022_249_5
    p = p * u - 0.090_908_968_090_640_270_8
    p = p * u + 0.111_111_107_449_196_582
    p = p * u - 0.142_857_142_792_502_449
    p = p * u + 0.199_999_999_999_408_915
    p = p * u - 0.333_333_333_333_331_212
    let core = t + t * u * p
    let octant = turned ? 0.785_398_163_397_448_3 + core : core
    return ay > ax ? 1.570_796_326_794_896_6 - octant : octant
  }

  @inlinable @inline(__always)
  public static func atanh(_ x: Double) -> Double {
    let magnitude = abs(x)
    let direct = 0.5 * log((1 + magnitude) / (1 - magnitude))
    return magnitude < 0.17 ? inverseTangentHyperbolic(small: x) : x < 0 ? -direct : direct
  }

  @inlinable @inline(__always)
  public static func inverseTangentHyperbolic(small s: Double) -> Double {
    let z = s * s
    var p = 0.066_310_518_370_109_045_5
    p = p * z + 0.066_243_815_417_300_579_4
    p = p * z + 0.076_935_804_630_670_399_5
    p = p * z + 0.090_908_868_690_081_529_1
    p = p * z + 0.111_111_113_384_647_701
    p = p * z + 0.142_857_142_844_095_635
    p = p * z + 0.200_000_000_000_037_47
    p = p * z + 0.333_333_333_333_333_292
    return s + s * z * p
  }

  @inlinable @inline(__always)
  static func twoToThe(_ exponent: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: (exponent &+ 1023) << 52))
  }
}

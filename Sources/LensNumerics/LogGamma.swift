/// Natural logarithm of the Gamma function for x > 0; absolute error below 1e-13 times the larger of 1 and the
/// result.
///
/// Reference: Stirling's series, Abramowitz & Stegun (1964), 6.1.41, after the recurrence 6.1.15 has lifted the
/// argument to 16 or more.
public func logGamma(_ x: Double) -> Double {
  var (z, product) = (x, 1.0)
  while z < 16 {
    product *= z
    z += 1
  }
  let w = 1 / (z * z)
  let series = (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188)))) / z
  return (z - 0.5) * Double.log(z) - z + 0.5 * Double.log(2 * Double.pi) + series - Double.log(product)
}

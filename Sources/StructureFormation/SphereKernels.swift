import LensNumerics

/// What a wave contributes around a place: a function of x = k r, and its derivative by ln x.
struct RadialKernel: Sendable {
  let valueAndSlope: @Sendable (Double) -> (value: Double, slope: Double)
  /// Beyond which it counts as 0.
  let end: Double

  /// W^2 of a sphere of radius r with W = 3 (sin x - x cos x) / x^3.
  ///
  /// Beyond x = 150 its mean is 9 / (2 x^4): what is cut off is a part in 1e8 of the variance.
  static let squaredSphere = RadialKernel(
    valueAndSlope: { x in
      let (window, slope) = sphere(x)
      return (window * window, 2 * window * slope)
    }, end: 150)

  /// sin(x) / x, which fades out about x = 40.
  ///
  /// Its integral with a power spectrum converges by cancellation alone. To fade over several periods leaves an error
  /// that falls exponentially with their number, here below 1e-12, as long as the spectrum itself does not oscillate with r.
  static let correlation = RadialKernel(
    valueAndSlope: { x in
      let (sine, cosine) = sineAndCosine(x)
      let value = x < 1e-3 ? 1 - x * x / 6 : sine / x
      let slope = x < 1e-3 ? -x * x / 3 : cosine - value
      let distance = (Double.log(x) - fadeCentre) / fadeWidth
      let fade = 0.5 * complementaryErrorFunction(distance)
      let fall = -Double.exp(-distance * distance) / (Double.squareRoot(Double.pi) * fadeWidth)
      return (value * fade, slope * fade + value * fall)
    }, end: 180)

  /// ln 40.
  private static let fadeCentre = 3.688_879_454_113_936
  private static let fadeWidth = 0.3

  /// W and dW/dln x; below x = 0.3 by their series, whose next terms are below 1e-13.
  private static func sphere(_ x: Double) -> (value: Double, slope: Double) {
    let x2 = x * x
    if x < 0.3 {
      let value = 1 - x2 * (0.1 - x2 * (1 / 280.0 - x2 * (1 / 15120.0 - x2 / 1_330_560)))
      let slope = -x2 * (0.2 - x2 * (1 / 70.0 - x2 * (1 / 2520.0 - x2 / 166_320)))
      return (value, slope)
    }
    let (sine, cosine) = sineAndCosine(x)
    let value = 3 * (sine - x * cosine) / (x2 * x)
    return (value, 3 * sine / x - 3 * value)
  }
}

/// 1 - erf(x), to 1e-14: by Gauss-Legendre quadrature of the Gaussian.
func complementaryErrorFunction(_ x: Double) -> Double {
  if x > 6 { return 0 }
  if x < -6 { return 2 }
  let integral = GaussLegendreRule.order64.integrate(from: 0, to: x) { Double.exp(-$0 * $0) }
  return 1 - 2 / Double.squareRoot(Double.pi) * integral
}

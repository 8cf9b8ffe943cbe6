import LensNumerics

/// The dimensionless functions of a projected Navarro-Frenk-White halo, of x = r / r_s.
///
/// Reference: Baltz, Marshall & Oguri (2009), JCAP 01, 015, appendix A; series at the origin and at x = 1 are
/// expansions of the same functions, where the closed forms cancel.
enum NavarroFrenkWhiteFunctions<Scalar: LensScalar> {
  /// arcosh(1/x) for x < 1, arccos(1/x) for x > 1; and its ratio F(x) to sqrt|1 - x^2| (Baltz et al., eq. A.5).
  @inline(__always)
  static func angle(_ x: Scalar) -> (angle: Scalar, ratio: Scalar) {
    let w = Scalar.squareRoot(max(abs((1 - x) * (1 + x)), Scalar.leastNormalMagnitude))
    let inside = w < 0.17 ? Scalar.inverseTangentHyperbolic(small: w) : Scalar.log((1 + w) / x)
    let angle = x < 1 ? inside : Scalar.atan(w)
    return (angle, angle / w)
  }

  /// h(x) = ln(x/2) + F(x): the projected mass inside x.
  @inline(__always)
  static func mass(_ x: Scalar, ratio: Scalar) -> Scalar {
    let (z, l) = (x * x, Scalar.log(x / 2))
    var series: Scalar = -63 * l / 256 - 1627 / 10240
    series = series * z - (35 * l / 128 + 533 / 3072)
    series = series * z - (5 * l / 16 + 37 / 192)
    series = series * z - (3 * l / 8 + 7 / 32)
    series = series * z - (l / 2 + 1 / 4)
    return x < Scalar.seriesThreshold ? series * z : l + ratio
  }

  /// (1 - F(x)) / (x^2 - 1): twice the convergence over A / r_s.
  @inline(__always)
  static func surfaceDensity(_ x: Scalar, ratio: Scalar) -> Scalar {
    let e = (1 - x) * (1 + x)
    var series: Scalar = e / 13 + 1 / 11
    series = series * e + 1 / 9
    series = series * e + 1 / 7
    series = series * e + 1 / 5
    series = series * e + 1 / 3
    let near = abs(e) < 0.01
    return near ? series : (ratio - 1) / (near ? 1 : e)
  }

  /// g(x) = (ln^2(x/2) - arcosh^2(1/x)) / 2: the potential; arcosh^2 = -arccos^2 outside x = 1.
  @inline(__always)
  static func potential(_ x: Scalar, angle: Scalar) -> Scalar {
    let (z, l) = (x * x, Scalar.log(x / 2))
    // ln(2/x) - arcosh(1/x), which is small at the origin.
    var difference: Scalar = z * (63 / 2560) + 35 / 1024
    difference = difference * z + 5 / 96
    difference = difference * z + 3 / 32
    difference = z * (difference * z + 1 / 4)
    let series = -difference * (2 * l + difference) / 2
    let squaredAngle = angle * angle
    let direct = (x < 1 ? l * l - squaredAngle : l * l + squaredAngle) / 2
    return x < Scalar.seriesThreshold ? series : direct
  }
}

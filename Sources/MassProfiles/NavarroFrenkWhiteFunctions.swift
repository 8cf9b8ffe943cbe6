import LensNumerics

/// The dimensionless functions of a projected Navarro-Frenk-White halo, of x = r / r_s.
///
/// Reference: Baltz, Marshall & Oguri (2009), JCAP 01, 015, appendix A, written so that nothing cancels; the surface
/// density by its series at x = 1.
enum NavarroFrenkWhiteFunctions<Scalar: LensScalar> {
  /// arcosh(1/x) for x < 1, arccos(1/x) for x > 1; its ratio F(x) to w = sqrt|1 - x^2| (Baltz et al., eq. A.5); and w.
  ///
  /// Both are artanh or arctan of w, which share a division and a polynomial here.
  @inline(__always)
  static func angle(_ x: Scalar) -> (angle: Scalar, ratio: Scalar, root: Scalar) {
    let (angle, _, w) = angles(x)
    return (angle, angle / w, w)
  }

  /// The same angle, for x > 1 also pi/2 less it, which is arcsin(1/x) without cancellation, and sqrt|1 - x^2|.
  @inline(__always)
  static func angles(_ x: Scalar) -> (angle: Scalar, complement: Scalar, root: Scalar) {
    let w = Scalar.squareRoot(max(abs((1 - x) * (1 + x)), Scalar.leastNormalMagnitude))
    // Inside: artanh w = ln((1 + w)^2 / x^2) / 2, after `LensScalar.log(_:over:difference:)`.
    let isInside = x < 1
    let (n, m) = ((1 + w) * (1 + w), x * x)
    let (power, exponent) = Scalar.nearestPowerOfTwo(toRatioOf: n, to: m)
    let scaled = m * power
    let inner = power == 1 ? 2 * w * (1 + w) : n - scaled
    // Outside: arctan w, turned by pi/2 for w > 1 and by pi/4 for more than tan(pi/8).
    let isSteep = w > 1
    let (larger, smaller) = (isSteep ? w : 1, isSteep ? 1 : w)
    let isTurned = smaller > larger * 0.414_213_562_373_095_05
    let turned = isTurned ? smaller - larger : smaller
    let start: Scalar = isTurned ? 0.785_398_163_397_448_309_6 : 0
    let s =
      (isInside ? inner : isSteep ? -turned : turned)
      / (isInside ? n + scaled : isTurned ? smaller + larger : larger)
    let small = Scalar.eitherInverseTangent(s, signedSquare: isInside ? s * s : -(s * s))
    let outerStart = isSteep ? 1.570_796_326_794_896_619_2 - start : start
    let angle = (isInside ? exponent * 0.346_573_590_279_972_654_7 : outerStart) + small
    return (angle, isSteep ? start - small : 1.570_796_326_794_896_619_2 - angle, w)
  }

  /// h(x) = ln(x/2) + F(x): the projected mass inside x.
  ///
  /// Inside x = 1 both terms are large where h is small, x^2 ln(2/x) / 2. With w = sqrt(1 - x^2) and
  /// arcosh(1/x) = w F = ln((1 + w) / x), they are ln((1 + w) / 2) + F x^2 / (1 + w), which are no larger than their
  /// difference asks for.
  @inline(__always)
  static func mass(_ x: Scalar, ratio: Scalar, root w: Scalar) -> Scalar {
    let isInside = x < 1
    let part = x * x / (1 + w)
    let logarithm = Scalar.log(isInside ? 1 + w : x, over: 2, difference: isInside ? -part : x - 2)
    return logarithm + ratio * (isInside ? part : 1)
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
  ///
  /// Inside, ln(x/2) + arcosh(1/x) = ln((1 + w) / 2), so that the difference of squares is a product.
  @inline(__always)
  static func potential(_ x: Scalar, angle: Scalar, root w: Scalar) -> Scalar {
    let l = Scalar.log(x / 2)
    let sum = Scalar.log(1 + w, over: 2, difference: -(x * x) / (1 + w))
    return (x < 1 ? sum * (l - angle) : l * l + angle * angle) / 2
  }
}

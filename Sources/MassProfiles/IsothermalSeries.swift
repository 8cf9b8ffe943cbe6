import LensCore
import LensNumerics

/// The deflection of a singular isothermal ellipsoid as a series in angle.
///
/// In the frame of the axes, with w^2 = q^2 x^2 + y^2 and e^(i eta) = (q x + i y) / w, the deflection is
///
///     b sum_n a_n e^(i (2n + 1) eta),    a_n = 2 / (1 + q) (-g)^n / (2n + 1),    g = (1 - q) / (1 + q),
///
/// and the sum of real and of imaginary parts are, with Chebyshev polynomials U of cos 2 eta,
/// cos eta sum_n a_n (U_n - U_(n-1)) and sin eta sum_n a_n (U_n + U_(n-1)). Clenshaw's recurrence for sum_n a_n U_n gives
/// both: b_0 and b_1 are the sums of a_n U_n and of a_n U_(n-1). Round hosts take fewer operations than by arctangents,
/// and one division less.
///
/// Reference: Tessore & Metcalf (2015), A&A 580, A79, eq. 13 for t = 1, where their hypergeometric function is
/// sum_n z^n / (2n + 1).
struct IsothermalSeries: Sendable {
  /// The numbers of terms that `add` is compiled for.
  private static let compiledCounts = [7, 9, 13]

  private let count: Int
  /// b a_n.
  private let terms: SIMD16<Double>

  /// - Parameters:
  ///   - scale: b, arcsec.
  ///   - precision: Relative rounding error of the numbers with which the sum is taken.
  /// - Returns: nil where the first term left out would show: for q below 0.48 in Float, and below 0.86 in Double.
  init?(axisRatio q: Double, scale: Double, precision: Double) {
    let ratio = (1 - q) / (1 + q)
    func isEnough(_ count: Int) -> Bool {
      Double.power(max(ratio, 1e-30), Double(count)) / Double(2 * count + 1) < precision
    }
    guard let count = Self.compiledCounts.first(where: isEnough) else { return nil }
    var terms = SIMD16<Double>.zero
    var power = 2 * scale / (1 + q)
    for n in 0..<count {
      terms[n] = power / Double(2 * n + 1)
      power *= -ratio
    }
    self.count = count
    self.terms = terms
  }

  /// Replaces cos eta and sin eta by the deflection in the frame of the axes.
  @inline(__always)
  func replace<Scalar: LensScalar>(_ cosine: Column<Scalar>, _ sine: Column<Scalar>, count rays: Int) {
    switch count {
    case 7: replace(cosine, sine, count: rays, terms: 7)
    case 9: replace(cosine, sine, count: rays, terms: 9)
    default: replace(cosine, sine, count: rays, terms: 13)
    }
  }

  @inline(__always)
  private func replace<Scalar: LensScalar>(
    _ cosine: Column<Scalar>, _ sine: Column<Scalar>, count rays: Int, terms count: Int
  ) {
    var terms = SIMD16<Scalar>.zero
    for n in 0..<count { terms[n] = Scalar(self.terms[n]) }
    for i in 0..<rays {
      let (x, y) = (cosine[i], sine[i])
      let twice = 2 - 4 * y * y
      var (first, second) = (terms[count - 1], Scalar.zero)
      for n in 2...count {
        (first, second) = (terms[count &- n] + (twice * first - second), first)
      }
      cosine[i] = x * (first - second)
      sine[i] = y * (first + second)
    }
  }
}

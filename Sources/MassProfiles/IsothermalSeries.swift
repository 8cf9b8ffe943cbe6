import LensCore
import LensNumerics

/// The deflection of a singular isothermal ellipsoid as a series in angle.
///
/// In the frame of the axes, with w^2 = q^2 x^2 + y^2 and e^(i eta) = (q x + i y) / w, the deflection is
///
///     sum_n a_n e^(i (2n + 1) eta),    a_n = 2 b / (1 + q) (-g)^n / (2n + 1),    g = (1 - q) / (1 + q),
///
/// and the sums of real and of imaginary parts are, with Chebyshev polynomials of the second kind U of cos 2 eta,
/// cos eta sum_n a_n (U_n - U_(n-1)) and sin eta sum_n a_n (U_n + U_(n-1)). The last two numbers of Clenshaw's recurrence
/// are the sums of a_n U_n and of a_n U_(n-1). Round hosts take fewer operations than by arctangents, and one division less.
///
/// Reference: Tessore & Metcalf (2015), A&A 580, A79, eq. 13 for t = 1, where their hypergeometric function is
/// sum_n z^n / (2n + 1).
struct IsothermalSeries: Sendable {
  /// The numbers of terms that `deflect` is compiled for, one by one.
  private static let compiledCounts = [7, 9, 13]

  private let count: Int
  /// a_n, arcsec.
  private let terms: SIMD16<Double>

  /// - Parameters:
  ///   - scale: b, arcsec.
  ///   - precision: Relative rounding error of the numbers with which the sum is taken.
  /// - Returns: nil where the first term left out is no less than a rounding: for q below 0.473 in Float, and below 0.859 in
  ///   Double.
  init?(axisRatio q: Double, scale: Double, precision: Double) {
    let ratio = (1 - q) / (1 + q)
    func isEnough(_ count: Int) -> Bool {
      Double.power(max(ratio, 1e-30), Double(count)) / Double(2 * count + 1) < precision
    }
    guard let count = Self.compiledCounts.first(where: isEnough) else { return nil }
    var terms = SIMD16<Double>.zero
    var power = 2 * scale / (1 + q)
    // Smaller ones would be subnormal in Float, which takes a hundred times as long.
    for n in 0..<count where abs(power) > 1e-30 * scale {
      terms[n] = power / Double(2 * n + 1)
      power *= -ratio
    }
    self.count = count
    self.terms = terms
  }

  /// Replaces cos eta and sin eta by the deflection in the frame of the axes.
  @inline(__always)
  func deflect<Scalar: LensScalar>(cosine: Column<Scalar>, sine: Column<Scalar>, count rays: Int) {
    switch count {
    case 7: deflect(cosine, sine, rays, terms: 7)
    case 9: deflect(cosine, sine, rays, terms: 9)
    default: deflect(cosine, sine, rays, terms: 13)
    }
  }

  /// - Parameter count: A literal, so that no loop over terms is left.
  @inline(__always)
  private func deflect<Scalar: LensScalar>(
    _ cosine: Column<Scalar>, _ sine: Column<Scalar>, _ rays: Int, terms count: Int
  ) {
    var terms = SIMD16<Scalar>.zero
    for n in 0..<count { terms[n] = Scalar(self.terms[n]) }
    for i in 0..<rays {
      let (cosineEta, sineEta) = (cosine[i], sine[i])
      // 2 cos 2 eta.
      let twice = 2 - 4 * sineEta * sineEta
      var (first, second) = (terms[count - 1], Scalar.zero)
      for n in 2...count {
        (first, second) = (terms[count &- n] + (twice * first - second), first)
      }
      cosine[i] = cosineEta * (first - second)
      sine[i] = sineEta * (first + second)
    }
  }
}

import LensCore
import LensNumerics

/// Mean convergences of circular profiles as sums of Gaussians, sum_j w_j exp(-r^2 / (2 sigma_j^2)), beyond a radius.
///
/// The widths grow by sqrt(2) from one to the next. Any profile that is smooth in ln r fits: the mean convergence
/// of a point mass, 1 / r^2, is the integral of exp(-t r^2) over all t, and the sum is its trapezoidal rule in
/// ln t, whose error falls exponentially with the number of Gaussians per octave.
struct GaussianBasis: Sendable {
  /// sigma_j, arcsec.
  let widths: [Double]
  /// Beyond this radius the sum is the profile, arcsec.
  let innerRadius: Double
  /// Up to this radius.
  let outerRadius: Double
  /// Squares of the radii at which a profile is sampled, arcsec^2.
  let squaredSampleRadii: [Double]
  /// w_j from the samples: one row per Gaussian.
  let fit: [[Double]]
  /// The coefficients, lowest power first, of the sum as a polynomial in (r / innerRadius)^2 up to 1, from the
  /// weights w_j: one row per power.
  let innerPolynomial: [[Double]]

  /// The inner radius over the narrowest width: nearer, the narrowest Gaussian is not narrow enough.
  static let innerRatio = 3.0
  /// Samples of a profile beyond one for each Gaussian: they average the roundings of each other.
  private static let moreSamples = 10
  /// Coefficients of the polynomial: an odd number, as `NearbyRays` sums them.
  static let powers = 11

  /// - Parameters:
  ///   - narrowest: sigma_0, arcsec.
  ///   - outerRadius: How far profiles must be right, arcsec.
  /// - Throws: `NumericalError.noSolution` if the fit cannot be prepared.
  init(narrowest: Double, outerRadius: Double) throws {
    let innerRadius = Self.innerRatio * narrowest
    let octaves = Double.log(outerRadius / narrowest) / Double.log(2)
    // Wider ones than the radii span: a halo that is larger than the image hardly falls within it.
    let count = Int((2 * octaves).rounded(.up)) + 4
    let widths = (0..<count).map { narrowest * Double.power(2, Double($0) / 2) }
    // Chebyshev nodes in ln r.
    let samples = count + Self.moreSamples
    let radii = (0..<samples).map { k in
      let place = Self.chebyshevNode(k, of: samples)
      return innerRadius * Double.power(outerRadius / innerRadius, place)
    }
    // Deflections, r times the mean convergence, are to be equally good everywhere; unknowns are the weights times
    // their Gaussian's width, its deflection at that radius. The regularization keeps the roundings of samples near the
    // inner radius, which are many times those at the outer one, out of the widest Gaussians' weights: a smaller one
    // fits profiles better in Double and far halos worse in Float.
    let design = radii.map { r in
      widths.map { r / $0 * Double.exp(-r * r / (2 * $0 * $0)) }
    }
    let inverse = try leastSquaresInverse(design, regularization: 1e-4)
    let fit = zip(inverse, widths).map { row, width in zip(row, radii).map { $0 * $1 / width } }
    self.widths = widths
    self.innerRadius = innerRadius
    self.outerRadius = outerRadius
    squaredSampleRadii = radii.map { $0 * $0 }
    self.fit = fit
    innerPolynomial = try Self.powerMatrix(widths.map { innerRadius * innerRadius / (2 * $0 * $0) })
  }

  /// exp(-a u) as a polynomial in u on [0, 1], for every a: one row per power, one column per a.
  private static func powerMatrix(_ exponents: [Double]) throws -> [[Double]] {
    let nodes = (0..<(2 * powers)).map { chebyshevNode($0, of: 2 * powers) }
    let design = nodes.map { u in
      (0..<powers).map { power in (0..<power).reduce(1.0) { value, _ in value * u } }
    }
    let inverse = try leastSquaresInverse(design, regularization: 1e-14)
    return inverse.map { row in
      exponents.map { a in zip(row, nodes).reduce(0) { $0 + $1.0 * Double.exp(-a * $1.1) } }
    }
  }

  /// The k-th of n nodes on [0, 1].
  private static func chebyshevNode(_ k: Int, of n: Int) -> Double {
    (1 - sineAndCosine(Double.pi * (Double(k) + 0.5) / Double(n)).cosine) / 2
  }
}

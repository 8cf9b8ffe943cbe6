import LensCore

/// Polynomials through the Chebyshev nodes of [-1, 1].
///
/// Reference: Press et al. (2007), Numerical Recipes, sections 5.8 and 5.10.
package struct ChebyshevFit: Sendable {
  package let nodes: [Double]
  /// From values at the nodes to coefficients of the Chebyshev polynomials, and of the powers of t.
  private let series: [[Double]]
  private let powers: [[Double]]

  /// - Parameter count: Of nodes, at least 2.
  package init(_ count: Int) {
    func cosine(_ order: Int, _ node: Int) -> Double {
      sineAndCosine(.pi * Double(order) * (Double(node) + 0.5) / Double(count)).cosine
    }
    nodes = (0..<count).map { cosine(1, $0) }
    let series = (0..<count).map { order in
      (0..<count).map { (order == 0 ? 1 : 2) / Double(count) * cosine(order, $0) }
    }
    let polynomials = Self.polynomials(count)
    self.series = series
    powers = (0..<count).map { power in
      (0..<count).map { node in
        (0..<count).reduce(0) { $0 + polynomials[$1][power] * series[$1][node] }
      }
    }
  }

  /// The Chebyshev polynomials in powers of t.
  private static func polynomials(_ count: Int) -> [[Double]] {
    var all = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    (all[0][0], all[1][1]) = (1, 1)
    for order in 2..<max(count, 2) {
      for power in 0..<count {
        all[order][power] = (power > 0 ? 2 * all[order - 1][power - 1] : 0) - all[order - 2][power]
      }
    }
    return all
  }

  /// Coefficients of the Chebyshev polynomials.
  package func coefficients(_ values: [Double]) -> [Double] { Self.product(series, values) }

  /// Coefficients of the powers of t, from the 0th.
  package func powers(_ values: [Double]) -> [Double] { Self.product(powers, values) }

  private static func product(_ matrix: [[Double]], _ values: [Double]) -> [Double] {
    matrix.map { row in
      var sum = 0.0
      for (factor, value) in zip(row, values) { sum += factor * value }
      return sum
    }
  }

  /// A sum of Chebyshev polynomials, by Clenshaw's recurrence.
  package static func value(_ coefficients: [Double], _ t: Double) -> Double {
    var (next, afterNext) = (0.0, 0.0)
    for coefficient in coefficients.dropFirst().reversed() {
      (next, afterNext) = (2 * t * next - afterNext + coefficient, next)
    }
    return t * next - afterNext + (coefficients.first ?? 0)
  }
}

import LensCore

/// Polynomials through the Chebyshev nodes of [-1, 1].
///
/// Reference: Press et al. (2007), Numerical Recipes, section 5.8.
package enum ChebyshevFit {
  package static func nodes(_ count: Int) -> [Double] {
    (0..<count).map { sineAndCosine(.pi * (Double($0) + 0.5) / Double(count)).cosine }
  }

  /// Of the Chebyshev polynomials, from values at as many nodes.
  package static func coefficients(_ values: [Double]) -> [Double] {
    let count = values.count
    return (0..<count).map { order in
      let sum = values.indices.reduce(0.0) { sum, k in
        sum + values[k]
          * sineAndCosine(.pi * Double(order) * (Double(k) + 0.5) / Double(count)).cosine
      }
      return (order == 0 ? 1 : 2) / Double(count) * sum
    }
  }

  /// By Clenshaw's recurrence.
  package static func value(_ coefficients: [Double], _ t: Double) -> Double {
    var (next, afterNext) = (0.0, 0.0)
    for coefficient in coefficients.dropFirst().reversed() {
      (next, afterNext) = (2 * t * next - afterNext + coefficient, next)
    }
    return t * next - afterNext + (coefficients.first ?? 0)
  }

  /// The same polynomial in powers of t, from the 0th.
  package static func powers(_ coefficients: [Double]) -> [Double] {
    let count = coefficients.count
    var sum = [Double](repeating: 0, count: count)
    var (before, current) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (order, coefficient) in coefficients.enumerated() {
      var next = [Double](repeating: 0, count: count)
      if order == 0 { next[0] = 1 } else if order == 1 { next[1] = 1 }
      if order > 1 {
        for power in 0..<count { next[power] = (power > 0 ? 2 * current[power - 1] : 0) - before[power] }
      }
      for power in 0..<count { sum[power] += coefficient * next[power] }
      (before, current) = (current, next)
    }
    return sum
  }
}

import Foundation

/// Probability that a chi-square variable exceeds `value`, by Wilson & Hilferty (1931), good to 0.01 above 3
/// degrees of freedom.
public func chiSquareTail(_ value: Double, degreesOfFreedom: Int) -> Double {
  let n = Double(degreesOfFreedom)
  let deviation = (cbrt(value / n) - (1 - 2 / (9 * n))) / sqrt(2 / (9 * n))
  return 0.5 * erfc(deviation / sqrt(2))
}

/// Probability that the Kolmogorov-Smirnov distance of a sample from its own distribution is larger than it is.
///
/// - Parameter cumulative: The distribution function of a continuous distribution.
///
/// Reference: Press et al. (2007), Numerical Recipes, 3rd edition, eqs. 14.3.17 and 14.3.18.
public func kolmogorovSmirnovTail(_ values: [Double], cumulative: (Double) -> Double) -> Double {
  let sorted = values.sorted()
  let n = Double(sorted.count)
  let distance = sorted.enumerated().reduce(0.0) { largest, entry in
    let f = cumulative(entry.element)
    return max(largest, f - Double(entry.offset) / n, Double(entry.offset + 1) / n - f)
  }
  let lambda = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
  if lambda < 0.2 { return 1 }
  var (sum, sign) = (0.0, 1.0)
  for k in stride(from: 1.0, through: 100, by: 1) {
    sum += sign * exp(-2 * k * k * lambda * lambda)
    sign = -sign
  }
  return min(1, max(0, 2 * sum))
}

/// Mean and sample variance.
public func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
}

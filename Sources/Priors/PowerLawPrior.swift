import LensCore
import LensNumerics

/// Density proportional to x^exponent between the limits: `power_law: {exponent: -1.9, minimum: 1e6, maximum: 1e10}`.
struct PowerLawPrior: PriorFields {
  static let kind = "power_law"

  var exponent = -1.9
  var minimum = 1.0
  var maximum = 2.0

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("exponent", &exponent, SpecRange(-20...20))
    visitor.number("minimum", &minimum, .nonNegative)
    visitor.number("maximum", &maximum, .positive)
    visitor.check(
      minimum <= maximum, "maximum", given: specNumber(maximum), "must be at least the minimum \(minimum)")
    visitor.check(
      minimum > 0 || exponent > -1, "minimum", given: specNumber(minimum),
      "must be greater than 0 for exponents of -1 and below")
  }

  var support: ClosedRange<Double> { min(minimum, maximum)...maximum }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    bounded(quantile(stream.uniform(first)), support)
  }

  /// Inverse of the distribution function.
  private func quantile(_ u: Double) -> Double {
    let order = exponent + 1
    if abs(order) < 1e-9 { return minimum * Double.power(maximum / minimum, u) }
    // In units of one limit, so that no power overflows: the ratio's power is at most 1 in both cases.
    if order > 0 {
      let low = minimum > 0 ? Double.power(minimum / maximum, order) : 0
      return maximum * Double.power(low + (1 - low) * u, 1 / order)
    }
    let high = Double.power(maximum / minimum, order)
    return minimum * Double.power(1 + (high - 1) * u, 1 / order)
  }
}

import LensCore
import LensNumerics
import Priors

/// A triangular distribution, most likely at its mode: `triangular: {minimum: 0, mode: 0.2, maximum: 1}`.
///
/// Reference: Evans, Hastings & Peacock (2000), Statistical Distributions, chapter 40: the inverse of its distribution function.
struct TriangularPrior: PriorFields {
  static let kind = "triangular"

  var minimum = 0.0
  var mode = 0.5
  var maximum = 1.0

  init() {}

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("minimum", &minimum, .finite)
    visitor.number("mode", &mode, .finite)
    visitor.number("maximum", &maximum, .finite)
    visitor.check(
      minimum <= mode && mode <= maximum, "mode", given: specNumber(mode),
      "must be from the minimum \(minimum) to the maximum \(maximum)")
  }

  var support: ClosedRange<Double> { minimum...max(minimum, maximum) }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    let (u, range) = (stream.uniform(first), maximum - minimum)
    let rising = (mode - minimum) * range
    let value =
      u * range < mode - minimum
      ? minimum + Double.squareRoot(u * rising)
      : maximum - Double.squareRoot((1 - u) * (maximum - mode) * range)
    return bounded(value, support)
  }
}

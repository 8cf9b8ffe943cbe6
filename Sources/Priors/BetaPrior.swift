import LensCore
import LensNumerics

/// A beta distribution on an interval: `beta: {a: 2, b: 5, minimum: 0.3, maximum: 1}`.
///
/// Reference: Evans, Hastings & Peacock (2000), Statistical Distributions, chapter 5: X / (X + Y) of two gamma variates.
struct BetaPrior: PriorFields {
  static let kind = "beta"

  /// Exponents of x and 1 - x, plus 1.
  var a = 1.0
  var b = 1.0
  /// The interval that 0 to 1 is stretched to.
  var minimum = 0.0
  var maximum = 1.0

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("a", &a, SpecRange(0.01...1e6))
    visitor.number("b", &b, SpecRange(0.01...1e6))
    visitor.number("minimum", &minimum, .finite)
    visitor.number("maximum", &maximum, .finite)
    visitor.check(
      minimum <= maximum, "maximum", given: specNumber(maximum), "must be at least the minimum \(minimum)")
  }

  var support: ClosedRange<Double> { minimum...max(minimum, maximum) }

  /// By rounding, where exponents are small.
  var hasItsEnds: Bool { true }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    let (x, y) = (try logGamma(a, stream, first), try logGamma(b, stream, first &+ 128))
    // By logarithms, since both may be far below the smallest number.
    let part = 1 / (1 + Double.exp(min(y - x, 700)))
    return bounded(minimum + (maximum - minimum) * part, support)
  }
}

/// The logarithm of a gamma variate of unit scale.
///
/// Reference: Marsaglia & Tsang (2000), ACM Trans. Math. Softw. 26, 363, section 2; below shape 1 by the note in section 6.
///
/// - Parameter first: Of 128 positions.
private func logGamma(_ shape: Double, _ stream: RandomStream, _ first: UInt32) throws -> Double {
  if shape < 1 {
    return try logGamma(shape + 1, stream, first) + Double.log(stream.uniform(first &+ 127)) / shape
  }
  let d = shape - 1.0 / 3
  let c = 1 / Double.squareRoot(9 * d)
  // At least 95 per cent of the attempts succeed.
  for attempt in 0..<UInt32(60) {
    let x = stream.normal(first &+ 2 &* attempt)
    let v = 1 + c * x
    if v <= 0 { continue }
    let cube = v * v * v
    let u = stream.uniform(first &+ 2 &* attempt &+ 1)
    if Double.log(u) < x * x / 2 + d * (1 - cube + Double.log(cube)) { return Double.log(d * cube) }
  }
  throw NumericalError.noConvergence(method: "gamma draw", context: "shape \(shape)")
}

import LensCore
import LensNumerics

/// A normal distribution, truncated to its limits: `normal: {mean: 0, standard_deviation: 0.5, minimum: -1}`.
struct NormalPrior: PriorFields {
  static let kind = "normal"

  var mean = 0.0
  var standardDeviation = 1.0
  var minimum: Double?
  var maximum: Double?

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("mean", &mean, .finite)
    visitor.number("standard_deviation", &standardDeviation, .nonNegative)
    visitor.number("minimum", &minimum, .finite)
    visitor.number("maximum", &maximum, .finite)
    if let minimum, let maximum {
      visitor.check(
        minimum < maximum, "maximum", given: specNumber(maximum),
        "must be greater than the minimum \(minimum)")
    }
    let (low, high) = (minimum ?? -.infinity, maximum ?? .infinity)
    // So at least 9 per cent lie inside, and 256 draws in a row miss once in 10^10 samples.
    visitor.check(
      low <= mean + standardDeviation && high >= mean - standardDeviation
        && high - low >= 0.5 * standardDeviation, "mean", given: specNumber(mean),
      "must lie within 1 standard deviation of the limits, which must be half of one apart; use uniform otherwise"
    )
  }

  /// Standard deviations from the mean beyond which nothing is drawn: a uniform number has 53 bits.
  static let reach = 40.0

  var support: ClosedRange<Double> {
    // Limits that were refused must still make a range until the errors are reported.
    let lower = max(mean - Self.reach * standardDeviation, minimum ?? -.infinity)
    return lower...max(lower, min(mean + Self.reach * standardDeviation, maximum ?? .infinity))
  }

  var only: Double? { standardDeviation == 0 ? mean : nil }
  var width: Double { standardDeviation }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    let (low, high) = (minimum ?? -.infinity, maximum ?? .infinity)
    for attempt in 0..<UInt32(256) {
      let value = mean + standardDeviation * stream.normal(first &+ attempt)
      if value >= low && value <= high { return value }
    }
    throw NumericalError.noConvergence(method: "truncated normal draw", context: "\(self)")
  }
}

/// The size of a normal number of mean 0, on one side of a least value: `half_normal: {standard_deviation: 0.1}`.
struct HalfNormalPrior: PriorFields {
  static let kind = "half_normal"

  var standardDeviation = 1.0
  /// The least and most probable value.
  var minimum = 0.0

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("standard_deviation", &standardDeviation, .nonNegative)
    visitor.number("minimum", &minimum, .finite)
  }

  var support: ClosedRange<Double> { minimum...(minimum + NormalPrior.reach * standardDeviation) }
  var width: Double { standardDeviation }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    minimum + standardDeviation * abs(stream.normal(first))
  }
}

import LensCore

/// Another prior between limits: `truncated: {prior: {half_normal: {standard_deviation: 1}}, maximum: 2}`.
///
/// Values outside are drawn again.
struct TruncatedPrior: PriorFields {
  static let kind = "truncated"

  var prior = Distribution.uniform(lower: 0, upper: 1)
  var minimum: Double?
  var maximum: Double?

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.convertible("prior", &prior)
    visitor.number("minimum", &minimum, .finite)
    visitor.number("maximum", &maximum, .finite)
    visitor.check(
      visitor.hasValue("prior"), "prior", given: "nothing", "must be given, the prior that is cut off")
    visitor.check(
      !(prior.prior is PoolPrior), "prior", given: "a pool",
      "must be another prior: cut off the prior inside of the pool")
    visitor.check(
      !visitor.isReading || prior.prior is PoolPrior || insideShare >= 0.1, "prior",
      given:
        "a prior of which \(specNumber((1000 * insideShare).rounded() / 10)) per cent lie inside the limits",
      "at least 10 per cent must; use another prior")
  }

  private var limits: (low: Double, high: Double) { (minimum ?? -.infinity, maximum ?? .infinity) }

  /// Of a thousand draws.
  private var insideShare: Double {
    let stream = RandomKey(seed: 0, sample: 0).stream("truncated")
    let values = (0..<1000).compactMap { try? prior.draw(stream, number: $0) }
    return Double(values.count(where: isInside)) / 1000
  }

  private func isInside(_ value: Double) -> Bool { value >= limits.low && value <= limits.high }

  var support: ClosedRange<Double> {
    let lower = max(prior.support.lowerBound, limits.low)
    return lower...max(lower, min(prior.support.upperBound, limits.high))
  }

  var isDiscrete: Bool { prior.prior.isDiscrete }
  var hasItsEnds: Bool { prior.prior.hasItsEnds }
  var isWhole: Bool { prior.isWhole }
  var hasRareLargeValues: Bool { prior.hasRareLargeValues && maximum == nil }
  var only: Double? { prior.only ?? (support.lowerBound == support.upperBound ? support.lowerBound : nil) }
  var width: Double { min(prior.prior.width, support.upperBound - support.lowerBound) }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    // Every attempt has a stream of its own, since a draw may take up to 256 positions.
    for attempt in 0..<UInt32(256) {
      let value = try prior.prior.draw(stream.other(attempt), first)
      if isInside(value) { return value }
    }
    throw NumericalError.noConvergence(method: "truncated draw", context: "\(prior.written())")
  }
}

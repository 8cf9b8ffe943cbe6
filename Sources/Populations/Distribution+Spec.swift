import LensCore

extension Distribution: SpecConvertible {
  private static let kinds: [any DistributionFields.Type] = [
    NormalFields.self, PowerLawFields.self, PoissonFields.self,
  ]
  private static let names = [
    "a number", "uniform", "normal", "log_uniform", "power_law", "poisson", "choice",
  ]

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Distribution? {
    guard let entries = value.givenEntries else {
      return visitor.readNumber(value, "", .finite).map { .fixed($0) }
    }
    guard entries.count == 1, let entry = entries.first else {
      visitor.fail("", given: value.summary, "must be one of \(names.joined(separator: ", "))")
      return nil
    }
    switch entry.key {
    case "uniform":
      return limits(entry, visitor, .finite).map { .uniform(lower: $0, upper: $1) }
    case "log_uniform":
      return limits(entry, visitor, .positive).map { .logUniform(lower: $0, upper: $1) }
    case "choice": return values(entry, visitor).map { .choice($0) }
    default:
      let fields = visitor.readTagged(
        value, among: kinds, alsoAllowed: ["uniform", "log_uniform", "choice", "a number"])
      return (fields as? any DistributionFields)?.distribution
    }
  }

  private static func limits(
    _ entry: SpecValue.Entry, _ visitor: SpecVisitor, _ range: SpecRange
  ) -> (Double, Double)? {
    guard let numbers = values(entry, visitor) else { return nil }
    guard numbers.count == 2, numbers[0] <= numbers[1], numbers.allSatisfy(range.contains) else {
      let given = "[\(numbers.map(specNumber).joined(separator: ", "))]"
      visitor.fail(
        entry.key, given: given,
        "must be [lower, upper] with lower <= upper\(range == .positive ? ", both greater than 0" : "")")
      return nil
    }
    return (numbers[0], numbers[1])
  }

  private static func values(_ entry: SpecValue.Entry, _ visitor: SpecVisitor) -> [Double]? {
    guard case .list(let items) = entry.value, !items.isEmpty else {
      visitor.fail(
        entry.key, given: entry.value.summary,
        entry.key == "choice" ? "must be a list of numbers" : "must be [lower, upper]")
      return nil
    }
    let numbers = items.enumerated().compactMap {
      visitor.readNumber($1, "\(entry.key).\($0)", .finite)
    }
    return numbers.count == items.count ? numbers : nil
  }

  public func written() -> SpecValue {
    func list(_ key: String, _ values: [Double]) -> SpecValue {
      .map([.init(key, .list(values.map { .scalar(specNumber($0)) }))])
    }
    switch self {
    case .fixed(let value): return .scalar(specNumber(value))
    case .uniform(let lower, let upper): return list("uniform", [lower, upper])
    case .logUniform(let lower, let upper): return list("log_uniform", [lower, upper])
    case .choice(let values): return list("choice", values)
    case .poisson(let mean): return SpecVisitor.writeTagged(PoissonFields(mean: mean))
    case .powerLaw(let exponent, let minimum, let maximum):
      return SpecVisitor.writeTagged(
        PowerLawFields(exponent: exponent, minimum: minimum, maximum: maximum))
    case .normal(let mean, let deviation, let minimum, let maximum):
      return SpecVisitor.writeTagged(
        NormalFields(
          mean: mean, standardDeviation: deviation, minimum: minimum.isFinite ? minimum : nil,
          maximum: maximum.isFinite ? maximum : nil))
    }
  }
}

/// The fields of a distribution that is written as a mapping.
private protocol DistributionFields: SpecKind {
  var distribution: Distribution { get }
}

private struct NormalFields: DistributionFields {
  static let kind = "normal"
  var mean = 0.0
  var standardDeviation = 1.0
  var minimum: Double?
  var maximum: Double?

  init() {}

  init(mean: Double, standardDeviation: Double, minimum: Double?, maximum: Double?) {
    (self.mean, self.standardDeviation) = (mean, standardDeviation)
    (self.minimum, self.maximum) = (minimum, maximum)
  }

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

  var distribution: Distribution {
    // Limits that were refused above must still make a range until the errors are reported.
    let low = minimum ?? -.infinity
    return .normal(
      mean: mean, standardDeviation: standardDeviation, minimum: low, maximum: max(low, maximum ?? .infinity))
  }
}

private struct PowerLawFields: DistributionFields {
  static let kind = "power_law"
  var exponent = -1.9
  var minimum = 1.0
  var maximum = 2.0

  init() {}

  init(exponent: Double, minimum: Double, maximum: Double) {
    (self.exponent, self.minimum, self.maximum) = (exponent, minimum, maximum)
  }

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

  var distribution: Distribution {
    .powerLaw(exponent: exponent, minimum: min(minimum, maximum), maximum: maximum)
  }
}

private struct PoissonFields: DistributionFields {
  static let kind = "poisson"
  var mean = 1.0

  init() {}

  init(mean: Double) { self.mean = mean }

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("mean", &mean, SpecRange(0...1e6))
  }

  var distribution: Distribution { .poisson(mean: mean) }
}

extension SpecVisitor {
  /// A prior all of whose values must lie in a range.
  func prior(_ key: String, _ value: inout Distribution, _ range: SpecRange) {
    convertible(key, &value)
    checkSupport(key, value, range)
  }

  /// A prior that may be left out.
  func prior(_ key: String, _ value: inout Distribution?, _ range: SpecRange) {
    convertible(key, &value)
    if let value { checkSupport(key, value, range) }
  }

  private func checkSupport(_ key: String, _ value: Distribution, _ range: SpecRange) {
    guard isReading, isGiven(key) else { return }
    let support = value.support
    // A continuous prior never draws its very ends, so they may lie on a bound that is excluded.
    let mayTouch = !value.isDiscrete
    let unbounded = value.isPoisson && range.upper == .infinity
    let isInside =
      (range.contains(support.lowerBound) || mayTouch && support.lowerBound == range.lower)
      && (range.contains(support.upperBound) || unbounded || mayTouch && support.upperBound == range.upper)
    let given =
      support.lowerBound == support.upperBound
      ? specNumber(support.lowerBound)
      : "values from \(specNumber(support.lowerBound)) to \(specNumber(support.upperBound))"
    check(isInside, key, given: given, range.requirement)
  }
}

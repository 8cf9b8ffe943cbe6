import LensCore

/// The distribution that a parameter of a population is drawn from: one of the kinds of prior.
///
/// In YAML a bare number is fixed; the others are mappings, for instance `uniform: [0.5, 1]`,
/// `normal: {mean: 0, standard_deviation: 0.5}`, `log_uniform: [1, 10]`, `poisson: {mean: 25}`,
/// `power_law: {exponent: -1.9, minimum: 1e6, maximum: 1e10}`, `choice: [1, 2, 3]`.
public struct Distribution: Sendable {
  /// The table of contents: every kind of prior that is a mapping.
  public static let kinds: [any Prior.Type] = [
    UniformPrior.self, NormalPrior.self, LogUniformPrior.self, PowerLawPrior.self, PoissonPrior.self,
    ChoicePrior.self, WeightedChoicePrior.self, HalfNormalPrior.self, BetaPrior.self, TruncatedPrior.self,
    PoolPrior.self, UniformIntegerPrior.self,
  ]

  public let prior: any Prior

  public init(_ prior: some Prior) { self.prior = prior }

  public static func fixed(_ value: Double) -> Distribution { Distribution(FixedPrior(value: value)) }

  public static func uniform(lower: Double, upper: Double) -> Distribution {
    Distribution(UniformPrior(support: lower...upper))
  }

  /// Uniform in the logarithm.
  public static func logUniform(lower: Double, upper: Double) -> Distribution {
    Distribution(LogUniformPrior(support: lower...upper))
  }

  /// Truncated to the limits, which may be infinite.
  public static func normal(
    mean: Double, standardDeviation: Double, minimum: Double = -.infinity, maximum: Double = .infinity
  ) -> Distribution {
    Distribution(
      NormalPrior(
        mean: mean, standardDeviation: standardDeviation, minimum: minimum.isFinite ? minimum : nil,
        maximum: maximum.isFinite ? maximum : nil))
  }

  /// Density proportional to x^exponent between the limits.
  public static func powerLaw(exponent: Double, minimum: Double, maximum: Double) -> Distribution {
    Distribution(PowerLawPrior(exponent: exponent, minimum: minimum, maximum: maximum))
  }

  public static func poisson(mean: Double) -> Distribution { Distribution(PoissonPrior(mean: mean)) }

  /// One of the values, all equally likely; at least one.
  public static func choice(_ values: [Double]) -> Distribution { Distribution(ChoicePrior(values: values)) }

  /// The smallest and the largest value that can be drawn.
  public var support: ClosedRange<Double> { prior.support }

  /// The value, if no other can be drawn.
  package var only: Double? { prior.only }

  /// The order of magnitude of what draws differ by; nil for those that cannot differ by as little as one likes.
  package var width: Double? { prior.isDiscrete || prior.only != nil ? nil : prior.width }

  package var isFixed: Bool { prior is FixedPrior }
  package var isWhole: Bool { prior.isWhole }
  package var hasRareLargeValues: Bool { prior.hasRareLargeValues }

  /// A number from the distribution: a pure function of the stream and the draw's number in it.
  ///
  /// - Throws: `NumericalError.noConvergence` if 256 draws fall outside of limits.
  public func draw(_ stream: RandomStream, number: Int = 0) throws -> Double {
    // Draws that may need several blocks get 256 of their own.
    try prior.draw(stream, UInt32(truncatingIfNeeded: number) &* 256)
  }
}

extension Distribution: Equatable {
  public static func == (first: Distribution, second: Distribution) -> Bool {
    first.written() == second.written()
  }
}

extension Distribution: SpecConvertible {
  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Distribution? {
    read(value, visitor, alsoAllowed: [])
  }

  /// - Parameter others: What the caller reads itself, for messages.
  static func read(
    _ value: SpecValue, _ visitor: SpecVisitor, alsoAllowed others: [String]
  ) -> Distribution? {
    guard let entries = value.givenEntries else {
      return FixedPrior.read(value, visitor).map { Distribution($0) }
    }
    let names = [FixedPrior.kind] + kinds.map { $0.kind } + others
    guard entries.count == 1, let entry = entries.first else {
      visitor.fail("", given: value.summary, "must be one of \(names.joined(separator: ", "))")
      return nil
    }
    guard let kind = kinds.first(where: { $0.kind == entry.key }) else {
      visitor.fail("", given: "'\(entry.key)'", suggestion(for: entry.key, among: names))
      return nil
    }
    return kind.read(entry.value, visitor.child(at: entry.key)).map { Distribution($0) }
  }

  public func written() -> SpecValue { Self.written(prior) }

  private static func written<Kind: Prior>(_ prior: Kind) -> SpecValue {
    prior is FixedPrior ? prior.written() : .map([.init(Kind.kind, prior.written())])
  }
}

extension SpecVisitor {
  /// A prior all of whose values must lie in a range.
  package func prior(_ key: String, _ value: inout Distribution, _ range: SpecRange) {
    convertible(key, &value)
    checkSupport(key, value, range)
  }

  /// A prior that may be left out.
  package func prior(_ key: String, _ value: inout Distribution?, _ range: SpecRange) {
    convertible(key, &value)
    if let value { checkSupport(key, value, range) }
  }

  private func checkSupport(_ key: String, _ value: Distribution, _ range: SpecRange) {
    if isReading && isGiven(key) { _ = isSupport(key, of: value, within: range) }
  }

  /// Whether all that a prior draws lies in a range, which is an error if not.
  func isSupport(_ key: String = "", of value: Distribution, within range: SpecRange) -> Bool {
    let support = value.support
    // A continuous prior never draws its very ends, so they may lie on a bound that is excluded.
    let mayTouch = !value.prior.hasItsEnds
    let unbounded = value.hasRareLargeValues && range.upper == .infinity
    let isInside =
      (range.contains(support.lowerBound) || mayTouch && support.lowerBound == range.lower)
      && (range.contains(support.upperBound) || unbounded || mayTouch && support.upperBound == range.upper)
    let given =
      support.lowerBound == support.upperBound
      ? specNumber(support.lowerBound)
      : "values from \(specNumber(support.lowerBound)) to \(specNumber(support.upperBound))"
    check(isInside, key, given: given, range.requirement)
    return isInside
  }
}

import LensCore
import LensNumerics

/// The value of another number: `same_as: planes.lens.mass.host.sie.axis_ratio`.
struct SameAs: Relation {
  static let kind = "same_as"

  let path: String

  var references: [String] { [path] }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> SameAs? {
    guard case .scalar(let path) = value, !path.isEmpty else {
      visitor.fail("", given: value.summary, "must be the path of a number")
      return nil
    }
    return SameAs(path: path)
  }

  func support(_ references: [ClosedRange<Double>]) -> ClosedRange<Double> { references[0] }

  func value(_ references: [Double], _ stream: RandomStream) -> Double { references[0] }
}

/// slope x + offset, with normal scatter: `linear: {of: PATH, slope: 2, offset: 0.1, scatter: 0.05}`.
struct LinearRelation: Relation, SpecFields {
  static let kind = "linear"

  var of = ""
  var slope = 1.0
  var offset = 0.0
  /// Standard deviation.
  var scatter = 0.0

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("of", &of)
    visitor.number("slope", &slope, .finite)
    visitor.number("offset", &offset, .finite)
    visitor.number("scatter", &scatter, .nonNegative)
    visitor.check(!of.isEmpty, "of", given: "nothing", "must be the path of a number")
  }

  var references: [String] { [of] }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> LinearRelation? {
    visitor.readObject(LinearRelation(), value, at: "")
  }

  func support(_ references: [ClosedRange<Double>]) -> ClosedRange<Double> {
    let ends = [references[0].lowerBound, references[0].upperBound].map { slope * $0 + offset }
    return (min(ends[0], ends[1]) - reach * scatter)...(max(ends[0], ends[1]) + reach * scatter)
  }

  func value(_ references: [Double], _ stream: RandomStream) -> Double {
    let centre = slope * references[0] + offset
    return scatter == 0 ? centre : centre + scatter * truncatedNormal(stream)
  }
}

/// factor (x / pivot)^exponent, with scatter in dex: `power: {of: PATH, factor: 10, pivot: 1e12, exponent: -0.1, scatter: 0.1}`.
struct PowerRelation: Relation, SpecFields {
  static let kind = "power"

  var of = ""
  var factor = 1.0
  var pivot = 1.0
  var exponent = 1.0
  /// Standard deviation of the decadic logarithm.
  var scatter = 0.0

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("of", &of)
    visitor.number("factor", &factor, .positive)
    visitor.number("pivot", &pivot, .positive)
    visitor.number("exponent", &exponent, SpecRange(-20...20))
    visitor.number("scatter", &scatter, SpecRange(0...5))
    visitor.check(!of.isEmpty, "of", given: "nothing", "must be the path of a number")
  }

  var references: [String] { [of] }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> PowerRelation? {
    visitor.readObject(PowerRelation(), value, at: "")
  }

  func support(_ references: [ClosedRange<Double>]) -> ClosedRange<Double> {
    let ends = [references[0].lowerBound, references[0].upperBound].map {
      factor * Double.power(max($0, 0) / pivot, exponent)
    }
    let spread = Double.exp(reach * scatter * Double.log(10))
    return (min(ends[0], ends[1]) / spread)...(max(ends[0], ends[1]) * spread)
  }

  /// - Throws: `NumericalError.notFinite` for the power of a number below 0.
  func value(_ references: [Double], _ stream: RandomStream) throws -> Double {
    let dex = scatter == 0 ? 0 : scatter * truncatedNormal(stream)
    let value = factor * Double.power(references[0] / pivot, exponent) * Double.exp(dex * Double.log(10))
    guard value.isFinite else {
      throw NumericalError.notFinite(quantity: "power of \(of)", context: "\(references[0])^\(exponent)")
    }
    return value
  }
}

/// Standard deviations that scatter reaches, so that what follows from a relation has limits.
private let reach = 5.0

private func truncatedNormal(_ stream: RandomStream) -> Double {
  for attempt in 0..<UInt32(16) {
    let value = stream.normal(attempt)
    if abs(value) <= reach { return value }
  }
  return 0
}

import LensCore

/// One kind of distribution that a number may be drawn from. A new kind is a file with such a type and a line in `Distribution.kinds`.
public protocol Prior: Sendable {
  /// The key under which documents give it.
  static var kind: String { get }
  /// Reads what stands under that key.
  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Self?
  func written() -> SpecValue

  /// The smallest and the largest value that can be drawn.
  var support: ClosedRange<Double> { get }
  /// Whether the values that can be drawn lie apart.
  var isDiscrete: Bool { get }
  /// Whether the ends of the support can be drawn themselves.
  var hasItsEnds: Bool { get }
  /// Whether only whole numbers can be drawn.
  var isWhole: Bool { get }
  /// Whether there is a largest value in practice although the support is infinite.
  var hasRareLargeValues: Bool { get }
  /// The value, if no other can be drawn.
  var only: Double? { get }
  /// The order of magnitude of what draws differ by.
  var width: Double { get }

  /// A pure function of the stream and the position.
  ///
  /// - Parameter first: Of the 256 positions that are this draw's own.
  /// - Throws: `NumericalError.noConvergence` if none of some hundred attempts gives a value.
  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double
}

extension Prior {
  public var isDiscrete: Bool { false }
  public var hasItsEnds: Bool { isDiscrete }
  public var isWhole: Bool { false }
  public var hasRareLargeValues: Bool { false }
  public var only: Double? { support.lowerBound == support.upperBound ? support.lowerBound : nil }
  public var width: Double { support.upperBound - support.lowerBound }
}

/// A prior that documents give as a mapping of its parameters.
package protocol PriorFields: Prior, SpecFields {}

extension PriorFields {
  package static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Self? {
    visitor.readObject(Self(), value, at: "")
  }

  package func written() -> SpecValue { SpecVisitor.write(self) }
}

extension SpecVisitor {
  /// A list of numbers, at least one.
  ///
  /// - Parameter form: What it must be, if it is none.
  func readNumbers(_ value: SpecValue, orFail form: String) -> [Double]? {
    guard case .list(let items) = value, !items.isEmpty else {
      fail("", given: value.summary, form)
      return nil
    }
    let numbers = items.enumerated().compactMap { readNumber($1, "\($0)", .finite) }
    return numbers.count == items.count ? numbers : nil
  }

  /// Two numbers of a range, the first not above the second.
  func readLimits(_ value: SpecValue, _ range: SpecRange) -> (lower: Double, upper: Double)? {
    guard let numbers = readNumbers(value, orFail: "must be [lower, upper]") else { return nil }
    guard numbers.count == 2, numbers[0] <= numbers[1], numbers.allSatisfy(range.contains) else {
      let isPositive = range == .positive
      fail(
        "", given: "[\(numbers.map(specNumber).joined(separator: ", "))]",
        "must be [lower, upper] with lower <= upper\(isPositive ? ", both greater than 0" : "")")
      return nil
    }
    return (numbers[0], numbers[1])
  }
}

func writtenNumbers(_ numbers: [Double]) -> SpecValue { .list(numbers.map { .scalar(specNumber($0)) }) }

/// Rounding must not carry a draw past its limits.
package func bounded(_ value: Double, _ limits: ClosedRange<Double>) -> Double {
  min(max(value, limits.lowerBound), limits.upperBound)
}

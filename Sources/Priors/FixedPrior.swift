import LensCore

/// A number that is always the same; documents give the bare number.
struct FixedPrior: Prior {
  static let kind = "a number"

  let value: Double

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> FixedPrior? {
    visitor.readNumber(value, "", .finite).map { FixedPrior(value: $0) }
  }

  func written() -> SpecValue { .scalar(specNumber(value)) }

  var support: ClosedRange<Double> { value...value }
  var isDiscrete: Bool { true }
  var isWhole: Bool { value == value.rounded() }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double { value }
}

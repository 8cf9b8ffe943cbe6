import LensCore
import LensNumerics

/// One of the numbers, all equally likely: `choice: [1, 2, 5]`.
struct ChoicePrior: Prior {
  static let kind = "choice"

  let values: [Double]

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> ChoicePrior? {
    visitor.readNumbers(value, orFail: "must be a list of numbers").map { ChoicePrior(values: $0) }
  }

  func written() -> SpecValue { writtenNumbers(values) }

  var support: ClosedRange<Double> { span(values) }
  var isDiscrete: Bool { true }
  var isWhole: Bool { values.allSatisfy { $0 == $0.rounded() } }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    values[min(values.count - 1, Int(stream.uniform(first) * Double(values.count)))]
  }
}

/// One of the numbers, as often as its weight says: `weighted_choice: {values: [1, 2], weights: [3, 1]}`.
struct WeightedChoicePrior: Prior {
  static let kind = "weighted_choice"

  /// Those that can be drawn, and the probability that a draw is one of them or one before.
  let values: [Double]
  let weights: [Double]

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> WeightedChoicePrior? {
    let fields = visitor.readObject(Fields(), value, at: "")
    return fields.isUsable ? WeightedChoicePrior(values: fields.values, weights: fields.weights) : nil
  }

  private struct Fields: SpecFields {
    var values: [Double] = []
    var weights: [Double] = []

    mutating func visit(_ visitor: SpecVisitor) {
      visitor.numberList("values", &values, .finite)
      visitor.numberList("weights", &weights, .nonNegative)
      visitor.check(
        isUsable, "", given: "\(values.count) values and \(weights.count) weights",
        "must have as many weights as values, at least one of them above 0")
    }

    var isUsable: Bool {
      !values.isEmpty && values.count == weights.count && weights.reduce(0, +) > 0
        && weights.reduce(0, +).isFinite
    }
  }

  func written() -> SpecValue {
    .map([.init("values", writtenNumbers(values)), .init("weights", writtenNumbers(weights))])
  }

  private var possible: [Double] { zip(values, weights).filter { $0.1 > 0 }.map(\.0) }

  var support: ClosedRange<Double> { span(possible) }
  var isDiscrete: Bool { true }
  var isWhole: Bool { possible.allSatisfy { $0 == $0.rounded() } }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    var rest = stream.uniform(first) * weights.reduce(0, +)
    for (value, weight) in zip(values, weights) {
      if rest < weight { return value }
      rest -= weight
    }
    // What rounding leaves goes to the last that is possible.
    return possible[possible.count - 1]
  }
}

private func span(_ values: [Double]) -> ClosedRange<Double> {
  values.reduce(Double.infinity) { min($0, $1) }...values.reduce(-Double.infinity) { max($0, $1) }
}

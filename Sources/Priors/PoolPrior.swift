import LensCore

/// A few values for all samples together: `pool: {prior: {uniform: [0, 1]}, values: 5}`.
///
/// The prior is drawn as often as there are values, and each sample takes one of them.
struct PoolPrior: PriorFields {
  static let kind = "pool"

  var prior = Distribution.uniform(lower: 0, upper: 1)
  var values = 5

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.convertible("prior", &prior)
    visitor.integer("values", &values, 1...1_000_000)
    visitor.check(
      visitor.hasValue("prior"), "prior", given: "nothing",
      "must be given, the prior that values are drawn from")
  }

  var support: ClosedRange<Double> { prior.support }
  var isDiscrete: Bool { prior.prior.isDiscrete }
  var hasItsEnds: Bool { prior.prior.hasItsEnds }
  var isWhole: Bool { prior.isWhole }
  var hasRareLargeValues: Bool { prior.hasRareLargeValues }
  var only: Double? { prior.only }
  var width: Double { prior.prior.width }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    let choice = Int(stream.uniform(first) * Double(values))
    return try prior.draw(stream.ofWholeSet, number: choice)
  }
}

import LensCore
import LensNumerics

/// Whole numbers: `poisson: {mean: 25}`.
struct PoissonPrior: PriorFields {
  static let kind = "poisson"

  var mean = 1.0

  mutating func visit(_ visitor: SpecVisitor) { visitor.number("mean", &mean, SpecRange(0...1e6)) }

  var support: ClosedRange<Double> { 0...Double.infinity }
  var isDiscrete: Bool { true }
  var isWhole: Bool { true }
  var hasRareLargeValues: Bool { true }
  var only: Double? { mean == 0 ? 0 : nil }

  func draw(_ stream: RandomStream, _ first: UInt32) throws -> Double {
    try poissonDraw(mean: mean, stream: stream, first: first)
  }
}

import LensCore
import LensNumerics

/// Evenly between the limits: `uniform: [0.5, 1]`.
struct UniformPrior: Prior {
  static let kind = "uniform"

  let support: ClosedRange<Double>

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> UniformPrior? {
    visitor.readLimits(value, .finite).map { UniformPrior(support: $0.lower...$0.upper) }
  }

  func written() -> SpecValue { writtenNumbers([support.lowerBound, support.upperBound]) }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    support.lowerBound + (support.upperBound - support.lowerBound) * stream.uniform(first)
  }
}

/// Evenly in the logarithm: `log_uniform: [0.1, 10]`.
struct LogUniformPrior: Prior {
  static let kind = "log_uniform"

  let support: ClosedRange<Double>

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> LogUniformPrior? {
    visitor.readLimits(value, .positive).map { LogUniformPrior(support: $0.lower...$0.upper) }
  }

  func written() -> SpecValue { writtenNumbers([support.lowerBound, support.upperBound]) }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    let (low, high) = (Double.log(support.lowerBound), Double.log(support.upperBound))
    return bounded(Double.exp(low + (high - low) * stream.uniform(first)), support)
  }
}

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

/// Whole numbers between the limits, these among them, all equally likely: `uniform_integer: [1, 6]`.
struct UniformIntegerPrior: Prior {
  static let kind = "uniform_integer"

  let support: ClosedRange<Double>

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> UniformIntegerPrior? {
    guard let limits = visitor.readLimits(value, .finite) else { return nil }
    let ends = [limits.lower, limits.upper]
    guard ends.allSatisfy({ $0 == $0.rounded() && abs($0) <= 1e15 }) else {
      visitor.fail(
        "", given: "[\(ends.map(specNumber).joined(separator: ", "))]", "must be two whole numbers up to 1e15"
      )
      return nil
    }
    return UniformIntegerPrior(support: limits.lower...limits.upper)
  }

  func written() -> SpecValue { writtenNumbers([support.lowerBound, support.upperBound]) }

  var isDiscrete: Bool { true }
  var isWhole: Bool { true }

  func draw(_ stream: RandomStream, _ first: UInt32) -> Double {
    let count = support.upperBound - support.lowerBound + 1
    return bounded(support.lowerBound + (count * stream.uniform(first)).rounded(.down), support)
  }
}

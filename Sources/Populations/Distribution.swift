import LensCore
import LensNumerics

/// The distribution that a parameter of a population is drawn from.
///
/// In YAML a bare number is fixed; the others are mappings, for instance `uniform: [0.5, 1]`,
/// `normal: {mean: 0, standard_deviation: 0.5}`, `log_uniform: [1, 10]`, `poisson: {mean: 25}`,
/// `power_law: {exponent: -1.9, minimum: 1e6, maximum: 1e10}`, `choice: [1, 2, 3]`.
public enum Distribution: Sendable, Equatable {
  case fixed(Double)
  case uniform(lower: Double, upper: Double)
  /// Truncated to the limits, which may be infinite.
  case normal(mean: Double, standardDeviation: Double, minimum: Double, maximum: Double)
  /// Uniform in the logarithm.
  case logUniform(lower: Double, upper: Double)
  /// Density proportional to x^exponent between the limits.
  case powerLaw(exponent: Double, minimum: Double, maximum: Double)
  case poisson(mean: Double)
  /// One of the values, all equally likely.
  case choice([Double])

  /// The smallest and the largest value that can be drawn.
  public var support: ClosedRange<Double> {
    switch self {
    case .fixed(let value): value...value
    case .uniform(let lower, let upper), .logUniform(let lower, let upper): lower...upper
    case .normal(let mean, let deviation, let minimum, let maximum):
      supportOfNormal(mean - Self.reach * deviation, mean + Self.reach * deviation, minimum, maximum)
    case .powerLaw(_, let minimum, let maximum): minimum...maximum
    case .poisson: 0...Double.infinity
    case .choice(let values):
      values.reduce(Double.infinity) { min($0, $1) }...values.reduce(-Double.infinity) { max($0, $1) }
    }
  }

  /// Standard deviations from the mean beyond which nothing is drawn: a uniform number has 53 bits.
  private static let reach = 40.0

  private func supportOfNormal(
    _ low: Double, _ high: Double, _ minimum: Double, _ maximum: Double
  ) -> ClosedRange<Double> {
    let lower = max(low, minimum)
    return lower...max(lower, min(high, maximum))
  }

  /// The value, if no other can be drawn.
  var only: Double? {
    switch self {
    case .normal(let mean, standardDeviation: 0, _, _): mean
    case .poisson(mean: 0): 0
    default: support.lowerBound == support.upperBound ? support.lowerBound : nil
    }
  }

  /// The order of magnitude of what draws differ by; nil for those that cannot differ by as little as one likes.
  var width: Double? {
    guard !isDiscrete, only == nil else { return nil }
    if case .normal(_, let deviation, _, _) = self { return deviation }
    return support.upperBound - support.lowerBound
  }

  var isPoisson: Bool { if case .poisson = self { true } else { false } }

  /// Whether only whole numbers can be drawn.
  var isWhole: Bool {
    switch self {
    case .poisson: true
    case .fixed(let value): value == value.rounded()
    case .choice(let values): values.allSatisfy { $0 == $0.rounded() }
    case .uniform, .normal, .logUniform, .powerLaw: false
    }
  }

  /// Whether the ends of the support are drawn with a probability of their own.
  var isDiscrete: Bool {
    switch self {
    case .fixed, .choice, .poisson: true
    case .uniform, .normal, .logUniform, .powerLaw: false
    }
  }

  /// A number from the distribution: a pure function of the stream and the draw's number in it.
  ///
  /// - Throws: `NumericalError.noConvergence` if 256 draws of a normal fall outside its limits.
  public func draw(_ stream: RandomStream, number: Int = 0) throws -> Double {
    // Draws that may need several blocks get 256 of their own.
    let position = UInt32(truncatingIfNeeded: number) &* 256
    let u = stream.uniform(position)
    switch self {
    case .fixed(let value): return value
    case .uniform(let lower, let upper): return lower + (upper - lower) * u
    case .logUniform(let lower, let upper):
      return bounded(Double.exp(Double.log(lower) + (Double.log(upper) - Double.log(lower)) * u))
    case .powerLaw(let exponent, let minimum, let maximum):
      return bounded(powerLawQuantile(u, exponent, minimum, maximum))
    case .poisson(let mean): return try poissonDraw(mean: mean, stream: stream, first: position)
    case .choice(let values): return values[min(values.count - 1, Int(u * Double(values.count)))]
    case .normal(let mean, let deviation, let minimum, let maximum):
      for attempt in 0..<UInt32(256) {
        let value = mean + deviation * stream.normal(position &+ attempt)
        if value >= minimum && value <= maximum { return value }
      }
      throw NumericalError.noConvergence(method: "truncated normal draw", context: "\(self)")
    }
  }

  /// Rounding must not carry a draw past the limits.
  private func bounded(_ value: Double) -> Double {
    min(max(value, support.lowerBound), support.upperBound)
  }
}

/// Inverse of the distribution function of density x^exponent on [minimum, maximum].
private func powerLawQuantile(_ u: Double, _ exponent: Double, _ minimum: Double, _ maximum: Double) -> Double
{
  let order = exponent + 1
  if abs(order) < 1e-9 { return minimum * Double.power(maximum / minimum, u) }
  // In units of one limit, so that no power overflows: the ratio's power is at most 1 in both cases.
  if order > 0 {
    let low = minimum > 0 ? Double.power(minimum / maximum, order) : 0
    return maximum * Double.power(low + (1 - low) * u, 1 / order)
  }
  let high = Double.power(maximum / minimum, order)
  return minimum * Double.power(1 + (high - 1) * u, 1 / order)
}

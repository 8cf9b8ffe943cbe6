import Foundation
import LensTestSupport
import Populations
import Priors
import Testing

/// A prior as the papers state it, apart from the code under test.
enum Prior {
  case fixed(Double)
  case uniform(Double, Double)
  case normal(Double, Double)
  /// Density proportional to x^exponent.
  case power(Double, Double, Double)
  case poisson(Double)

  /// Distribution function; for the continuous ones.
  func cumulative(_ x: Double) -> Double {
    switch self {
    case .uniform(let low, let high): return (x - low) / (high - low)
    case .normal(let mean, let deviation): return 0.5 * erfc((mean - x) / (deviation * 2.0.squareRoot()))
    case .power(let exponent, let low, let high) where exponent == -1: return log(x / low) / log(high / low)
    case .power(let exponent, let low, let high):
      let (a, b) = (pow(low, exponent + 1), pow(high, exponent + 1))
      return (pow(x, exponent + 1) - a) / (b - a)
    case .fixed, .poisson: return .nan
    }
  }

  /// Expects values to follow the prior.
  func expect(_ values: [Double], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(values.count >= 1000, "\(name) was drawn \(values.count) times", sourceLocation: sourceLocation)
    switch self {
    case .fixed(let value):
      let isFixed = values.allSatisfy { $0 == value }
      #expect(isFixed, "\(name) is not always \(value)", sourceLocation: sourceLocation)
    case .poisson(let mean):
      let tail = poissonTail(values, mean: mean)
      #expect(tail > smallestTail, "\(name): chance \(tail)", sourceLocation: sourceLocation)
    case .uniform, .normal, .power:
      let tail = kolmogorovSmirnovTail(values, cumulative: cumulative)
      #expect(tail > smallestTail, "\(name): chance \(tail)", sourceLocation: sourceLocation)
    }
  }
}

/// A right sampler fails one test in 10,000 for a new seed; the seeds are fixed.
let smallestTail = 1e-4

/// Chi-square test of counts; bins hold at least 8 expected values.
private func poissonTail(_ values: [Double], mean: Double) -> Double {
  let n = Double(values.count)
  let largest = Int(mean + 12 * mean.squareRoot() + 20)
  func expected(_ k: Int) -> Double { n * exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1)) }
  var (statistic, bins, wanted, found) = (0.0, 0, 0.0, 0.0)
  var used = 0.0
  for k in 0...largest {
    wanted += expected(k)
    found += Double(values.count { $0 == Double(k) })
    // The last bin takes the whole upper tail.
    let rest = n - used - wanted
    if wanted < 8 || (rest < 8 && k < largest) { continue }
    statistic += (found - wanted) * (found - wanted) / wanted
    (used, bins, wanted, found) = (used + wanted, bins + 1, 0, 0)
  }
  return chiSquareTail(statistic, degreesOfFreedom: bins - 1)
}

/// The values of every parameter over many drawn scenes.
func drawnParameters(_ plan: PopulationPlan, count: Int) throws -> [String: [Double]] {
  var values: [String: [Double]] = [:]
  for index in 0..<count {
    for parameter in try plan.scene(index).parameters {
      values[parameter.name, default: []].append(parameter.value)
    }
  }
  return values
}

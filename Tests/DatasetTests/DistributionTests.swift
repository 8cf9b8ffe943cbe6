import Foundation
import LensCore
import LensTestSupport
import Populations
import Priors
import Testing

/// Every kind of distribution, drawn as a parameter of many samples and as many draws of one sample.
struct DistributionTests {
  private static let count = 4000

  private func acrossSamples(_ distribution: Distribution, seed: UInt64 = 1) throws -> [Double] {
    try (0..<Self.count).map {
      try distribution.draw(RandomKey(seed: seed, sample: UInt64($0)).stream("a.parameter"))
    }
  }

  private func withinSample(_ distribution: Distribution, seed: UInt64 = 1) throws -> [Double] {
    let stream = RandomKey(seed: seed, sample: 5).stream("another.parameter")
    return try (0..<Self.count).map { try distribution.draw(stream, number: $0) }
  }

  @Test(arguments: [
    (Distribution.uniform(lower: -3, upper: 4), Prior.uniform(-3, 4)),
    (.normal(mean: 2, standardDeviation: 0.5, minimum: -.infinity, maximum: .infinity), .normal(2, 0.5)),
    (.logUniform(lower: 1e-3, upper: 1e5), .power(-1, 1e-3, 1e5)),
    (.powerLaw(exponent: -1.9, minimum: 1e6, maximum: 1e10), .power(-1.9, 1e6, 1e10)),
    (.powerLaw(exponent: -1, minimum: 1e6, maximum: 1e10), .power(-1, 1e6, 1e10)),
    (.powerLaw(exponent: 1, minimum: 0, maximum: 2), .power(1, 0, 2)),
    (.powerLaw(exponent: 3, minimum: 1, maximum: 2), .power(3, 1, 2)),
    (.poisson(mean: 0.4), .poisson(0.4)), (.poisson(mean: 7), .poisson(7)),
    (.poisson(mean: 25), .poisson(25)),
    (.poisson(mean: 400), .poisson(400)), (.fixed(-1.5), .fixed(-1.5)),
  ])
  func `draws follow their distribution`(_ distribution: Distribution, _ prior: Prior) throws {
    prior.expect(try acrossSamples(distribution), "\(distribution) across samples")
    prior.expect(try withinSample(distribution), "\(distribution) within a sample")
  }

  @Test func `a truncated normal keeps its shape between the limits`() throws {
    let limits = (low: -0.5, high: 1.7)
    let whole = Prior.normal(0.2, 1)
    let (a, b) = (whole.cumulative(limits.low), whole.cumulative(limits.high))
    let values = try acrossSamples(
      .normal(mean: 0.2, standardDeviation: 1, minimum: limits.low, maximum: limits.high))
    #expect(values.allSatisfy { $0 >= limits.low && $0 <= limits.high })
    #expect(kolmogorovSmirnovTail(values) { (whole.cumulative($0) - a) / (b - a) } > smallestTail)
  }

  @Test func `choices are equally likely`() throws {
    let choices = [3.0, -1, 7, 7.5, 0]
    let values = try acrossSamples(.choice(choices))
    let expected = Double(Self.count) / Double(choices.count)
    let statistic = choices.reduce(0.0) { sum, choice in
      let found = Double(values.count { $0 == choice })
      return sum + (found - expected) * (found - expected) / expected
    }
    #expect(Set(values) == Set(choices))
    #expect(chiSquareTail(statistic, degreesOfFreedom: choices.count - 1) > smallestTail)
  }

  @Test func `no draw leaves the support, however narrow`() throws {
    let distributions: [Distribution] = [
      .uniform(lower: 0.1, upper: 0.1.nextUp), .logUniform(lower: 0.7, upper: 0.7),
      .logUniform(lower: 1e-300, upper: 1e300), .powerLaw(exponent: -1.9, minimum: 3, maximum: 3),
      .powerLaw(exponent: 20, minimum: 0, maximum: 1e-5), .powerLaw(exponent: -20, minimum: 1, maximum: 1e10),
      .powerLaw(exponent: -1 + 1e-10, minimum: 1e6, maximum: 1e10), .choice([4]), .poisson(mean: 0),
    ]
    for distribution in distributions {
      let values = try acrossSamples(distribution)
      #expect(values.allSatisfy { distribution.support.contains($0) }, "\(distribution)")
    }
  }

  @Test func `powers close to minus one join smoothly`() throws {
    let (low, high) = (1e6, 1e10)
    let exact = try withinSample(.powerLaw(exponent: -1, minimum: low, maximum: high))
    var worst = WorstError("power law near exponent -1")
    for offset in [1e-10, -1e-10, 1.1e-9, -1.1e-9, 1e-8] {
      let near = try withinSample(.powerLaw(exponent: -1 + offset, minimum: low, maximum: high))
      // The quantile's derivative by the exponent is below ln(high / low)^2.
      let slope = pow(log(high / low), 2)
      for (a, b) in zip(exact, near) {
        worst.note((a / b - 1) / slope / max(abs(offset), 1e-8), at: "\(offset)")
      }
    }
    worst.expect(atMost: 1)
  }

  @Test func `a normal that never meets its limits says so`() {
    let stream = RandomKey(seed: 1, sample: 1).stream("x")
    let distribution = Distribution.normal(mean: 0, standardDeviation: 1, minimum: 9, maximum: 10)
    let error = #expect(throws: NumericalError.self) { try distribution.draw(stream) }
    #expect("\(String(describing: error))".contains("truncated normal draw"))
  }
}

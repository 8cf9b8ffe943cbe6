import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import Testing

struct RandomDrawTests {
  /// A test with a fixed seed either always passes or never does; this is how unlikely the seed may be.
  private static let leastProbability = 1e-3
  /// Standard deviations that a moment may be off: exceeded with a probability of 6e-5.
  private static let largestDeviation = 4.0

  private func poissonDraws(_ mean: Double, count: Int) throws -> [Double] {
    try (0..<count).map {
      try poissonDraw(mean: mean, stream: RandomKey(seed: 11, sample: UInt64($0)).stream("poisson"), first: 0)
    }
  }

  @Test(arguments: [0.1, 3, 9.99, 10.01, 50, 1e4])
  func `Poisson draws follow the distribution`(mean: Double) throws {
    let count = 200_000
    let draws = try poissonDraws(mean, count: count)
    #expect(draws.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    var observed: [Int: Int] = [:]
    for draw in draws { observed[Int(draw), default: 0] += 1 }
    // Neighbouring counts are grouped until at least 20 draws are expected; the tails join the last groups.
    let reach = 12 * mean.squareRoot() + 12
    var groups: [(observed: Double, expected: Double)] = []
    var group = (observed: 0.0, expected: 0.0)
    for k in Int(max(0, mean - reach))...Int(mean + reach) {
      let probability = exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1))
      group.observed += Double(observed[k] ?? 0)
      group.expected += probability * Double(count)
      if group.expected >= 20 {
        groups.append(group)
        group = (0, 0)
      }
    }
    groups[groups.count - 1].observed += group.observed
    groups[groups.count - 1].expected += group.expected
    let chiSquare = groups.reduce(0) { sum, group in
      let difference = group.observed - group.expected
      return sum + difference * difference / group.expected
    }
    #expect(groups.reduce(0) { $0 + $1.observed } == Double(count))
    let probability = try tail(chiSquare, degreesOfFreedom: groups.count - 1)
    print("chi-square probability of Poisson draws of mean \(mean): \(probability), \(groups.count) groups")
    #expect(probability > Self.leastProbability)
  }

  /// Exact up to two degrees of freedom, where `chiSquareTail` is not good.
  private func tail(_ value: Double, degreesOfFreedom: Int) throws -> Double {
    try #require(degreesOfFreedom > 0)
    switch degreesOfFreedom {
    case 1: return erfc((value / 2).squareRoot())
    case 2: return exp(-value / 2)
    default: return chiSquareTail(value, degreesOfFreedom: degreesOfFreedom)
    }
  }

  @Test(arguments: [1.0, 25, 1e7, 1e12])
  func `Poisson draws have equal mean and variance`(mean: Double) throws {
    let count = 100_000.0
    let (measured, variance) = moments(try poissonDraws(mean, count: Int(count)))
    var worst = WorstError("moments of Poisson draws of mean \(mean), in standard deviations")
    worst.note((measured - mean) / (mean / count).squareRoot(), at: "mean")
    // The fourth central moment is 3 mean^2 + mean.
    worst.note((variance - mean) / ((2 * mean * mean + mean) / count).squareRoot(), at: "variance")
    worst.expect(atMost: Self.largestDeviation)
  }

  @Test func `a mean without photons gives none and one that is not finite throws`() throws {
    let stream = RandomKey(seed: 1, sample: 2).stream("a")
    for mean in [0, -0.0, -1, -1e300, Double.leastNonzeroMagnitude] {
      #expect(try poissonDraw(mean: mean, stream: stream, first: 0) == 0)
    }
    for mean in [Double.nan, .infinity, -.infinity] {
      #expect(throws: NumericalError.notFinite(quantity: "mean of a Poisson draw", context: "\(mean)")) {
        _ = try poissonDraw(mean: mean, stream: stream, first: 0)
      }
    }
  }

  @Test func `a Poisson draw depends on its stream and position alone`() throws {
    let stream = RandomKey(seed: 1, sample: 2).stream("a")
    for mean in [3.0, 100] {
      let draws = try (0..<100).map { try poissonDraw(mean: mean, stream: stream, first: $0 * 256) }
      let again = try (0..<100).reversed().map {
        try poissonDraw(mean: mean, stream: stream, first: $0 * 256)
      }
      #expect(draws == again.reversed())
      #expect(Set(draws).count > 5)
      // The last positions wrap around instead of trapping.
      #expect(try poissonDraw(mean: mean, stream: stream, first: .max) >= 0)
    }
  }

  @Test func `normal draws follow the distribution`() {
    let stream = RandomKey(seed: 5, sample: 8).stream("normal")
    let pairs = (0..<UInt32(100_000)).map { stream.normalPair($0) }
    for (name, values) in [("first", pairs.map(\.0)), ("second", pairs.map(\.1))] {
      let probability = kolmogorovSmirnovTail(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
      print("Kolmogorov-Smirnov probability of the \(name) normal number: \(probability)")
      #expect(probability > Self.leastProbability)
    }
    // Two numbers at right angles have independent squares too, whose variances are 2.
    let squares = pairs.reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) } / 2
    let products = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    var worst = WorstError("correlations of a normal pair, in standard deviations")
    worst.note(products / Double(pairs.count).squareRoot(), at: "values")
    worst.note(squares / Double(pairs.count).squareRoot(), at: "squares")
    worst.expect(atMost: Self.largestDeviation)
    #expect(stream.normal(3) == stream.normalPair(3).0)
  }

  @Test func `normal draws reach beyond four standard deviations as often as they must`() {
    let stream = RandomKey(seed: 5, sample: 7).stream("normal")
    let count = UInt32(2_000_000)
    let probability = 0.5 * erfc(4 / 2.0.squareRoot())
    var (above, below) = (0.0, 0.0)
    for position in 0..<count {
      let (a, b) = stream.normalPair(position)
      above += (a > 4 ? 1 : 0) + (b > 4 ? 1 : 0)
      below += (a < -4 ? 1 : 0) + (b < -4 ? 1 : 0)
    }
    let expected = 2 * Double(count) * probability
    var worst = WorstError("numbers beyond 4 sigma, in standard deviations from the \(expected) expected")
    worst.note((above - expected) / expected.squareRoot(), at: "\(above) above")
    worst.note((below - expected) / expected.squareRoot(), at: "\(below) below")
    worst.expect(atMost: Self.largestDeviation)
  }
}

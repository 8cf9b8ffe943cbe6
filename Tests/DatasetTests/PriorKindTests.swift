import Dataset
import Foundation
import LensCore
import LensTestSupport
import Populations
import Priors
import Testing

/// Kinds of priors as documents give them.
struct PriorKindTests {
  private struct One: SpecFields {
    var value = Distribution.fixed(0)
    mutating func visit(_ visitor: SpecVisitor) { visitor.convertible("value", &value) }
  }

  private func read(_ text: String) throws -> Distribution {
    try SpecVisitor.read(One.self, from: .map([.init("value", try parseSpec(text))])).value
  }

  private func draws(_ text: String, count: Int = 4000) throws -> [Double] {
    let distribution = try read(text)
    return try (0..<count).map {
      try distribution.draw(RandomKey(seed: 5, sample: UInt64($0)).stream("a.parameter"))
    }
  }

  /// Against distribution functions that share nothing with the code under test: the beta function's by summing its density.
  private func betaCumulative(_ a: Double, _ b: Double) -> (Double) -> Double {
    // In x = sin^2(t), where the density is without poles for exponents from 1/2 on.
    let count = 20_000
    let norm = lgamma(a + b) - lgamma(a) - lgamma(b)
    var sums = [0.0]
    for k in 0..<count {
      let t = (Double(k) + 0.5) / Double(count) * .pi / 2
      let density = 2 * exp(norm + (2 * a - 1) * log(sin(t)) + (2 * b - 1) * log(cos(t)))
      sums.append(sums[k] + density * .pi / 2 / Double(count))
    }
    return { x in
      let place = asin(min(max(x, 0), 1).squareRoot()) / (.pi / 2) * Double(count)
      let low = min(count - 1, Int(place))
      return sums[low] + (sums[low + 1] - sums[low]) * (place - Double(low))
    }
  }

  @Test(arguments: [(1.0, 1.0), (2, 5), (0.5, 0.5), (0.6, 3), (40, 3), (500, 700)])
  func `beta`(a: Double, b: Double) throws {
    let cumulative = betaCumulative(a, b)
    #expect(abs(cumulative(1) - 1) < 1e-3)
    let values = try draws("beta: {a: \(a), b: \(b), minimum: -2, maximum: 3}")
    #expect(values.allSatisfy { (-2...3).contains($0) })
    #expect(kolmogorovSmirnovTail(values) { cumulative(($0 + 2) / 5) } > smallestTail)
  }

  @Test func `beta with small exponents piles up at both ends, and stays within them`() throws {
    let values = try draws("beta: {a: 0.01, b: 0.01}")
    #expect(values.allSatisfy { (0...1).contains($0) })
    let (low, high) = (values.count { $0 < 1e-6 }, values.count { $0 > 1 - 1e-6 })
    // P(x < 1e-6) = 1e-6^0.01 / 2 = 0.435.
    for count in [low, high] { #expect(abs(Double(count) - 0.435 * 4000) < 4 * 31.4) }
  }

  @Test func `half normal`() throws {
    let values = try draws("half_normal: {standard_deviation: 0.2, minimum: 1}")
    #expect(kolmogorovSmirnovTail(values) { erf(max($0 - 1, 0) / 0.2 / 2.0.squareRoot()) } > smallestTail)
  }

  @Test func `weighted choice`() throws {
    let values = try draws("weighted_choice: {values: [5, 1, 9, 2], weights: [1, 3, 0, 6]}")
    var statistic = 0.0
    for (value, share) in [(5.0, 0.1), (1, 0.3), (2, 0.6)] {
      let expected = share * Double(values.count)
      statistic += pow(Double(values.count { $0 == value }) - expected, 2) / expected
    }
    #expect(Set(values) == [5, 1, 2])
    #expect(chiSquareTail(statistic, degreesOfFreedom: 2) > smallestTail)
  }

  @Test(arguments: [
    ("{half_normal: {standard_deviation: 1}}", 0.5, 2.0), ("{log_uniform: [0.1, 10]}", 0.5, 2),
    ("{power_law: {exponent: -1.5, minimum: 0.2, maximum: 10}}", 0.5, 2),
    ("{beta: {a: 2, b: 3, maximum: 4}}", 0.5, 2), ("{normal: {mean: 1, standard_deviation: 1}}", 0.5, 2),
    ("{truncated: {prior: {uniform: [0, 5]}, maximum: 4}}", 0.5, 2),
  ])
  func `what is truncated is the rest of the whole`(prior: String, low: Double, high: Double) throws {
    let whole = try draws(prior, count: 40_000).filter { $0 >= low && $0 <= high }.sorted()
    let values = try draws("truncated: {prior: \(prior), minimum: \(low), maximum: \(high)}")
    #expect(values.allSatisfy { $0 >= low && $0 <= high })
    let tail = kolmogorovSmirnovTail(values) { x in
      Double(whole.partitioningIndex { $0 > x }) / Double(whole.count)
    }
    #expect(tail > smallestTail, "\(prior): chance \(tail)")
  }

  @Test func `whole numbers are equally likely, the limits among them`() throws {
    let values = try draws("uniform_integer: [-1, 4]")
    #expect(Set(values) == [-1, 0, 1, 2, 3, 4])
    let expected = Double(values.count) / 6
    let statistic = (-1...4).reduce(0.0) { total, number in
      total + pow(Double(values.count { $0 == Double(number) }) - expected, 2) / expected
    }
    #expect(chiSquareTail(statistic, degreesOfFreedom: 5) > smallestTail)
    #expect(throws: SpecErrors.self) { try draws("uniform_integer: [0.5, 2]") }
  }

  @Test func `truncated counts stay whole`() throws {
    let values = try draws("truncated: {prior: {poisson: {mean: 3}}, minimum: 1, maximum: 4}")
    #expect(Set(values) == [1, 2, 3, 4])
    let weights = [1: 3.0, 2: 4.5, 3: 4.5, 4: 3.375]
    let sum = weights.values.reduce(0, +)
    let statistic = weights.reduce(0.0) { total, pair in
      let expected = pair.value / sum * Double(values.count)
      return total + pow(Double(values.count { $0 == Double(pair.key) }) - expected, 2) / expected
    }
    #expect(chiSquareTail(statistic, degreesOfFreedom: 3) > smallestTail)
  }

  /// One example of each kind; a new kind must have one.
  private static let examples = [
    "2.5", "uniform: [0.5, 1]", "log_uniform: [0.1, 10]", "choice: [1, 2, 5]",
    "normal: {mean: 0, standard_deviation: 0.5, minimum: -1}", "poisson: {mean: 25}",
    "power_law: {exponent: -1.9, minimum: 1, maximum: 10}", "half_normal: {standard_deviation: 0.1}",
    "pool: {prior: {uniform: [1, 2]}, values: 3}",
    "uniform_integer: [1, 6]", "beta: {a: 2, b: 0.5}", "weighted_choice: {values: [1, 2], weights: [3, 1]}",
    "truncated: {prior: {normal: {mean: 0}}, maximum: 0.5}",
  ]

  @Test func `every kind reads back as it was written, and draws within its support`() throws {
    for text in Self.examples {
      let distribution = try read(text)
      let again = try SpecVisitor.read(One.self, from: .map([.init("value", distribution.written())])).value
      #expect(again == distribution, "\(text)")
      #expect(try draws(text, count: 500).allSatisfy { distribution.support.contains($0) }, "\(text)")
    }
    let kinds = Set(Self.examples.compactMap { $0.split(separator: ":").first.map(String.init) })
    for kind in Distribution.kinds { #expect(kinds.contains(kind.kind), "\(kind.kind) has no example") }
  }

  @Test(arguments: [
    ("beta: {a: 0}", "value.beta.a: 0 given, must be at least 0.01"),
    ("beta: {minimum: 2}", "value.beta.maximum: 1 given, must be at least the minimum 2"),
    ("half_normal: {standard_deviation: -1}", "value.half_normal.standard_deviation: -1 given"),
    (
      "weighted_choice: {values: [1, 2], weights: [1]}",
      "value.weighted_choice: 2 values and 1 weights given, must have as many weights as values"
    ),
    ("weighted_choice: {values: [1], weights: [0]}", "at least one of them above 0"),
    ("weighted_choice: {values: [1], weights: [-1]}", "value.weighted_choice.weights.0: -1 given"),
    ("truncated: {maximum: 2}", "value.truncated.prior: nothing given, must be given"),
    (
      "truncated: {prior: {uniform: [0, 1]}, minimum: 0.95}",
      "per cent lie inside the limits given, at least 10 per cent must"
    ),
    ("half_norml: {}", "value: 'half_norml' given, did you mean half_normal?"),
    ("uniform: [2, 1]", "value.uniform: [2, 1] given, must be [lower, upper] with lower <= upper"),
  ])
  func `a bad prior is refused with what is allowed`(text: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) { _ = try read(text) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  @Test func `a population draws from them, and its keys bound them`() throws {
    let settings = [
      "planes.source.light.galaxy.sersic.axis_ratio={beta: {a: 5, b: 2, minimum: 0.2}}",
      "planes.lens.mass.shear.shear.strength={truncated: {prior: {half_normal: {standard_deviation: 0.1}}, maximum: 0.3}}",
    ]
    let plan = try PopulationPlan(try smallPopulation("model-a", settings), seed: 3)
    let scenes = try (0..<50).map { try plan.scene($0) }
    #expect(
      scenes.allSatisfy {
        (0.2...1).contains($0["planes.source.light.galaxy.sersic.axis_ratio"])
          && $0["planes.lens.mass.shear.shear.strength"] <= 0.3
      })
    #expect(Set(scenes.map { $0["planes.source.light.galaxy.sersic.axis_ratio"] }).count == 50)
    let error = #expect(throws: SpecErrors.self) {
      _ = try loadPopulation(
        "model-a",
        settings: ["planes.lens.mass.shear.shear.strength={half_normal: {standard_deviation: 0.1}}"])
    }
    #expect(
      error.map { "\($0)" }
        == "\(ModelPaths.shear).strength: values from 0 to 4 given, must be at least 0 and less than 1")
  }
}

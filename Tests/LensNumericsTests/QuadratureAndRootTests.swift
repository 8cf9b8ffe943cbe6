import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import Testing

struct QuadratureAndRootTests {
  /// A weighted sum of numbers below 1 whose weights sum to 1 rounds by a few parts in 1e16.
  private static let rounding = 2e-15

  @Test func `a rule of order n integrates polynomials up to degree 2n - 1`() throws {
    var worst = WorstError("Gauss-Legendre rules on monomials, relative")
    for order in [1, 2, 3, 5, 8, 16, 20, 33, 64, 100] {
      let rule = try GaussLegendreRule(order: order)
      #expect(rule.nodes.count == order && rule.nodes.allSatisfy { $0 > 0 && $0 < 1 })
      for degree in 0..<(2 * order) {
        let integral = rule.integrate(from: 0, to: 1) { Foundation.pow($0, Double(degree)) }
        // Powers near 1 amplify the rounding of a node by the degree.
        let exact = 1 / Double(degree + 1)
        worst.note((integral - exact) / exact / Double(1 + degree), at: "order \(order), degree \(degree)")
      }
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test(arguments: 1...6)
  func `a rule of order n misses degree 2n by the theoretical error`(order: Int) throws {
    let rule = try GaussLegendreRule(order: order)
    let integral = rule.integrate(from: 0, to: 1) { Foundation.pow($0, Double(2 * order)) }
    // (n!)^4 / ((2n + 1) ((2n)!)^2) times the derivative (2n)! (Abramowitz & Stegun 25.4.30, on [0, 1]).
    let factorial = { (n: Int) in (1...n).reduce(1.0) { $0 * Double($1) } }
    let missing =
      Foundation.pow(factorial(order), 4) / (Double(2 * order + 1) * Foundation.pow(factorial(2 * order), 2))
    #expect(abs(1 / Double(2 * order + 1) - integral - missing) < Self.rounding)
  }

  @Test func `integrals over other ranges`() {
    let rule = GaussLegendreRule.order64
    #expect(
      abs(rule.integrate(from: -1, to: 2, Foundation.exp) - (exp(2) - exp(-1))) < Self.rounding * exp(2))
    #expect(abs(rule.integrate(from: 0, to: .pi, Foundation.sin) - 2) < 2 * Self.rounding)
    #expect(rule.integrate(from: 1, to: 1, Foundation.exp) == 0)
    let forth = rule.integrate(from: 1, to: 3, Foundation.exp)
    #expect(abs(forth + rule.integrate(from: 3, to: 1, Foundation.exp)) < Self.rounding * forth)
  }

  @Test(arguments: [0, -3])
  func `an impossible order is refused`(order: Int) {
    #expect(throws: NumericalError.self) { _ = try GaussLegendreRule(order: order) }
  }

  @Test func `roots are found to the tolerance`() throws {
    var worst = WorstError("roots, relative")
    let cases: [(ClosedRange<Double>, (Double) -> Double, Double)] = [
      (0...2, { $0 * $0 - 2 }, 2.0.squareRoot()), (2...4, Foundation.sin, .pi),
      (0...1e6, { $0 - 1e-3 }, 1e-3),
      (-5 ... -1, { $0 * $0 * $0 + 8 }, -2), (0...10, { Foundation.exp($0) - 100 }, Foundation.log(100)),
      (0...3, { 1 - $0 }, 1), (-1...9, { $0 < 4 ? -1 : 1 }, 4),
    ]
    for (range, function, expected) in cases {
      let root = try findRoot(in: range, quantity: "root", function)
      worst.note(root, expected: expected, floor: 0, at: "\(expected)")
    }
    // The stated 1e-14 and the rounding of the function at its root.
    worst.expect(atMost: 1e-14 + 4e-16)
  }

  @Test(arguments: [-1.0...2, -2...1, -3...1e6])
  func `a root at zero is found`(range: ClosedRange<Double>) throws {
    // Nothing is small relative to zero: the stated 1e-14, but of the range.
    let tolerance = 1e-14 * (range.upperBound - range.lowerBound)
    #expect(abs(try findRoot(in: range, quantity: "root") { $0 }) <= tolerance)
    #expect(abs(try findRoot(in: range, quantity: "root") { Foundation.expm1($0 / 1e6) }) <= tolerance)
  }

  @Test(arguments: [(0.0...2, 0.0), (-2...0, 0), (1...2, 1), (1...2, 2)])
  func `a root at an end is found`(range: ClosedRange<Double>, root: Double) throws {
    #expect(try findRoot(in: range, quantity: "root") { $0 - root } == root)
  }

  @Test func `a range without a change of sign is refused`() {
    for function: @Sendable (Double) -> Double in [
      { $0 * $0 + 1 }, { _ in -1 }, { _ in .nan }, { _ in 1e-200 },
    ] {
      #expect(throws: NumericalError.self) { _ = try findRoot(in: -1...1, quantity: "root", function) }
    }
  }

  @Test func `the Bessel function agrees with the C library`() {
    var worst = WorstError("besselJ1 over its envelope")
    for x in Array(grid(20_000, Double(-60)...60)) + Array(spread(20_000, Double(1e-12)...1000)) {
      // Both are good to a few ulp of the envelope, whose phase has the rounding of x.
      let envelope = min(0.6, (2 / (.pi * max(abs(x), 1e-300))).squareRoot()) * max(1, abs(x) / 4)
      worst.note((besselJ1(x) - Foundation.j1(x)) / envelope, at: "\(x)")
    }
    // Sixteen ulp, the tolerance TEST_TOL1 of GSL's own tests.
    worst.expect(atMost: 16 * Double.ulpOfOne)
    // Abramowitz & Stegun table 9.5: the first zeros.
    #expect(abs(besselJ1(3.831_705_970_207_512)) < 1e-15 && abs(besselJ1(7.015_586_669_815_619)) < 1e-15)
    #expect(besselJ1(0) == 0 && besselJ1(1e-20) == 5e-21)
  }
}

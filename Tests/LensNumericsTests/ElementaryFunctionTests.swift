import Foundation
import LensNumerics
import LensTestSupport
import Testing

/// The bounds that `LensScalar` states, in ulp of the result, against the C library in extended precision.
struct ElementaryFunctionTests {
  private static let count = 1_000_000

  private func bound(_ ulps: Double) -> Double { ulps + referenceError }

  @Test func `the logarithm is within 3 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("log, \(type), ulp")
      for x in spread(Self.count, Scalar.leastNormalMagnitude...Scalar.greatestFiniteMagnitude) {
        worst.note(ulps(Scalar.log(x), Foundation.log(Reference(x))), at: "\(x)")
      }
      for x in grid(Self.count, Scalar(0.5)...2) {
        worst.note(ulps(Scalar.log(x), Foundation.log(Reference(x))), at: "\(x)")
      }
      for x in spread(1000, Scalar.ulpOfOne / 2...Scalar.ulpOfOne * 1000) {
        worst.note(ulps(Scalar.log(1 - x), Foundation.log(Reference(1 - x))), at: "1 - \(x)")
        worst.note(ulps(Scalar.log(1 + x), Foundation.log(Reference(1 + x))), at: "1 + \(x)")
      }
      worst.expect(atMost: bound(3))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the exponential is within 3 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("exp, \(type), ulp")
      for x in grid(2 * Self.count, Scalar.exponentialRange) {
        worst.note(ulps(Scalar.exp(x), Foundation.exp(Reference(x))), at: "\(x)")
      }
      for x in spread(Self.count, Scalar(1e-30)...50) {
        worst.note(ulps(Scalar.exp(x), Foundation.exp(Reference(x))), at: "\(x)")
        worst.note(ulps(Scalar.exp(-x), Foundation.exp(Reference(-x))), at: "-\(x)")
      }
      worst.expect(atMost: bound(3))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the angle of a point is within 4 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("atan2, \(type), ulp")
      func note(_ y: Scalar, _ x: Scalar) {
        let expected = Foundation.atan2(Reference(y), Reference(x))
        worst.note(ulps(Scalar.atan2(y: y, x: x), expected), at: "y \(y), x \(x)")
      }
      for angle in grid(Self.count, Double(-3.15)...3.15) {
        note(Scalar(1.3 * Foundation.sin(angle)), Scalar(1.3 * Foundation.cos(angle)))
      }
      let sizes = Array(spread(600, Scalar(1e-15)...1e15))
      for a in sizes { for b in sizes { for (y, x) in [(a, b), (a, -b), (-a, b), (-a, -b)] { note(y, x) } } }
      worst.expect(atMost: bound(4))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the arc tangent is within 4 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("atan, \(type), ulp")
      for x in spread(Self.count, Scalar(1e-30)...1e30) {
        worst.note(ulps(Scalar.atan(x, overPositive: 1), Foundation.atan(Reference(x))), at: "\(x)")
        worst.note(ulps(Scalar.atan(-x, overPositive: 1), Foundation.atan(Reference(-x))), at: "-\(x)")
      }
      worst.expect(atMost: bound(4))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the inverse hyperbolic tangent is within 6 ulp, its polynomial within 2`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var (worst, small) = (WorstError("atanh, \(type), ulp"), WorstError("atanh(small), \(type), ulp"))
      func note(_ x: Scalar) {
        let expected = Foundation.atanh(Reference(x))
        worst.note(ulps(Scalar.atanh(x, over: 1), expected), at: "\(x)")
        if abs(x) <= 0.2005 {
          small.note(ulps(Scalar.inverseTangentHyperbolic(small: x), expected), at: "\(x)")
        }
      }
      for x in grid(Self.count, Scalar(-0.9999)...0.9999) { note(x) }
      for x in spread(Self.count, Scalar(1e-30)...Scalar(1).nextDown) {
        note(x)
        note(-x)
      }
      for x in spread(1000, Scalar.ulpOfOne / 2...0.01) { note(1 - x) }
      worst.expect(atMost: bound(6))
      small.expect(atMost: bound(2))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `either inverse tangent is within 2 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("either inverse tangent, \(type), ulp")
      for x in grid(Self.count, Scalar(1e-6)...0.2004) {
        let value = Scalar.eitherInverseTangent(x, signedSquare: x * x)
        worst.note(ulps(value, Foundation.atanh(Reference(x))), at: "hyperbolic, \(x)")
      }
      for x in grid(Self.count, Scalar(1e-6)...0.4142) {
        let value = Scalar.eitherInverseTangent(x, signedSquare: -x * x)
        worst.note(ulps(value, Foundation.atan(Reference(x))), at: "circular, \(x)")
      }
      worst.expect(atMost: bound(2))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `a power is as good as its logarithm and exponential`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("power, \(type), in units of 3 + 7 |exponent ln base| ulp")
      for base in spread(Self.count / 20, Scalar(1e-6)...1e6) {
        for step in -11...11 {
          let exponent = Scalar(0.37) * Scalar(step)
          let argument = Reference(exponent) * Foundation.log(Reference(base))
          guard Scalar.exponentialRange.contains(Scalar(argument)) else { continue }
          // The argument's relative error, 3 ulp of the logarithm and half of the product, is at most 3.5 times
          // ulpOfOne; the exponential passes it on times the argument, in ulp that are at least half of ulpOfOne.
          let allowed = 3 + referenceError + 7 * Double(abs(argument))
          let error = ulps(Scalar.power(base, exponent), Foundation.exp(argument))
          worst.note(error / allowed, at: "\(base)^\(exponent)")
        }
      }
      worst.expect(atMost: 1)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `logarithm and power to base 2 are within 3 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var (log, exp) = (WorstError("log2, \(type), ulp"), WorstError("exp2, \(type), ulp"))
      for x in spread(Self.count, Scalar.leastNormalMagnitude...Scalar.greatestFiniteMagnitude) {
        log.note(ulps(Scalar.log2(x), Foundation.log2(Reference(x))), at: "\(x)")
      }
      for x in grid(Self.count, Scalar(0.5)...2) {
        log.note(ulps(Scalar.log2(x), Foundation.log2(Reference(x))), at: "\(x)")
      }
      let limit: Scalar = type == Float.self ? 126 : 1022
      for x in grid(2 * Self.count, -limit...limit) {
        exp.note(ulps(Scalar.exp2(x), Foundation.exp2(Reference(x))), at: "\(x)")
      }
      log.expect(atMost: bound(3))
      exp.expect(atMost: bound(3))
      #expect(
        Scalar.exp2(limit * 3) == Scalar.exp2(limit) && Scalar.exp2(-limit * 3) == Scalar.leastNormalMagnitude
      )
      #expect(Scalar.exp2(.nan).isNaN && Scalar.log2(.nan).isNaN)
      #expect(Scalar.log2(0) == Scalar.log2(Scalar.leastNormalMagnitude))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the logarithm of a ratio is within 6 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("log(n over m), \(type), ulp")
      // n - m is exact for whole numbers.
      for step in 0..<Self.count {
        let (n, m) = (Scalar(1 + step % 977), Scalar(1 + (step * 7919) % 1013))
        if n == m { continue }
        let expected = Foundation.log(Reference(n) / Reference(m))
        worst.note(ulps(Scalar.log(n, over: m, difference: n - m), expected), at: "\(n) over \(m)")
      }
      worst.expect(atMost: bound(6))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the sine of half turns is within its bounds, however many they are`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type, _ bound: Double, last: Scalar) {
      var worst = WorstError("sine of half turns, \(type), absolute")
      func note(_ h: Scalar) {
        // Exact: the whole numbers are the last bits of a number below `last`.
        let part = Reference(h) - 2 * (Reference(h) / 2).rounded()
        worst.note(
          Double(Reference(Scalar.sine(halfTurns: h)) - Foundation.sin(Reference.pi * part)), at: "\(h)")
      }
      for h in grid(Self.count, Scalar(-3)...3) { note(h) }
      for h in spread(Self.count, Scalar(1e-12)...last) {
        note(h)
        note(-h)
      }
      worst.expect(atMost: bound)
      for h in spread(1000, last...Scalar(1e30)) {
        #expect(abs(Scalar.sine(halfTurns: h)) <= 1.000_001 && abs(Scalar.sine(halfTurns: -h)) <= 1.000_001)
      }
      #expect(Scalar.sine(halfTurns: 0) == 0 && Scalar.sine(halfTurns: .nan).isNaN)
    }
    check(Float.self, 2e-7, last: 0x1p22)
    check(Double.self, 4e-16, last: 0x1p51)
  }

  @Test func `the square root is correctly rounded`() {
    for x in spread(Self.count, Float.leastNonzeroMagnitude...Float.greatestFiniteMagnitude)
    where Float.squareRoot(x) != x.squareRoot() {
      Issue.record("\(x)")
    }
    for x in spread(Self.count, Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
    where Double.squareRoot(x) != x.squareRoot() {
      Issue.record("\(x)")
    }
    #expect(Float.squareRoot(0) == 0 && Double.squareRoot(-1).isNaN)
  }
}

import Foundation
import LensNumerics
import LensTestSupport
import Testing

/// Where the elementary functions leave their ranges, and the axes.
struct SpecialValueTests {
  @Test func `the exponential underflows to zero and overflows to infinity`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      let least = Scalar(Foundation.log(Reference(Scalar.leastNormalMagnitude)))
      let greatest = Scalar(Foundation.log(Reference(Scalar.greatestFiniteMagnitude)))
      #expect(Scalar.exp(0) == 1 && Scalar.exp(-0.0) == 1)
      #expect(Scalar.exp(-.infinity) == 0 && Scalar.exp(.infinity) == .infinity)
      #expect(Scalar.exp(least - 20) == 0 && Scalar.exp(-Scalar.greatestFiniteMagnitude) == 0)
      #expect(Scalar.exp(greatest.nextUp.nextUp) == .infinity)
      #expect(Scalar.exp(Scalar.greatestFiniteMagnitude) == .infinity)
      #expect(Scalar.exp(greatest.nextDown.nextDown).isFinite)
      #expect(Scalar.exp(.nan).isNaN)
      for x in grid(10_000, least - 20...least + 5) {
        let value = Scalar.exp(x)
        #expect(value == 0 || value.isNormal, "exp(\(x)) = \(value)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `every normal result of the exponential is within 3 ulp`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("exp near underflow and overflow, \(type), ulp")
      let least = Scalar(Foundation.log(Reference(Scalar.leastNormalMagnitude))).nextUp
      let greatest = Scalar(Foundation.log(Reference(Scalar.greatestFiniteMagnitude))).nextDown
      for x in Array(grid(20_000, least...least + 1)) + Array(grid(20_000, greatest - 1...greatest)) {
        worst.note(ulps(Scalar.exp(x), Foundation.exp(Reference(x))), at: "\(x)")
      }
      worst.expect(atMost: 3 + referenceError)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `the logarithm takes zero and subnormals for the smallest normal number`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      let least = Scalar.log(Scalar.leastNormalMagnitude)
      #expect(Scalar.log(0) == least && Scalar.log(Scalar.leastNonzeroMagnitude) == least)
      #expect(Scalar.log(Scalar.leastNormalMagnitude.nextDown) == least)
      #expect(Scalar.log(1) == 0)
      #expect(ulps(least, Foundation.log(Reference(Scalar.leastNormalMagnitude))) <= 3)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `what is not a number stays so`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      #expect(Scalar.exp(.nan).isNaN)
      #expect(Scalar.log(.nan).isNaN)
      #expect(Scalar.power(.nan, 0.5).isNaN)
      #expect(Scalar.power(2, .nan).isNaN)
      #expect(Scalar.atan2(y: .nan, x: 1).isNaN && Scalar.atan2(y: 1, x: .nan).isNaN)
      #expect(Scalar.atanh(.nan, over: 1).isNaN && Scalar.inverseTangentHyperbolic(small: .nan).isNaN)
      #expect(Scalar.log(.nan, over: 1, difference: .nan).isNaN && Scalar.squareRoot(.nan).isNaN)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `angles on the axes and the diagonals`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      let pi = Reference.pi
      let cases: [(Scalar, Scalar, Reference)] = [
        (0, 1, 0), (1, 1, pi / 4), (1, 0, pi / 2), (1, -1, 3 * pi / 4), (0, -1, pi), (-1, 1, -pi / 4),
        (-1, 0, -pi / 2), (-1, -1, -3 * pi / 4), (-0.0, 1, 0),
      ]
      for size in [Scalar(1), 1e-20, 1e20] {
        for (y, x, angle) in cases {
          #expect(
            abs(ulps(Scalar.atan2(y: size * y, x: size * x), angle)) <= 1, "y \(y), x \(x), size \(size)")
        }
      }
      #expect(Scalar.atan2(y: 0, x: 0) == 0)
      // The half-open interval (-pi, pi]: the negative x-axis is pi from either side of zero.
      #expect(Scalar.atan2(y: -0.0, x: -1) > 0)
      #expect(Scalar.atan(0, overPositive: 1) == 0)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `angles of the largest and smallest points`() {
    func check<Scalar: SweptScalar>(_ type: Scalar.Type) {
      var worst = WorstError("atan2 of extreme points, \(type), ulp")
      // The stated range ends at half the largest number.
      let (largest, least) = (Scalar.greatestFiniteMagnitude / 2, Scalar.leastNormalMagnitude)
      let points = [
        (largest, largest), (largest / 2, largest), (least, least), (least, 2 * least), (least, largest),
      ]
      for (y, x) in points {
        worst.note(
          ulps(Scalar.atan2(y: y, x: x), Foundation.atan2(Reference(y), Reference(x))), at: "y \(y), x \(x)")
      }
      worst.expect(atMost: 4 + referenceError)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func `sine and cosine are within 2e-16`() {
    var worst = WorstError("sine and cosine")
    func note(_ angle: Double) {
      let (sine, cosine) = sineAndCosine(angle)
      worst.note(Double(Reference(sine) - Foundation.sin(Reference(angle))), at: "sin \(angle)")
      worst.note(Double(Reference(cosine) - Foundation.cos(Reference(angle))), at: "cos \(angle)")
    }
    for angle in grid(1_000_000, Double(-7)...7) { note(angle) }
    for angle in grid(1_000_000, Double(-99_999)...99_999) { note(angle) }
    // Next to the turns from one quarter to the other, and where the sine is small.
    for quarter in stride(from: -63_000, to: 63_000, by: 7) { note(Double(quarter) * Double.pi / 4) }
    for angle in spread(100_000, Double(1e-30)...1) { note(angle) }
    // The reference's own error counts in units of the last place of 1.
    worst.expect(atMost: 2e-16 + referenceError * 1.1e-16)
    #expect(sineAndCosine(0) == (0, 1))
  }

  @Test func `the logarithm of the Gamma function is within 1e-13`() {
    var worst = WorstError("logGamma")
    for x in Array(spread(200_000, Double(1e-8)...1e15)) + Array(grid(200_000, Double(0.01)...40)) {
      worst.note(logGamma(x), expected: Foundation.lgamma(x), floor: 1, at: "\(x)")
    }
    // The C library's Double function is good to a few ulp, far below the bound.
    worst.expect(atMost: 1e-13)
    var factorial = 1.0
    for n in 1...20 {
      factorial *= Double(n)
      #expect(
        abs(logGamma(Double(n + 1)) - Foundation.log(factorial)) <= 1e-13 * max(1, Foundation.log(factorial)))
    }
  }
}

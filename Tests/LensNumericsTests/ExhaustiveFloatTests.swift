import Dispatch
import Foundation
import LensNumerics
import LensTestSupport
import Synchronization
import Testing

/// The Float functions of ray loops at every Float of their range, against the C library's Double functions, which
/// are wrong by 2^-29 of a Float's ulp at most.
struct ExhaustiveFloatTests {
  /// The largest error in ulp over all Floats from one to another of the same sign, the first nearer to zero.
  private func worst(
    from first: Float, to last: Float, _ function: @escaping @Sendable (Float) -> Float,
    _ expected: @escaping @Sendable (Double) -> Double
  ) -> (error: Double, at: Float) {
    let (low, high) = (first.bitPattern, last.bitPattern)
    let pieces = 256
    let size = UInt64(high - low) / UInt64(pieces) + 1
    let worst = Mutex<(error: Double, at: Float)>((0, first))
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      var (error, place) = (0.0, first)
      let start = UInt64(low) + UInt64(piece) * size
      for pattern in start..<max(start, min(start + size, UInt64(high) + 1)) {
        let x = Float(bitPattern: UInt32(truncatingIfNeeded: pattern))
        let wanted = expected(Double(x))
        let difference = abs(Double(function(x)) - wanted) / Double(Float(wanted).ulp)
        // Written so that NaN counts as wrong.
        if !(difference <= error) { (error, place) = (difference.isNaN ? .infinity : difference, x) }
      }
      worst.withLock { if error > $0.error { $0 = (error, place) } }
    }
    return worst.withLock { $0 }
  }

  private func expect(
    _ name: String, atMost bound: Double, _ ranges: [(Float, Float)],
    _ function: @escaping @Sendable (Float) -> Float,
    _ expected: @escaping @Sendable (Double) -> Double
  ) {
    for (first, last) in ranges {
      let (error, place) = worst(from: first, to: last, function, expected)
      print("worst error: every Float, \(name), ulp: \(error) of at most \(bound) at \(place)")
      #expect(error <= bound, "\(name) at \(place)")
    }
  }

  private let normal = (Float.leastNormalMagnitude, Float.greatestFiniteMagnitude)

  @Test func `logarithms are within 3 ulp`() {
    expect("log", atMost: 3, [normal], { Float.log($0) }, { Foundation.log($0) })
    expect("log2", atMost: 3, [normal], { Float.log2($0) }, { Foundation.log2($0) })
  }

  @Test func `exponentials are within 3 ulp`() {
    // Nearer to zero than 2^-26 both are 1 to half an ulp.
    expect(
      "exp", atMost: 3, [(0x1p-26, 88.72), (-0x1p-26, -87.33)], { Float.exp($0) }, { Foundation.exp($0) })
    expect(
      "exp2", atMost: 3, [(0x1p-26, 126), (-0x1p-26, -126)], { Float.exp2($0) }, { Foundation.exp2($0) })
  }

  @Test func `the arc tangent is within 4 ulp`() {
    expect(
      "atan", atMost: 4, [(0x1p-100, 0x1p100)], { Float.atan($0, overPositive: 1) }, { Foundation.atan($0) })
  }

  @Test func `inverse hyperbolic tangents are within 2 and 6 ulp`() {
    expect(
      "small atanh", atMost: 2, [(0x1p-100, 0.2005)], { Float.inverseTangentHyperbolic(small: $0) },
      { Foundation.atanh($0) })
    expect(
      "atanh", atMost: 6, [(0x1p-100, Float(1).nextDown)], { Float.atanh($0, over: 1) },
      { Foundation.atanh($0) })
  }

  @Test func `either inverse tangent is within 2 ulp`() {
    expect(
      "either tangent, hyperbolic", atMost: 2, [(0x1p-60, 0.2004)],
      { Float.eitherInverseTangent($0, signedSquare: $0 * $0) }, { Foundation.atanh($0) })
    expect(
      "either tangent, circular", atMost: 2, [(0x1p-60, 0.4142)],
      { Float.eitherInverseTangent($0, signedSquare: -$0 * $0) }, { Foundation.atan($0) })
  }

  @Test func `square roots are correctly rounded`() {
    // A correctly rounded Double root rounds to the correctly rounded Float root.
    expect("sqrt", atMost: 0.5, [normal], { Float.squareRoot($0) }, { $0.squareRoot() })
  }
}

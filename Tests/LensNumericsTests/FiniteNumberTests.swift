import LensNumerics
import Testing

struct FiniteNumberTests {
  private func check<Scalar: LensScalar>(_ type: Scalar.Type) {
    for count in 0...100 {
      // Large ones, whose differences must not overflow.
      let finite = [Scalar](repeating: .greatestFiniteMagnitude, count: count)
      #expect(firstNonFinite(finite) == nil)
      for place in 0..<count {
        for bad in [Scalar.nan, .infinity, -.infinity] {
          var values = finite
          values[place] = bad
          values[count - 1] = bad
          #expect(firstNonFinite(values) == place, "\(bad) in place \(place) of \(count)")
        }
      }
    }
  }

  @Test func `the first number that is not finite is found wherever it is`() {
    check(Float.self)
    check(Double.self)
  }
}

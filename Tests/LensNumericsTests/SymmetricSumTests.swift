import LensCore
import LensNumerics
import LensTestSupport
import Testing

/// Runs of all lengths, because short ones, long ones and the ends of long ones are summed in different ways.
struct SymmetricSumTests {
  @Test func `sums are the weighted sums of neighbours, and nothing else is written`() {
    check(Float.self)
    check(Double.self)
  }

  private func check<Scalar: LensScalar>(_ type: Scalar.Type) {
    var worst = WorstError("symmetric sums, \(type)")
    for count in 1...70 {
      worst.note(error(type, count: count, step: 1, runs: 1), at: "\(count)")
      worst.note(error(type, count: count, step: count + 3, runs: 3), at: "\(count) in three runs")
    }
    // Five roundings of terms that add up to 1.
    worst.expect(atMost: 4 * Double(Scalar.ulpOfOne))
  }

  private func error<Scalar: LensScalar>(_ type: Scalar.Type, count: Int, step: Int, runs: Int) -> Double {
    let taps: [Scalar] = [0.4, 0.2, 0.1]
    let (runLength, unwritten) = (count + 3, Scalar(-7))
    let first = 2 * step
    let values = ColumnStorage<Scalar>(count: first + runs * runLength + first + 64, repeating: 0)
    let sums = ColumnStorage<Scalar>(count: runs * runLength, repeating: unwritten)
    let stream = RandomKey(seed: 8, sample: 0).stream("values")
    for i in 0..<values.count { values.column[i] = Scalar(stream.uniform(UInt32(i))) }
    sumSymmetric(
      values.column, middles: ColumnRuns(start: first, step: runLength), step: step, taps, to: sums.column,
      targets: ColumnRuns(start: 0, step: runLength), count: count, runs: runs)
    var worst = 0.0
    func value(_ i: Int) -> Double { Double(values.column[i]) }
    for run in 0..<runs {
      for i in 0..<runLength {
        let (at, sum) = (first + run * runLength + i, sums.column[run * runLength + i])
        if i >= count {
          #expect(sum == unwritten)
          continue
        }
        let expected = (-2...2).reduce(0.0) { $0 + Double(taps[abs($1)]) * value(at + $1 * step) }
        worst = max(worst, abs(Double(sum) - expected))
      }
    }
    return worst
  }
}

import LensCore
import LensNumerics
import LensTestSupport
import Testing

/// Runs of many lengths, because short ones, long ones and the ends of long ones are summed in different ways.
struct SymmetricSumTests {
  @Test func `sums are the weighted sums of neighbours, and nothing else is written`() {
    check(Float.self)
    check(Double.self)
  }

  private func check<Scalar: LensScalar>(_ type: Scalar.Type) {
    var worst = WorstError("symmetric sums, \(type), of the bound")
    // Usual numbers of taps are summed in functions of their own.
    for tapCount in 1...14 {
      let taps = taps(Scalar.self, count: tapCount)
      // n products, n - 1 sums of pairs and n - 1 sums of products, each rounded by half an ulp of at most 1.
      let bound = Double(3 * tapCount - 2) / 2 * Double(Scalar.ulpOfOne)
      for count in [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 70] {
        let place = "\(count) by \(tapCount) taps"
        worst.note(error(taps, count: count, step: 1, runs: 1) / bound, at: place)
        worst.note(error(taps, count: count, step: count + 3, runs: 3) / bound, at: "\(place) in three runs")
      }
    }
    worst.expect(atMost: 1)
  }

  /// Falling from the middle outwards; all together, those on both sides, they add up to 1.
  private func taps<Scalar: LensScalar>(_ type: Scalar.Type, count: Int) -> [Scalar] {
    let taps = (0..<count).map { 1 / Double($0 + 2) }
    let total = 2 * taps.reduce(0, +) - taps[0]
    return taps.map { Scalar($0 / total) }
  }

  private func error<Scalar: LensScalar>(_ taps: [Scalar], count: Int, step: Int, runs: Int) -> Double {
    let (runLength, unwritten) = (count + 3, Scalar(-7))
    let reach = taps.count - 1
    let first = reach * step
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
        let expected = (-reach...reach).reduce(0.0) { $0 + Double(taps[abs($1)]) * value(at + $1 * step) }
        worst = max(worst, abs(Double(sum) - expected))
      }
    }
    return worst
  }
}

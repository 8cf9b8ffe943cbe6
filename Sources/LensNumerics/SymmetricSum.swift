import LensCore

/// Equally long runs of numbers in a column, `step` elements from one run's start to the next's.
public struct ColumnRuns {
  let start: Int
  let step: Int

  public init(start: Int, step: Int) { (self.start, self.step) = (start, step) }
}

/// Writes taps[0] v[0] + sum_n taps[n] (v[-n] + v[n]) for runs of numbers, where v[n] is `step` elements after v[n-1].
///
/// - Parameters:
///   - middles: Where v[0] of each run's first number is.
///   - taps: From the middle outwards, at least one.
///   - targets: Where the sums of each run go.
///   - sums: Must not overlap `values`.
///   - count: Numbers in each run.
///   - runs: How many runs there are.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func sumSymmetric<Scalar: LensScalar>(
  _ values: Column<Scalar>, middles: ColumnRuns, step: Int, _ taps: [Scalar], to sums: Column<Scalar>,
  targets: ColumnRuns, count: Int, runs: Int
) {
  let tapCount = taps.count
  precondition(tapCount > 0)
  taps.withUnsafeBufferPointer { taps in
    guard let taps = Column(viewing: UnsafeMutableBufferPointer(mutating: taps)) else { return }
    for run in 0..<runs {
      let (middle, target) = (middles.start &+ run &* middles.step, targets.start &+ run &* targets.step)
      let sum = RunSum(
        values: values.advanced(by: middle), step: step, taps: taps, sums: sums.advanced(by: target),
        count: count)
      // The usual numbers of taps as literals, for which no loop over taps is left.
      switch tapCount {
      case 4: sum.write(taps: 4)
      case 5: sum.write(taps: 5)
      case 6: sum.write(taps: 6)
      case 7: sum.write(taps: 7)
      case 8: sum.write(taps: 8)
      case 9: sum.write(taps: 9)
      case 13: sum.write(taps: 13)
      default: sum.write(taps: tapCount)
      }
    }
  }
}

/// The sums of one run.
private struct RunSum<Scalar: LensScalar> {
  /// From the first number's v[0] on.
  let values: Column<Scalar>
  let step: Int
  let taps: Column<Scalar>
  let sums: Column<Scalar>
  let count: Int

  @inline(__always)
  func write(taps tapCount: Int) {
    var i = 0
    while i &+ 32 <= count {
      writeThirtyTwo(i, tapCount)
      i &+= 32
    }
    if count < 16 {
      for i in 0..<count { writeOne(i, tapCount) }
      return
    }
    while i < count {
      // The last sixteen may begin among the sums before, which then are written twice.
      writeSixteen(min(i, count &- 16), tapCount)
      i &+= 16
    }
  }

  /// Sums that stay in registers over all taps; two vectors of them hide the time of an addition.
  @inline(__always)
  private func writeThirtyTwo(_ i: Int, _ tapCount: Int) {
    var low = taps[0] * values.sixteen(at: i)
    var high = taps[0] * values.sixteen(at: i &+ 16)
    for n in 1..<tapCount {
      let (below, above) = (i &- n &* step, i &+ n &* step)
      low += taps[n] * (values.sixteen(at: below) + values.sixteen(at: above))
      high += taps[n] * (values.sixteen(at: below &+ 16) + values.sixteen(at: above &+ 16))
    }
    sums.set(low, at: i)
    sums.set(high, at: i &+ 16)
  }

  @inline(__always)
  private func writeSixteen(_ i: Int, _ tapCount: Int) {
    var sum = taps[0] * values.sixteen(at: i)
    for n in 1..<tapCount {
      sum += taps[n] * (values.sixteen(at: i &- n &* step) + values.sixteen(at: i &+ n &* step))
    }
    sums.set(sum, at: i)
  }

  @inline(__always)
  private func writeOne(_ i: Int, _ tapCount: Int) {
    var sum = taps[0] * values[i]
    for n in 1..<tapCount {
      sum += taps[n] * (values[i &- n &* step] + values[i &+ n &* step])
    }
    sums[i] = sum
  }
}

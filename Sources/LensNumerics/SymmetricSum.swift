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
///   - taps: From the middle outwards.
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
  for run in 0..<runs {
    let (middle, target) = (middles.start &+ run &* middles.step, targets.start &+ run &* targets.step)
    let whole = count / 32 * 32
    for i in stride(from: 0, to: whole, by: 32) {
      sumThirtyTwo(values, middle &+ i, step, taps, to: sums, target &+ i)
    }
    if count < 16 {
      for i in 0..<count { sums[target &+ i] = sumOne(values, middle &+ i, step, taps) }
    } else {
      for i in stride(from: whole, to: count, by: 16) {
        // The last sixteen may begin among the sums before, which then are written twice.
        let at = min(i, count &- 16)
        sums.set(sumSixteen(values, middle &+ at, step, taps), at: target &+ at)
      }
    }
  }
}

/// Sums that stay in registers over all taps; two vectors of them hide the time of an addition.
@inline(__always)
private func sumThirtyTwo<Scalar: LensScalar>(
  _ values: Column<Scalar>, _ middle: Int, _ step: Int, _ taps: [Scalar], to sums: Column<Scalar>,
  _ target: Int
) {
  var low = taps[0] * values.sixteen(at: middle)
  var high = taps[0] * values.sixteen(at: middle &+ 16)
  for n in 1..<max(1, taps.count) {
    let (below, above) = (middle &- n &* step, middle &+ n &* step)
    low += taps[n] * (values.sixteen(at: below) + values.sixteen(at: above))
    high += taps[n] * (values.sixteen(at: below &+ 16) + values.sixteen(at: above &+ 16))
  }
  sums.set(low, at: target)
  sums.set(high, at: target &+ 16)
}

@inline(__always)
private func sumSixteen<Scalar: LensScalar>(
  _ values: Column<Scalar>, _ middle: Int, _ step: Int, _ taps: [Scalar]
) -> SIMD16<Scalar> {
  var sum = taps[0] * values.sixteen(at: middle)
  for n in 1..<max(1, taps.count) {
    sum += taps[n] * (values.sixteen(at: middle &- n &* step) + values.sixteen(at: middle &+ n &* step))
  }
  return sum
}

@inline(__always)
private func sumOne<Scalar: LensScalar>(
  _ values: Column<Scalar>, _ middle: Int, _ step: Int, _ taps: [Scalar]
) -> Scalar {
  var sum = taps[0] * values[middle]
  for n in 1..<max(1, taps.count) {
    sum += taps[n] * (values[middle &- n &* step] + values[middle &+ n &* step])
  }
  return sum
}

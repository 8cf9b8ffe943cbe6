import LensCore

/// Writes taps[0] v[0] + sum_n taps[n] (v[-n] + v[n]) for a run of numbers, where v[n] is `step` elements after v[n-1].
///
/// - Parameters:
///   - middle: Where v[0] of the first number is.
///   - taps: From the middle outwards.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func sumSymmetric<Scalar: LensScalar>(
  _ values: Column<Scalar>, middle: Int, step: Int, _ taps: [Scalar], to sums: Column<Scalar>, at target: Int,
  count: Int
) {
  // Sixteen sums at a time stay in registers over all taps; four of them hide the time of an addition.
  let whole = count / 16 * 16
  for start in stride(from: 0, to: whole, by: 16) {
    sumSixteen(values, middle &+ start, step, taps, to: sums, target &+ start)
  }
  for i in whole..<count {
    let at = middle &+ i
    var sum = taps[0] * values[at]
    for n in 1..<max(1, taps.count) {
      sum += taps[n] * (values[at &- n &* step] + values[at &+ n &* step])
    }
    sums[target &+ i] = sum
  }
}

@inline(__always)
private func sumSixteen<Scalar: LensScalar>(
  _ values: Column<Scalar>, _ middle: Int, _ step: Int, _ taps: [Scalar], to sums: Column<Scalar>,
  _ target: Int
) {
  var low = taps[0] * values.eight(at: middle)
  var high = taps[0] * values.eight(at: middle &+ 8)
  for n in 1..<max(1, taps.count) {
    let (below, above) = (middle &- n &* step, middle &+ n &* step)
    low += taps[n] * (values.eight(at: below) + values.eight(at: above))
    high += taps[n] * (values.eight(at: below &+ 8) + values.eight(at: above &+ 8))
  }
  sums.set(low, at: target)
  sums.set(high, at: target &+ 8)
}

import LensCore

// Both precisions are compiled for themselves. Indices are added without overflow checks, since a loop that may trap
// does not vectorise.

/// Adds a weighted run of one column to a run of another.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func addWeighted<Scalar: LensScalar>(
  _ values: Column<Scalar>, from valueStart: Int, weight: Scalar, to sums: Column<Scalar>, at sumStart: Int,
  count: Int
) {
  for i in 0..<count { sums[sumStart &+ i] += weight * values[valueStart &+ i] }
}

/// Adds four weighted runs at once, which loads and stores the sums a fourth as often.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func addWeighted<Scalar: LensScalar>(
  _ values: Column<Scalar>, from starts: (Int, Int, Int, Int), weights: (Scalar, Scalar, Scalar, Scalar),
  to sums: Column<Scalar>, at sumStart: Int, count: Int
) {
  for i in 0..<count {
    let first = weights.0 * values[starts.0 &+ i] + weights.1 * values[starts.1 &+ i]
    let second = weights.2 * values[starts.2 &+ i] + weights.3 * values[starts.3 &+ i]
    sums[sumStart &+ i] += first + second
  }
}

/// Copies a run of one column to a run of another.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copyRun<Scalar: LensScalar>(
  _ values: Column<Scalar>, from valueStart: Int, to target: Column<Scalar>, at targetStart: Int, count: Int
) {
  for i in 0..<count { target[targetStart &+ i] = values[valueStart &+ i] }
}

/// Sets a run of a column to zero.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func clearRun<Scalar: LensScalar>(_ values: Column<Scalar>, at start: Int, count: Int) {
  for i in 0..<count { values[start &+ i] = 0 }
}

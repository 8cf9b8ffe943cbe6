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

/// Writes a weighted run of one column to a run of another.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copyWeighted<Scalar: LensScalar>(
  _ values: Column<Scalar>, from valueStart: Int, weight: Scalar, to target: Column<Scalar>,
  at targetStart: Int, count: Int
) {
  for i in 0..<count { target[targetStart &+ i] = weight * values[valueStart &+ i] }
}

/// Copies a run of one column to a run of another.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func copyRun<Scalar: LensScalar>(
  _ values: Column<Scalar>, from valueStart: Int, to target: Column<Scalar>, at targetStart: Int, count: Int
) {
  for i in 0..<count { target[targetStart &+ i] = values[valueStart &+ i] }
}

/// Gives the numbers from one on those of their opposites, counted from the other end.
///
/// - Parameter first: At least half of `count`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func mirror<Scalar: LensScalar>(_ values: Column<Scalar>, from first: Int, count: Int) {
  for i in first..<count { values[i] = values[count &- 1 &- i] }
}

/// Sets a run of a column to zero.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func clearRun<Scalar: LensScalar>(_ values: Column<Scalar>, at start: Int, count: Int) {
  for i in 0..<count { values[start &+ i] = 0 }
}

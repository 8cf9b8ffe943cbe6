import LensCore

/// Adds a weighted run of one column to a run of another; both precisions are compiled for themselves.
///
/// Indices are added without overflow checks, since a loop that may trap does not vectorise.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func addWeighted<Scalar: LensScalar>(
  _ values: Column<Scalar>, from valueStart: Int, weight: Scalar, to sums: Column<Scalar>, at sumStart: Int,
  count: Int
) {
  for i in 0..<count { sums[sumStart &+ i] += weight * values[valueStart &+ i] }
}

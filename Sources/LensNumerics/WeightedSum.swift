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
  var i = first
  // Sixteen at a time: one by one, the compiler could not know that what is read was not written before.
  while i &+ 16 <= count {
    let opposite = values.sixteen(at: count &- 16 &- i)
    var reversed = opposite
    for k in 0..<16 { reversed[k] = opposite[15 &- k] }
    values.set(reversed, at: i)
    i &+= 16
  }
  while i < count {
    values[i] = values[count &- 1 &- i]
    i &+= 1
  }
}

/// Sets a run of a column to zero.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func clearRun<Scalar: LensScalar>(_ values: Column<Scalar>, at start: Int, count: Int) {
  for i in 0..<count { values[start &+ i] = 0 }
}

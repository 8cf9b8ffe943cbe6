import LensCore

/// A Poisson-distributed whole number.
///
/// Up to a mean of 10 by inversion of the distribution function; above by transformed rejection, exact too.
/// Both use blocks `first`, `first + 1`, ... of the stream, at most 256 of them.
///
/// - Parameter mean: Finite; zero and below give zero.
/// - Throws: `NumericalError.notFinite` for a mean that is NaN or infinite.
///
/// Reference: Hoermann (1993), Insurance: Mathematics and Economics 12, 39, algorithm PTRS.
public func poissonDraw(mean: Double, stream: RandomStream, first: UInt32) throws -> Double {
  guard mean.isFinite else {
    throw NumericalError.notFinite(quantity: "mean of a Poisson draw", context: "\(mean)")
  }
  if mean <= 0 { return 0 }
  return mean < smallestRejectionMean
    ? poissonByInversion(mean, stream.uniform(first)) : try poissonByRejection(mean, stream, first)
}

/// Below this mean draws are by inversion.
private let smallestRejectionMean = 10.0

/// The quantities of one attempt, as Hoermann names them.
private struct RejectionAttempt {
  let a: Double
  let b: Double
  let vr: Double
  let us: Double
  /// The candidate k before it is rounded down.
  let value: Double

  @inline(__always)
  init(mean: Double, u: Double) {
    b = 0.931 + 2.53 * Double.squareRoot(mean)
    a = -0.059 + 0.02483 * b
    vr = 0.9277 - 3.6224 / (b - 2)
    us = 0.5 - abs(u)
    value = (2 * a / us + b) * u + mean + 0.43
  }
}

/// - Parameter mean: At most 32.
func poissonByInversion(_ mean: Double, _ uniform: Double) -> Double {
  var probability = Double.exp(-mean)
  var cumulative = probability
  var count = 0.0
  // Past 200 the rest of the distribution is far below the grid of the uniform numbers.
  while uniform > cumulative && count < 200 {
    count += 1
    probability *= mean / count
    cumulative += probability
  }
  return count
}

private func poissonByRejection(_ mean: Double, _ stream: RandomStream, _ first: UInt32) throws -> Double {
  let logMean = Double.log(mean)
  for number in 0..<UInt32(256) {
    let words = stream.block(first &+ number)
    let attempt = RejectionAttempt(mean: mean, u: unitInterval(words[0], words[1]) - 0.5)
    let (us, k, v) = (attempt.us, attempt.value.rounded(.down), unitInterval(words[2], words[3]))
    if us >= 0.07 && v <= attempt.vr { return k }
    if k < 0 || (us < 0.013 && v > us) { continue }
    let inverseAlpha = 1.1239 + 1.1328 / (attempt.b - 3.4)
    let left = Double.log(v) + Double.log(inverseAlpha) - Double.log(attempt.a / (us * us) + attempt.b)
    if left <= k * logMean - mean - logFactorial(k) { return k }
  }
  throw NumericalError.noConvergence(method: "Poisson rejection", context: "mean \(mean)")
}

/// Natural logarithm of k!, for a whole k >= 0; relative error below 1e-14.
func logFactorial(_ k: Double) -> Double { logGamma(k + 1) }

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
  return mean < 10
    ? poissonByInversion(mean, stream.uniform(first)) : try poissonByRejection(mean, stream, first)
}

private func poissonByInversion(_ mean: Double, _ uniform: Double) -> Double {
  var probability = Double.exp(-mean)
  var cumulative = probability
  var count = 0.0
  // Past 200 the rest of the distribution (mean < 10) is far below the grid of the uniform numbers.
  while uniform > cumulative && count < 200 {
    count += 1
    probability *= mean / count
    cumulative += probability
  }
  return count
}

private func poissonByRejection(_ mean: Double, _ stream: RandomStream, _ first: UInt32) throws -> Double {
  let b = 0.931 + 2.53 * Double.squareRoot(mean)
  let a = -0.059 + 0.02483 * b
  let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  let vr = 0.9277 - 3.6224 / (b - 2)
  let logMean = Double.log(mean)
  for attempt in 0..<UInt32(256) {
    let words = stream.block(first &+ attempt)
    let u = unitInterval(words[0], words[1]) - 0.5
    let v = unitInterval(words[2], words[3])
    let us = 0.5 - abs(u)
    let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
    if us >= 0.07 && v <= vr { return k }
    if k < 0 || (us < 0.013 && v > us) { continue }
    let left = Double.log(v) + Double.log(inverseAlpha) - Double.log(a / (us * us) + b)
    if left <= k * logMean - mean - logFactorial(k) { return k }
  }
  throw NumericalError.noConvergence(method: "Poisson rejection", context: "mean \(mean)")
}

/// Natural logarithm of k!, for a whole k >= 0; relative error below 1e-14.
func logFactorial(_ k: Double) -> Double { logGamma(k + 1) }

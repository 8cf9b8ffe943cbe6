import LensCore

/// Fills a column with `drawBlockSize` Poisson-distributed whole numbers.
///
/// From a mean of `smallestExpandedMean` on by the inverse distribution function's expansion in powers of one over
/// the root of the mean, evaluated at a normal number: its total variation distance from the Poisson distribution
/// is below 1.4e-5 there and falls with the square of the mean (`PoissonColumnTests`). Below by inversion of the
/// distribution function.
///
/// - Parameters:
///   - means: Finite; zero and below give zero.
///   - words: Filled from the stream of these numbers.
///   - radius, turns: Overwritten.
///
/// Reference: Giles (2016), ACM Transactions on Mathematical Software 42, 7, eq. for the normal asymptotic
/// approximation (Cornish-Fisher expansion of the Poisson distribution).
public func fillPoisson(
  _ counts: Column<Float>, means: Column<Float>, words: RandomWords, radius: Column<Float>,
  turns: Column<Float>
) {
  words.fillPolar(radius: radius, turns: turns, count: drawBlockSize)
  for i in 0..<drawBlockSize { radius[i] *= sineAndCosine(turns: turns[i]).cosine }
  for i in 0..<drawBlockSize {
    let mean = max(means[i], smallestExpandedMean)
    let (root, z) = (Float.squareRoot(mean), radius[i])
    let (inverse, z2) = (1 / root, z * z)
    let second = (1 / 3 as Float) + z2 * (1 / 6)
    let third = z * (-2 - z2) * (1 / 72)
    let fourth = (-16 + z2 * (7 + 3 * z2)) * (1 / 810)
    counts[i] = floorOfPositive(mean + root * z + (second + inverse * (third + inverse * fourth)))
  }
  replaceDim(counts, means: means, words: words, uniform: radius, darkness: turns)
}

/// From this mean on Poisson numbers come from the expansion.
public let smallestExpandedMean: Float = 32

/// The largest whole number at most x, for x >= 0.
@inline(__always)
private func floorOfPositive(_ x: Float) -> Float {
  // From 2^23 on every Float is a whole number.
  let nearest = x < 8_388_608 ? (x + 8_388_608) - 8_388_608 : x
  return nearest > x ? nearest - 1 : nearest
}

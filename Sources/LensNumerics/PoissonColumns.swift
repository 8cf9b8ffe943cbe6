import LensCore

/// Fills a column with `drawBlockSize` Poisson-distributed whole numbers.
///
/// From a mean of `smallestExpandedMean` on by the inverse distribution function's expansion in powers of one over
/// the root of the mean, evaluated at a normal number: its total variation distance from the Poisson distribution
/// is below 1.4e-5 there and falls with the square of the mean (`PoissonColumnTests`). Below by exact inversion.
///
/// - Parameters:
///   - means: Finite; zero and below give zero. Overwritten.
///   - words: Filled from the stream of these numbers.
///   - radius, turns, scratch: Overwritten.
///
/// Reference: Giles (2016), ACM Transactions on Mathematical Software 42, 7, eq. for the normal asymptotic
/// approximation (Cornish-Fisher expansion of the Poisson distribution).
public func fillPoisson(
  _ counts: Column<Float>, means: Column<Float>, words: RandomWords, radius: Column<Float>,
  turns: Column<Float>, scratch: DimDraws
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
  scratch.replaceDim(counts, means: means, words: words)
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

/// Memory for the numbers with small means of one block, which are drawn together.
public final class DimDraws {
  private let places = ColumnStorage<Int32>(count: drawBlockSize, repeating: 0)
  private let memory = RayTile<Double>(count: drawBlockSize)

  public init() {}

  /// Replaces the counts whose means are below `smallestExpandedMean`, by inversion of the distribution function.
  func replaceDim(_ counts: Column<Float>, means: Column<Float>, words: RandomWords) {
    let places = places.column
    var count = 0
    for i in 0..<drawBlockSize {
      places[count] = Int32(truncatingIfNeeded: i)
      count &+= means[i] < smallestExpandedMean ? 1 : 0
    }
    if count == 0 { return }
    let (mean, uniform) = (memory.image.x, memory.image.y)
    for j in 0..<count {
      let i = Int(places[j])
      mean[j] = Double(max(means[i], 0))
      uniform[j] = words.uniform(i)
    }
    // Neighbouring pixels have similar means, so a short run is done as soon as its own largest count is.
    for first in stride(from: 0, to: count, by: Self.runLength) {
      invert(first..<min(first + Self.runLength, count))
    }
    for j in 0..<count { counts[Int(places[j])] = Float(memory.brightness[j]) }
  }

  private static let runLength = 64

  /// Counts how many values of the distribution function lie below each uniform number.
  private func invert(_ run: Range<Int>) {
    let (mean, uniform) = (memory.image.x, memory.image.y)
    let (number, probability, cumulative) = (memory.brightness, memory.scratch.a, memory.scratch.b)
    for j in run {
      probability[j] = Double.exp(-mean[j])
      cumulative[j] = probability[j]
      number[j] = 0
    }
    // Past 200 the rest of the distribution is far below the grid of the uniform numbers.
    for k in 1...200 {
      let inverse = 1 / Double(k)
      var open: Int64 = 0
      for j in run {
        let isAbove = uniform[j] > cumulative[j]
        number[j] += isAbove ? 1 : 0
        open &+= isAbove ? 1 : 0
        probability[j] *= mean[j] * inverse
        cumulative[j] += probability[j]
      }
      if open == 0 { return }
    }
  }
}

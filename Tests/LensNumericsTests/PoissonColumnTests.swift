import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import Testing

/// Draws of whole columns: what noise is made of.
struct PoissonColumnTests {
  /// Standard deviations that a number may be off: exceeded with a probability of 6e-5.
  private static let largestDeviation = 4.0

  /// Calls `body` with columns of numbers, block after block.
  private func draw(blocks: Int, mean: Float?, _ body: (Column<Float>) -> Void) {
    let tile = RayTile<Float>(count: drawBlockSize)
    let high = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0)
    let low = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0)
    let words = RandomWords(high: high.column, low: low.column)
    let (values, means, radius, turns) = (tile.image.x, tile.image.y, tile.source.x, tile.source.y)
    let stream = RandomKey(seed: 21, sample: 4).stream("columns")
    for block in 0..<blocks {
      let first = UInt32(block * drawBlockSize / 2)
      if let mean {
        for i in 0..<drawBlockSize { means[i] = mean }
        words.fill(from: stream, firstBlock: first)
        fillPoisson(values, means: means, words: words, radius: radius, turns: turns)
      } else {
        fillNormals(
          values, from: stream, firstBlock: first / 2, words: words, radius: radius, turns: turns)
      }
      body(values)
    }
    withExtendedLifetime((tile, high, low)) {}
  }

  /// Natural logarithm of the probability of k.
  private func logProbability(_ k: Int, _ mean: Double) -> Double {
    Double(k) * log(mean) - mean - lgamma(Double(k) + 1)
  }

  @Test(arguments: [Float(0.05), 3, 12, 31.9, 32, 33, 60, 250, 3000, 1e5])
  func `columns follow the Poisson distribution`(mean: Float) {
    var observed: [Int: Double] = [:]
    let blocks = 2000
    draw(blocks: blocks, mean: mean) { values in
      for i in 0..<drawBlockSize {
        if values[i] < 0 || values[i] != values[i].rounded() { Issue.record("\(values[i]) drawn") }
        observed[Int(values[i]), default: 0] += 1
      }
    }
    let total = Double(blocks * drawBlockSize)
    // Chi-square over counts of which at least 20 are expected; all others are one group.
    var (statistic, groups, restObserved, restExpected) = (0.0, 0, total, total)
    let reach = Int(8 * Double(mean).squareRoot()) + 12
    for k in max(0, Int(mean) - reach)...(Int(mean) + reach) {
      let expected = total * exp(logProbability(k, Double(mean)))
      if expected < 20 { continue }
      let difference = (observed[k] ?? 0) - expected
      statistic += difference * difference / expected
      groups += 1
      restObserved -= observed[k] ?? 0
      restExpected -= expected
    }
    if restExpected > 5 {
      statistic += (restObserved - restExpected) * (restObserved - restExpected) / restExpected
    } else {
      groups -= 1
    }
    // Wilson & Hilferty: the cube root of chi-square over its degrees is normal.
    let degrees = Double(max(1, groups))
    let deviation =
      (cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / (2 / (9 * degrees)).squareRoot()
    print("worst error: Poisson column of mean \(mean), standard deviations of chi-square: \(deviation)")
    #expect(deviation < Self.largestDeviation)
  }

  /// The distance that `fillPoisson` states, computed from the expansion itself and the normal distribution.
  @Test func `the expansion is within 1.4e-5 of the Poisson distribution in total variation`() {
    for mean in [Double(smallestExpandedMean), 64, 256] {
      func expansion(_ z: Double) -> Double {
        let root = mean.squareRoot()
        return mean + root * z + (1.0 / 3 + z * z / 6) + (-z / 36 - z * z * z / 72) / root
          + (-8.0 / 405 + 7 * z * z / 810 + z * z * z * z / 270) / mean
      }
      /// The normal number at which the expansion reaches k.
      func place(_ k: Int) -> Double {
        var (low, high) = (-6.0, 8.0)
        for _ in 0..<60 {
          let middle = (low + high) / 2
          if expansion(middle) < Double(k) { low = middle } else { high = middle }
        }
        return low
      }
      func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
      let reach = Int(5.5 * mean.squareRoot())
      let distance = (Int(mean) - reach...Int(mean) + reach).reduce(0.0) {
        $0 + abs(normal(place($1 + 1)) - normal(place($1)) - exp(logProbability($1, mean))) / 2
      }
      print("worst error: total variation of the Poisson expansion at mean \(mean): \(distance)")
      #expect(distance < 1.4e-5 * pow(Double(smallestExpandedMean) / mean, 2) + 1e-7)
    }
  }

  /// The random words are chosen here, so that the numbers drawn are the inverse of the distribution function itself.
  @Test(arguments: [Float(1e-4), 0.3, 1, 5, 7.4, 12, 20, 31.9])
  func `dim counts are where the distribution function passes the uniform number`(mean: Float) {
    var worst = WorstError("distribution function of dim counts, mean \(mean)")
    var wrongTails = 0
    forStratifiedWords(mean) { uniform, count in
      let expected = inverse(uniform, Double(mean))
      let isTail = abs(uniform - 0.5) > 0.5 - 0x1p-12 - 1e-9
      if isTail { wrongTails += count == expected.count ? 0 : 1 }
      // How far the distribution function would have to move for this count.
      let error =
        count > expected.count
        ? expected.above - uniform : count < expected.count ? uniform - expected.below : 0
      worst.note(error, at: "\(uniform)")
      if abs(count - expected.count) > 1 { Issue.record("\(count) instead of \(expected.count)") }
    }
    #expect(wrongTails == 0)
    worst.expect(atMost: 1e-6)
  }

  /// The smallest count whose distribution function reaches u, with that function below and at it.
  private func inverse(_ u: Double, _ mean: Double) -> (count: Double, below: Double, above: Double) {
    var (count, probability, below) = (0.0, exp(-mean), 0.0)
    while u > below + probability && count < 200 {
      below += probability
      count += 1
      probability *= mean / count
    }
    return (count, below, below + probability)
  }

  /// Draws with uniform numbers that are spread evenly over 0 to 1, and with many in the tails.
  private func forStratifiedWords(_ mean: Float, _ body: (_ uniform: Double, _ count: Double) -> Void) {
    let tile = RayTile<Float>(count: drawBlockSize)
    let high = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0)
    let low = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0x1234_5678)
    let words = RandomWords(high: high.column, low: low.column)
    let blocks = 200
    for block in 0..<blocks {
      for i in 0..<drawBlockSize {
        tile.image.y[i] = mean
        let place = (Double(block * drawBlockSize + i) + 0.37) / Double(blocks * drawBlockSize)
        let tail = pow(2, -12 - 20 * place)
        let uniform = i % 16 == 3 ? tail : i % 16 == 9 ? 1 - tail : place
        high.column[i] = UInt32(uniform * 0x1p32)
      }
      fillPoisson(
        tile.image.x, means: tile.image.y, words: words, radius: tile.source.x, turns: tile.source.y)
      for i in 0..<drawBlockSize {
        body(unitInterval(high.column[i], low.column[i]), Double(tile.image.x[i]))
      }
    }
    withExtendedLifetime((tile, high, low)) {}
  }

  @Test func `columns of normal numbers follow the distribution into the tails`() {
    var (values, above, below) = ([Double](), 0.0, 0.0)
    let blocks = 4000
    draw(blocks: blocks, mean: nil) { column in
      for i in 0..<drawBlockSize {
        if values.count < 100_000 { values.append(Double(column[i])) }
        above += column[i] > 4 ? 1 : 0
        below += column[i] < -4 ? 1 : 0
      }
    }
    let probability = kolmogorovSmirnovTail(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    #expect(probability > 1e-3)
    let expected = Double(blocks * drawBlockSize) * 0.5 * erfc(4 / 2.0.squareRoot())
    var worst = WorstError("normal columns beyond 4 sigma, standard deviations from \(expected) expected")
    worst.note((above - expected) / expected.squareRoot(), at: "\(above) above")
    worst.note((below - expected) / expected.squareRoot(), at: "\(below) below")
    worst.expect(atMost: Self.largestDeviation)
  }

  @Test func `neighbours and pairs are not correlated`() {
    var (neighbours, pairs, squares, count) = (0.0, 0.0, 0.0, 0.0)
    let half = drawBlockSize / 2
    draw(blocks: 1000, mean: nil) { values in
      for i in 0..<half {
        neighbours += Double(values[i] * values[i + 1])
        pairs += Double(values[i] * values[i + half])
        squares += Double((values[i] * values[i] - 1) * (values[i + half] * values[i + half] - 1)) / 2
        count += 1
      }
    }
    var worst = WorstError("correlations of normal columns, in standard deviations")
    for (name, sum) in [("neighbours", neighbours), ("pairs", pairs), ("squares", squares)] {
      worst.note(sum / count.squareRoot(), at: name)
    }
    worst.expect(atMost: Self.largestDeviation)
  }

  @Test func `dark and bright means are drawn too`() {
    draw(blocks: 1, mean: 0) { values in #expect((0..<drawBlockSize).allSatisfy { values[$0] == 0 }) }
    draw(blocks: 1, mean: -3) { values in #expect((0..<drawBlockSize).allSatisfy { values[$0] == 0 }) }
    draw(blocks: 1, mean: 1e12) { values in
      #expect((0..<drawBlockSize).allSatisfy { abs(values[$0] / 1e12 - 1) < 1e-5 })
    }
  }
}

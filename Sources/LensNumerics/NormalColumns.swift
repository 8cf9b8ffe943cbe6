import LensCore

/// Numbers that are drawn at a time: a multiple of 32 that keeps all columns in the fastest cache.
public let drawBlockSize = 1024

/// 52 random bits for each of `drawBlockSize` numbers, from half as many blocks of a stream: the first two words of
/// block b belong to number b, the other two to number b + `drawBlockSize` / 2.
public struct RandomWords {
  public let high: Column<UInt32>
  public let low: Column<UInt32>

  public init(high: Column<UInt32>, low: Column<UInt32>) { (self.high, self.low) = (high, low) }

  public func fill(from stream: RandomStream, firstBlock: UInt32) {
    let half = drawBlockSize / 2
    for b in 0..<half {
      let words = stream.block(firstBlock &+ UInt32(truncatingIfNeeded: b))
      high[b] = words[0]
      low[b] = words[1]
      high[b &+ half] = words[2]
      low[b &+ half] = words[3]
    }
  }

  /// A number strictly between 0 and 1.
  @inline(__always)
  func uniform(_ i: Int) -> Double { unitInterval(high[i], low[i]) }

  /// Numbers from 0 to 1, with 31 bits.
  func fillUniform(_ values: Column<Float>) {
    // Signed whole numbers become Floats in one instruction everywhere.
    for i in 0..<drawBlockSize { values[i] = (Float(Int32(bitPattern: high[i] >> 1)) + 0.5) * 0x1p-31 }
  }

  /// The radius and angle of two normal numbers (Box & Muller 1958); the radius is at most 6.7.
  func fillPolar(radius: Column<Float>, turns: Column<Float>, count: Int) {
    for i in 0..<count {
      // As in `fillUniform`.
      let u = (Float(Int32(bitPattern: high[i] >> 1)) + 0.5) * 0x1p-31
      radius[i] = Float.log2(u)
      turns[i] = Float(Int32(bitPattern: low[i])) * 0x1p-32
    }
    // -2 ln u; a u that was rounded to 1 has the logarithm 0.
    for i in 0..<count { radius[i] = Float.squareRoot(-1.386_294_361 * radius[i]) }
  }
}

/// Fills a column with `drawBlockSize` standard normal numbers, two for each of half as many random words.
///
/// Number i and number i + `drawBlockSize` / 2 are the cosine and sine part of the same pair. `words`, `radius` and
/// `turns` are overwritten.
public func fillNormals(
  _ values: Column<Float>, from stream: RandomStream, firstBlock: UInt32, words: RandomWords,
  radius: Column<Float>, turns: Column<Float>
) {
  let half = drawBlockSize / 2
  for b in 0..<(half / 2) {
    let block = stream.block(firstBlock &+ UInt32(truncatingIfNeeded: b))
    words.high[b] = block[0]
    words.low[b] = block[1]
    words.high[b &+ half / 2] = block[2]
    words.low[b &+ half / 2] = block[3]
  }
  words.fillPolar(radius: radius, turns: turns, count: half)
  for i in 0..<half {
    let (sine, cosine) = sineAndCosine(turns: turns[i])
    values[i] = radius[i] * cosine
    values[i &+ half] = radius[i] * sine
  }
}

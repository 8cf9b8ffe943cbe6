import LensCore

/// Fills a column with standard normal numbers, two from each block of the stream (Box & Muller 1958).
///
/// Element i is the cosine (even i) or sine (odd i) part of block `firstBlock + i / 2`.
///
/// - Parameters:
///   - count: Even.
///   - scratch: A column of `count` elements for intermediate results.
public func fillNormals(
  _ values: Column<Double>, count: Int, stream: RandomStream, firstBlock: UInt32, scratch: Column<Double>
) {
  precondition(count % 2 == 0)
  let pairs = count / 2
  for i in 0..<pairs {
    let words = stream.block(firstBlock &+ UInt32(truncatingIfNeeded: i))
    values[i] = unitInterval(words[0], words[1])
    scratch[i] = unitInterval(words[2], words[3])
  }
  for i in 0..<pairs { values[i] = Double.squareRoot(-2 * Double.log(values[i])) }
  // Backwards, so that the pairs may be written over the radii that they come from.
  for i in stride(from: pairs - 1, through: 0, by: -1) {
    let (sine, cosine) = sineAndCosine(turns: scratch[i])
    let radius = values[i]
    values[2 * i] = radius * cosine
    values[2 * i + 1] = radius * sine
  }
}

extension RandomStream {
  /// Two independent standard normal numbers (Box & Muller 1958).
  public func normalPair(_ position: UInt32) -> (Double, Double) {
    let words = block(position)
    let radius = Double.squareRoot(-2 * Double.log(unitInterval(words[0], words[1])))
    let (sine, cosine) = sineAndCosine(turns: unitInterval(words[2], words[3]))
    return (radius * cosine, radius * sine)
  }

  /// A standard normal number.
  public func normal(_ position: UInt32) -> Double { normalPair(position).0 }
}

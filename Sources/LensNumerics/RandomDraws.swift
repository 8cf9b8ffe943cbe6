import LensCore

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

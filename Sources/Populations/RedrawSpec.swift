import LensCore

/// What becomes of a sample that cannot be rendered: left out, it ends the run.
public struct RedrawSpec: SpecFields, Equatable {
  /// Further draws of one sample, until one can be rendered.
  public var attempts = 10

  /// The largest number of them that a spec may ask for.
  public static let mostAttempts = 1000

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("attempts", &attempts, 1...Self.mostAttempts)
  }
}

extension RandomKey {
  /// The key of a sample's further draw: that of the same sample under a seed that follows from its own and the attempt.
  ///
  /// - Parameter attempt: 0 is the sample as it is without any redraw.
  func redrawn(_ attempt: Int) -> RandomKey {
    if attempt == 0 { return self }
    // No sample has this key: what follows from it belongs to the whole set.
    let words = RandomKey(seed: seed, sample: .max).stream("redraw").block(UInt32(attempt))
    return RandomKey(
      seed: UInt64(words[0]) << 32 | UInt64(words[1]), sample: sample, seedOfSet: seedOfSet)
  }
}

/// A counter-based random generator: every number is a pure function of (seed, sample, stream, position).
///
/// There is no state to advance, so threads, shards, order and resumption cannot change a draw, and a new
/// parameter in one stream never shifts the draws of another. The function is Philox4x32-10.
///
/// Reference: Salmon, Moraes, Dror & Shaw (2011), SC '11, "Parallel random numbers: as easy as 1, 2, 3".
public struct RandomKey: Sendable, Hashable {
  public let seed: UInt64
  public let sample: UInt64
  /// Of the whole set: another one than `seed` where a sample is drawn again.
  public let seedOfSet: UInt64

  /// - Parameter seedOfSet: Nil for the seed.
  public init(seed: UInt64, sample: UInt64, seedOfSet: UInt64? = nil) {
    (self.seed, self.sample) = (seed, sample)
    self.seedOfSet = seedOfSet ?? seed
  }

  /// The seed that belongs to a name: the lower 53 bits of the 64-bit FNV-1a hash of its UTF-8 bytes, so that every
  /// reader of JSON keeps all digits.
  ///
  /// Reference: RFC 9923, section 2.
  public static func seed(named name: String) -> UInt64 {
    let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    return hash & ((1 << 53) - 1)
  }

  /// The stream that belongs to a name, for instance `planes.source.redshift`.
  public func stream(_ name: String) -> RandomStream {
    stream(identifier: RandomStream.identifier(of: name))
  }

  /// The stream of a name that was hashed before.
  package func stream(identifier: UInt32) -> RandomStream { RandomStream(key: self, identifier: identifier) }
}

/// The numbers of one named stream of one sample, addressed by position.
public struct RandomStream: Sendable, Hashable {
  public let key: RandomKey
  public let identifier: UInt32

  /// 32-bit FNV-1a hash of the name's UTF-8 bytes.
  public static func identifier(of name: String) -> UInt32 {
    name.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  /// One of many further streams that belong to this one.
  public func other(_ number: UInt32) -> RandomStream {
    RandomStream(key: key, identifier: identifier &+ (number &+ 1) &* 0x9E37_79B9)
  }

  /// The stream of the same name that belongs to the whole set: no sample has its key.
  public var ofWholeSet: RandomStream {
    RandomStream(key: RandomKey(seed: key.seedOfSet, sample: .max), identifier: identifier)
  }

  /// Four random 32-bit words.
  @inlinable @inline(__always) public func block(_ position: UInt32) -> SIMD4<UInt32> {
    let sample = key.sample
    return philox4x32(
      counter: SIMD4(position, identifier, UInt32(truncatingIfNeeded: sample), UInt32(sample >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: key.seed), UInt32(key.seed >> 32)))
  }

  /// A number strictly between 0 and 1, on a grid of 2^-52 offset by half a step.
  @inlinable public func uniform(_ position: UInt32) -> Double {
    let words = block(position)
    return unitInterval(words[0], words[1])
  }
}

/// Maps 64 random bits to a Double strictly between 0 and 1.
@inlinable @inline(__always) package func unitInterval(_ high: UInt32, _ low: UInt32) -> Double {
  // 52 random bits behind the point of a number in [1, 2); exact, and without a conversion that does not vectorise.
  let bits = (UInt64(high) << 32 | UInt64(low)) >> 12
  return (Double(bitPattern: bits | 0x3ff0_0000_0000_0000) - 1) + 0x1p-53
}

/// Ten rounds of Philox on a 128-bit counter under a 64-bit key.
@inlinable @inline(__always) package func philox4x32(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<
  UInt32
> {
  var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
  var (k0, k1) = (key[0], key[1])
  for _ in 0..<10 {
    let product0 = UInt64(c0) &* 0xD251_1F53
    let product1 = UInt64(c2) &* 0xCD9E_8D57
    (c0, c1, c2, c3) = (
      UInt32(truncatingIfNeeded: product1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: product1),
      UInt32(truncatingIfNeeded: product0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: product0)
    )
    k0 &+= 0x9E37_79B9
    k1 &+= 0xBB67_AE85
  }
  return SIMD4(c0, c1, c2, c3)
}

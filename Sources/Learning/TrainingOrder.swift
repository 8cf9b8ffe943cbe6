import LensCore

/// In which order a training sees its images, and where its random numbers begin.
enum TrainingOrder {
  /// A seed of its own for every purpose and epoch.
  static func seed(_ seed: UInt64, _ purpose: String, _ epoch: Int) -> UInt64 {
    let words = RandomKey(seed: seed, sample: UInt64(epoch)).stream(purpose).block(0)
    return UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// Sorts by random words.
  static func permutation(_ count: Int, _ seed: UInt64, _ epoch: Int) -> [Int] {
    let stream = RandomKey(seed: seed, sample: UInt64(epoch)).stream("order")
    let keys = (0..<count).map { i in
      let words = stream.block(UInt32(truncatingIfNeeded: i))
      return UInt64(words[0]) << 32 | UInt64(words[1])
    }
    return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// The same for images that stay together in groups.
  static func permutation(_ count: Int, groups size: Int, _ seed: UInt64, _ epoch: Int) -> [Int] {
    permutation(count / size, seed, epoch).flatMap { group in (0..<size).map { group * size + $0 } }
  }

  /// A number from 0 to 1 of its own for every purpose and step.
  static func uniform(_ seed: UInt64, _ purpose: String, _ step: Int) -> Double {
    RandomKey(seed: seed, sample: UInt64(step)).stream(purpose).uniform(0)
  }

  /// Runs of `size` and the rest, which joins the run before if it is a single image: that has no statistics.
  static func batches(_ order: [Int], _ size: Int) -> [ArraySlice<Int>] {
    var starts = Array(stride(from: 0, to: order.count, by: size))
    if starts.count > 1, order.count - starts[starts.count - 1] == 1 { starts.removeLast() }
    return starts.enumerated().map { i, start in
      order[start..<(i + 1 < starts.count ? starts[i + 1] : order.count)]
    }
  }
}

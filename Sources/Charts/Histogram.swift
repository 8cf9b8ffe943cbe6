/// Counts of values in equal bins.
package struct Histogram {
  package let low: Double
  package let high: Double
  package private(set) var counts: [Int]

  /// - Parameters:
  ///   - values: Decide the range; those outside of it later count in the outermost bins.
  ///   - rounding: What values may differ by, relatively, and be the same.
  package init(rangeOf values: [Double], bins: Int = 32, rounding: Double = 1e-12) {
    let finite = values.filter(\.isFinite)
    let (smallest, largest) = (finite.min() ?? 0, finite.max() ?? 0)
    // A constant, which may be rounded in several ways, gets a bin of its own in the middle.
    let isConstant = largest / 2 - smallest / 2 <= rounding * max(abs(smallest), abs(largest))
    let margin = isConstant ? max(abs(smallest), 1) / 2 : 0
    (low, high) = (smallest - margin, largest + margin)
    counts = Array(repeating: 0, count: bins)
  }

  package init(_ values: [Double], rangeOf range: [Double], bins: Int = 32, rounding: Double = 1e-12) {
    self.init(rangeOf: range, bins: bins, rounding: rounding)
    values.forEach { add($0) }
  }

  package var total: Int { counts.reduce(0, +) }

  package mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    // Halves, since the range of two finite numbers may be infinite.
    let place = (value / 2 - low / 2) / (high / 2 - low / 2) * Double(counts.count)
    guard place.isFinite else { return }
    counts[Int(min(max(place, 0), Double(counts.count - 1)))] += 1
  }

  /// Every so many bins, of which there must be a multiple, made one.
  package func merged(by factor: Int) -> Histogram {
    var copy = self
    copy.counts = stride(from: 0, to: counts.count, by: factor).map { start in
      counts[start..<min(start + factor, counts.count)].reduce(0, +)
    }
    return copy
  }

  /// The middles of the bins.
  package var centers: [Double] {
    let width = (high / 2 - low / 2) / Double(counts.count) * 2
    return counts.indices.map { low + (Double($0) + 0.5) * width }
  }

  /// Shares of the total, which sum to 1.
  package var shares: [Double] { counts.map { Double($0) / Double(max(1, total)) } }

  /// The largest difference of two cumulative distributions, seen at the bins' edges: at most that of Kolmogorov and Smirnov.
  package func distance(to other: Histogram) -> Double {
    var (sum, largest) = (0.0, 0.0)
    for (a, b) in zip(shares, other.shares) {
      sum += a - b
      largest = max(largest, abs(sum))
    }
    return largest
  }

  /// Which distance two samples of one distribution exceed in one of a thousand cases (Kolmogorov-Smirnov, asymptotic:
  /// Press et al. 2007, Numerical Recipes, section 14.3.3; Q(1.95) = 0.001).
  package func criticalDistance(to other: Histogram) -> Double {
    let (n, m) = (Double(max(1, total)), Double(max(1, other.total)))
    return 1.95 * ((n + m) / (n * m)).squareRoot()
  }
}

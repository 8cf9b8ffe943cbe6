import LensCore

/// How well scores tell two classes apart.
package struct ReceiverOperatingCharacteristic: Sendable, Equatable {
  /// From (0, 0) to (1, 1), one point per distinct score, highest first.
  package let falsePositiveRates: [Double]
  package let truePositiveRates: [Double]
  /// Area under the curve: the probability that a positive has a higher score than a negative, ties counting half.
  package let area: Double

  /// - Parameters:
  ///   - scores: Higher for positives; not NaN.
  ///   - isPositive: One for every score, both kinds.
  /// - Throws: `TrainingError` if one kind is missing or a score is not a number.
  package init(scores: [Double], isPositive: [Bool]) throws {
    let positives = isPositive.count { $0 }
    guard scores.count == isPositive.count, positives > 0, positives < scores.count else {
      throw TrainingError(
        "\(scores.count) scores of which \(positives) are positive: a curve needs both kinds")
    }
    guard scores.allSatisfy({ !$0.isNaN }) else { throw TrainingError("a score is not a number") }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let negatives = Double(scores.count - positives)
    var (falseCount, trueCount, area) = (0.0, 0.0, 0.0)
    var (falseRates, trueRates) = ([0.0], [0.0])
    for (i, index) in order.enumerated() {
      if isPositive[index] { trueCount += 1 } else { falseCount += 1 }
      // Equal scores are one point: a slanted piece of the curve.
      if i + 1 < order.count && scores[order[i + 1]] == scores[index] { continue }
      let (x, y) = (falseCount / negatives, trueCount / Double(positives))
      area += (x - falseRates[falseRates.count - 1]) * (y + trueRates[trueRates.count - 1]) / 2
      falseRates.append(x)
      trueRates.append(y)
    }
    (falsePositiveRates, truePositiveRates, self.area) = (falseRates, trueRates, area)
  }

  /// The 2.5 and 97.5 per cent points of the area over samples drawn with replacement.
  ///
  /// Reference: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.
  package static func areaInterval(
    scores: [Double], isPositive: [Bool], seed: UInt64, draws: Int = 1000
  ) throws -> ClosedRange<Double> {
    var areas: [Double] = []
    for draw in 0..<draws {
      let stream = RandomKey(seed: seed, sample: UInt64(draw)).stream("bootstrap")
      let chosen = scores.indices.map {
        min(Int(stream.uniform(UInt32($0)) * Double(scores.count)), scores.count - 1)
      }
      let drawn = chosen.map { isPositive[$0] }
      // A draw of one kind only has no area.
      if !drawn.contains(true) || !drawn.contains(false) { continue }
      areas.append(
        try ReceiverOperatingCharacteristic(scores: chosen.map { scores[$0] }, isPositive: drawn).area)
    }
    guard !areas.isEmpty else { throw TrainingError("too few scores for an interval") }
    areas.sort()
    func quantile(_ part: Double) -> Double { areas[Int(part * Double(areas.count - 1) + 0.5)] }
    return quantile(0.025)...quantile(0.975)
  }
}

/// How often images of each class (row) were taken for each class (column).
package struct ConfusionMatrix: Sendable, Equatable, Codable {
  package let counts: [[Int]]

  package init(labels: [Int], predictions: [Int], classes: Int) {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (label, prediction) in zip(labels, predictions) { counts[label][prediction] += 1 }
    self.counts = counts
  }

  /// The part that was recognised.
  package var accuracy: Double {
    let all = counts.reduce(0) { $0 + $1.reduce(0, +) }
    return Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(max(1, all))
  }
}

/// Images of which a classifier was about equally sure.
package struct CalibrationBin: Sendable, Equatable, Codable {
  package let count: Int
  /// Mean probability of the class that the classifier chose.
  package let confidence: Double
  /// The part whose class it chose.
  package let accuracy: Double
}

/// Equal bins of confidence, empty ones left out.
///
/// Reference: Guo et al. (2017), arXiv:1706.04599, section 2.
///
/// - Parameter probabilities: One row per image, one column per class.
package func calibrationBins(probabilities: [[Double]], labels: [Int], bins: Int = 15) -> [CalibrationBin] {
  var (counts, confidence, hits) = (
    [Int](repeating: 0, count: bins), [Double](repeating: 0, count: bins), [Int](repeating: 0, count: bins)
  )
  for (row, label) in zip(probabilities, labels) {
    let best = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    // Bins are closed on their upper side.
    let bin = min(max(Int((row[best] * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
    counts[bin] += 1
    confidence[bin] += row[best]
    hits[bin] += best == label ? 1 : 0
  }
  return counts.indices.filter { counts[$0] > 0 }.map { bin in
    CalibrationBin(
      count: counts[bin], confidence: confidence[bin] / Double(counts[bin]),
      accuracy: Double(hits[bin]) / Double(counts[bin]))
  }
}

/// The mean difference between a classifier's confidence and its accuracy over bins.
///
/// Reference: Guo et al. (2017), arXiv:1706.04599, eq. 3.
package func expectedCalibrationError(_ bins: [CalibrationBin]) -> Double {
  let all = bins.reduce(0) { $0 + $1.count }
  return bins.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) } / Double(max(1, all))
}

/// The first Wasserstein distance of two equally large samples: the mean difference of their sorted values.
///
/// Reference: Vallender (1974), Theory of Probability and its Applications 18, 784.
package func wassersteinDistance(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count && !a.isEmpty)
  return zip(a.sorted(), b.sorted()).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count)
}

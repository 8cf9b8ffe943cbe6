import Foundation
import Learning
import LensCore
import LensTestSupport
import Testing

/// Metrics against scikit-learn and SciPy.
struct MetricsTests {
  /// Scores with ties, of which the positives are higher on average.
  private func draw(_ count: Int, seed: UInt64) -> (scores: [Double], isPositive: [Bool]) {
    let stream = RandomKey(seed: seed, sample: 0).stream("scores")
    let positives = (0..<count).map { stream.uniform(UInt32($0)) < 0.4 }
    let scores = (0..<count).map { i in
      ((stream.uniform(UInt32(count + i)) + (positives[i] ? 0.2 : 0)) * 50).rounded() / 50
    }
    return (scores, positives)
  }

  private func numbers(_ values: [Double]) -> String {
    "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
  }

  @Test func `areas under curves are scikit-learn's`() throws {
    var worst = WorstError("area under the curve against scikit-learn")
    for count in [10, 57, 400] {
      let (scores, isPositive) = draw(count, seed: UInt64(count))
      let theirs = try python(
        "from sklearn.metrics import roc_auc_score\n"
          + "print(repr(float(roc_auc_score(\(numbers(isPositive.map { $0 ? 1 : 0 })), \(numbers(scores))))))"
      )
      let ours = try ReceiverOperatingCharacteristic(scores: scores, isPositive: isPositive).area
      worst.note(ours, expected: try #require(Double(theirs)), floor: 0, at: "\(count) scores")
    }
    worst.expect(atMost: 1e-12)
  }

  @Test func `Wasserstein distances are SciPy's`() throws {
    let (a, _) = draw(150, seed: 1)
    let (b, _) = draw(150, seed: 2)
    let theirs = try python(
      "from scipy.stats import wasserstein_distance as w\nprint(repr(float(w(\(numbers(a)), \(numbers(b))))))"
    )
    var worst = WorstError("Wasserstein distance against SciPy")
    worst.note(wassersteinDistance(a, b), expected: try #require(Double(theirs)), floor: 0)
    worst.expect(atMost: 1e-12)
  }

  @Test func `confusion and accuracy are scikit-learn's`() throws {
    let stream = RandomKey(seed: 3, sample: 0).stream("labels")
    let labels = (0..<200).map { Int(stream.uniform(UInt32($0)) * 3) }
    let guesses = labels.indices.map {
      stream.uniform(UInt32(1000 + $0)) < 0.7 ? labels[$0] : (labels[$0] + 1) % 3
    }
    let matrix = ConfusionMatrix(labels: labels, predictions: guesses, classes: 3)
    let theirs = try python(
      "from sklearn.metrics import confusion_matrix, accuracy_score\n"
        + "a, b = \(labels), \(guesses)\n"
        + "print(confusion_matrix(a, b).ravel().tolist(), repr(float(accuracy_score(a, b))))")
    #expect(theirs == "\(matrix.counts.flatMap { $0 }) \(matrix.accuracy)")
  }

  /// The true area lies in 95 per cent of the intervals: in at least 85 of 100, which 94 per cent would miss once in 5000.
  @Test func `the interval holds the true area as often as it says`() throws {
    var hits = 0
    for seed in 0..<100 {
      let stream = RandomKey(seed: UInt64(seed), sample: 1).stream("uniform")
      let isPositive = (0..<120).map { $0 % 2 == 0 }
      // The larger of two uniform numbers beats one of them with probability 2/3.
      let scores = (0..<120).map { i in
        let (u, v) = (stream.uniform(UInt32(2 * i)), stream.uniform(UInt32(2 * i + 1)))
        return isPositive[i] ? max(u, v) : u
      }
      let interval = try ReceiverOperatingCharacteristic.areaInterval(
        scores: scores, isPositive: isPositive, seed: UInt64(seed), draws: 300)
      hits += interval.contains(2.0 / 3) ? 1 : 0
    }
    #expect(hits >= 85)
  }

  @Test func `calibration counts what confidence promises`() {
    let sure = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]]
    func error(_ labels: [Int]) -> Double {
      expectedCalibrationError(calibrationBins(probabilities: sure, labels: labels))
    }
    #expect(abs(error([0, 0, 1, 1]) - 0.1) < 1e-12)
    #expect(abs(error([0, 1, 1, 0]) - 0.4) < 1e-12)
    let mixed = calibrationBins(
      probabilities: sure + [[0.6, 0.4], [0.3, 0.7]], labels: [0, 1, 1, 0, 1, 1])
    #expect(mixed.map(\.count) == [1, 1, 4] && mixed.map(\.accuracy) == [0, 1, 0.5])
    let confidences = zip(mixed.map(\.confidence), [0.6, 0.7, 0.9])
    #expect(confidences.allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `one kind alone has no curve`() {
    #expect(throws: TrainingError.self) {
      try ReceiverOperatingCharacteristic(scores: [1, 2], isPositive: [true, true])
    }
    #expect(throws: TrainingError.self) {
      try ReceiverOperatingCharacteristic(scores: [1, .nan], isPositive: [true, false])
    }
  }
}

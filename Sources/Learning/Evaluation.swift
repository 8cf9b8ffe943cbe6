import Dataset
import LensCore
import Populations

/// What a trained network makes of the images of a set.
package struct Evaluation: Codable, Sendable {
  /// A `NetworkKind`, or the name of something else that gives scores.
  package let network: String
  /// What was judged, in the caller's words.
  package let imagesFrom: String
  package let images: Int
  package let classes: [String]
  /// Area under the curve of images with substructure against those without, and its bootstrap interval.
  package let area: Double
  package let areaInterval: [Double]
  /// The same of one class of substructure against none.
  package let areaByClass: [String: Double]
  /// The areas that no classifier exceeds, of one class or of `any`, if they were forecast: for an observer who knows lens and
  /// source, and for one who has to tell them from the image.
  package var areaBoundKnown: [String: Double]?
  package var areaBoundProjected: [String: Double]?
  /// Rates of the curve.
  package let falsePositiveRates: [Double]
  package let truePositiveRates: [Double]
  // Of classifiers.
  package var accuracy: Double?
  package var confusion: ConfusionMatrix?
  package var calibrationError: Double?
  package var calibration: [CalibrationBin]?
  // Of networks that reconstruct, by class: means over its images.
  package var reconstructionLoss: [String: Double]?
  /// Distance of the column sums of image and reconstruction, which is what the papers quote.
  package var columnSumDistance: [String: Double]?
  /// Distance of the pixels' values.
  package var pixelDistance: [String: Double]?

  /// The name under which bounds stand for all classes with substructure together.
  package static let anyClass = "any"

  /// Sets the bounds beside the areas.
  package mutating func setBounds(_ table: ForecastTable) {
    func bounds(_ kind: KeyPath<Detectability, Double>) -> [String: Double] {
      table.classes.reduce(into: [Self.anyClass: Detectability.areaBound(table.distances(nil, kind))]) {
        $0[$1] = Detectability.areaBound(table.distances($1, kind))
      }
    }
    (areaBoundKnown, areaBoundProjected) = (bounds(\.known), bounds(\.projected))
  }

  /// - Parameters:
  ///   - judged: What the network made of each of the images.
  ///   - source: Where the images are from, for the reader.
  /// - Throws: `TrainingError` if the set lacks images with or without substructure.
  package init(
    _ network: String, _ judged: Judgement, of images: ImageSet, from source: String = "", seed: UInt64 = 0
  ) throws {
    let seen = Set(images.labels.map { images.classes[$0] })
    guard let smooth = images.smooth, images.labels.contains(smooth), seen.count > 1 else {
      throw TrainingError(
        "images of \(seen.sorted().joined(separator: ", ")) given: judging needs "
          + "\(images.smooth.map { images.classes[$0] } ?? "a class without substructure") and another class")
    }
    let isPositive = images.labels.map { $0 != smooth }
    let curve = try ReceiverOperatingCharacteristic(scores: judged.scores, isPositive: isPositive)
    let interval = try ReceiverOperatingCharacteristic.areaInterval(
      scores: judged.scores, isPositive: isPositive, seed: seed)
    imagesFrom = source
    (self.network, self.images, classes, area) = (network, images.count, images.classes, curve.area)
    areaInterval = [interval.lowerBound, interval.upperBound]
    areaByClass = try judged.areasByClass(images.labels, images.classes, smooth: smooth)
    (falsePositiveRates, truePositiveRates) = (curve.falsePositiveRates, curve.truePositiveRates)
    if !judged.probabilities.isEmpty {
      let matrix = judged.confusion(images.labels, images.classes)
      (accuracy, confusion) = (matrix.accuracy, matrix)
      let bins = calibrationBins(probabilities: judged.probabilities, labels: images.labels)
      (calibration, calibrationError) = (bins, expectedCalibrationError(bins))
    }
    if !judged.columnSumDistances.isEmpty {
      reconstructionLoss = Self.means(judged.scores, images)
      columnSumDistance = Self.means(judged.columnSumDistances, images)
      pixelDistance = Self.means(judged.pixelDistances, images)
    }
  }

  private static func means(_ values: [Double], _ images: ImageSet) -> [String: Double] {
    var (sums, counts) = ([String: Double](), [String: Double]())
    for (value, label) in zip(values, images.labels) {
      sums[images.classes[label], default: 0] += value
      counts[images.classes[label], default: 0] += 1
    }
    return sums.reduce(into: [:]) { $0[$1.key] = $1.value / (counts[$1.key] ?? 1) }
  }
}

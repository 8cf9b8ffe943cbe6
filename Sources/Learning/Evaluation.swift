import LensCore
import Tensors

/// What a trained network makes of the images of a set.
public struct Evaluation: Codable, Sendable {
  public let network: NetworkKind
  /// What was judged, in the caller's words.
  public let imagesFrom: String
  public let images: Int
  public let classes: [String]
  /// Area under the curve of images with substructure against those without, and its bootstrap interval.
  public let area: Double
  public let areaInterval: [Double]
  /// Rates of the curve.
  public let falsePositiveRates: [Double]
  public let truePositiveRates: [Double]
  // Of classifiers.
  public var accuracy: Double?
  public var confusion: ConfusionMatrix?
  public var calibrationError: Double?
  // Of networks that reconstruct, by class: means over its images.
  public var reconstructionLoss: [String: Double]?
  /// Distance of the column sums of image and reconstruction, which is what the papers quote.
  public var columnSumDistance: [String: Double]?
  /// Distance of the pixels' values.
  public var pixelDistance: [String: Double]?

  /// The class that the curve takes for negative.
  public static let negativeClass = "no_sub"

  /// - Throws: `TrainingError` if the set lacks images with or without substructure.
  public init(
    _ kind: NetworkKind, _ model: Model, _ images: ImageSet, from source: String = "", batchSize: Int = 64,
    device: Device = .cpu,
    seed: UInt64 = 0
  ) throws {
    let isPositive = images.labels.map { images.classes[$0] != Self.negativeClass }
    let judged = try withoutGradients {
      kind.isSupervised
        ? try Judgement(classifying: images, model, batchSize, device)
        : try Judgement(reconstructing: images, model, batchSize, device)
    }
    let curve = try ReceiverOperatingCharacteristic(scores: judged.scores, isPositive: isPositive)
    let interval = try ReceiverOperatingCharacteristic.areaInterval(
      scores: judged.scores, isPositive: isPositive, seed: seed)
    imagesFrom = source
    (network, self.images, classes, area) = (kind, images.count, images.classes, curve.area)
    areaInterval = [interval.lowerBound, interval.upperBound]
    (falsePositiveRates, truePositiveRates) = (curve.falsePositiveRates, curve.truePositiveRates)
    if kind.isSupervised {
      let predictions = judged.probabilities.map { row in
        row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
      }
      let matrix = ConfusionMatrix(
        labels: images.labels, predictions: predictions, classes: images.classes.count)
      (accuracy, confusion) = (matrix.accuracy, matrix)
      calibrationError = expectedCalibrationError(probabilities: judged.probabilities, labels: images.labels)
    } else {
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

/// One number or more per image.
private struct Judgement {
  /// Higher for images that look as if they had substructure.
  var scores: [Double] = []
  var probabilities: [[Double]] = []
  var columnSumDistances: [Double] = []
  var pixelDistances: [Double] = []

  /// Scores are the probability of any substructure.
  init(classifying images: ImageSet, _ model: Model, _ batchSize: Int, _ device: Device) throws {
    guard let classify = model.classify else { throw TrainingError("this network does not classify") }
    let negative = images.classes.firstIndex(of: Evaluation.negativeClass)
    try Self.forBatches(images, batchSize, device) { batch, _, pass in
      let values = try classify(batch.images, pass).logarithmicSoftmax().exponential().floats()
      let classes = images.classes.count
      for row in stride(from: 0, to: values.count, by: classes) {
        let probability = values[row..<row + classes].map { Double($0) }
        probabilities.append(probability)
        // Not one less the other: that would lose what is far below one.
        scores.append(probability.indices.reduce(0) { $1 == negative ? $0 : $0 + probability[$1] })
      }
    }
  }

  /// Scores are mean squared errors: what was never seen in training is reconstructed badly.
  init(reconstructing images: ImageSet, _ model: Model, _ batchSize: Int, _ device: Device) throws {
    guard let reconstruct = model.reconstruct else {
      throw TrainingError("this network does not reconstruct")
    }
    let (width, size) = (images.width, images.width * images.height)
    try Self.forBatches(images, batchSize, device) { batch, indices, pass in
      let values = try reconstruct(batch.images, pass).floats()
      for (k, index) in indices.enumerated() {
        let (image, guess) = (
          images.image(index).map { Double($0) }, values[k * size..<(k + 1) * size].map { Double($0) }
        )
        scores.append(zip(image, guess).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(size))
        columnSumDistances.append(
          wassersteinDistance(Self.columnSums(image, width), Self.columnSums(guess, width)))
        pixelDistances.append(wassersteinDistance(image, guess))
      }
    }
  }

  private static func columnSums(_ image: [Double], _ width: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    for (i, value) in image.enumerated() { sums[i % width] += value }
    return sums
  }

  private static func forBatches(
    _ images: ImageSet, _ size: Int, _ device: Device, _ body: (Batch, Range<Int>, Pass) throws -> Void
  ) throws {
    let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0, device: device))
    for start in stride(from: 0, to: images.count, by: size) {
      let indices = start..<min(start + size, images.count)
      try body(images.batch(indices, augmentation: nil, on: device), indices, pass)
    }
  }
}

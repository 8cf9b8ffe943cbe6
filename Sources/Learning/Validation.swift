import Tensors

/// What a network makes of images that it does not learn from, epoch after epoch.
struct Validation {
  private(set) var loss = 0.0
  // Of classifiers whose images have classes with and without substructure.
  private(set) var accuracy: Double?
  private(set) var area: Double?
  private(set) var areaByClass: [String: Double]?

  /// Nil if it was stopped.
  init?(
    _ model: Model, _ images: some ImageSource, batchSize: Int, seed: UInt64, device: Device,
    _ shouldStop: () -> Bool
  ) throws {
    let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: seed, device: device))
    var (judged, labels) = (Judgement(scores: []), [Int]())
    for indices in TrainingOrder.batches(Array(0..<images.count), batchSize) {
      if shouldStop() { return nil }
      try withoutGradients {
        let batch = try images.batch(indices, on: device)
        let part = Double(indices.count) / Double(images.count)
        guard let classify = model.classify else {
          loss += try Double(model.validationLoss(batch, pass).scalar()) * part
          return
        }
        let logits = try classify(batch.images, pass)
        loss += try Double(logits.crossEntropy(batch.labels).scalar()) * part
        try judged.append(logits: logits, images.classes.count, smooth: images.smooth)
        labels += try batch.labels.integers()
      }
    }
    if model.classify != nil && loss.isFinite, let smooth = images.smooth {
      try score(judged, labels, images.classes, smooth: smooth)
    }
  }

  private mutating func score(
    _ judged: Judgement, _ labels: [Int], _ classes: [String], smooth: Int
  ) throws {
    let isPositive = labels.map { $0 != smooth }
    guard isPositive.contains(true), isPositive.contains(false) else { return }
    accuracy = judged.confusion(labels, classes).accuracy
    area = try ReceiverOperatingCharacteristic(scores: judged.scores, isPositive: isPositive).area
    areaByClass = try judged.areasByClass(labels, classes, smooth: smooth)
  }
}

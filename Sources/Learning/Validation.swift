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
    var (probabilities, labels) = ([[Double]](), [Int]())
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
        let values = try logits.logarithmicSoftmax().exponential().floats().map { Double($0) }
        probabilities += stride(from: 0, to: values.count, by: images.classes.count).map {
          Array(values[$0..<$0 + images.classes.count])
        }
        labels += try batch.labels.integers()
      }
    }
    if !probabilities.isEmpty && loss.isFinite { try score(probabilities, labels, images.classes) }
  }

  private mutating func score(_ probabilities: [[Double]], _ labels: [Int], _ classes: [String]) throws {
    guard let smooth = classes.firstIndex(of: Evaluation.negativeClass), labels.contains(smooth),
      labels.contains(where: { $0 != smooth })
    else { return }
    let right = zip(probabilities, labels).count { row, label in
      row.indices.allSatisfy { row[$0] <= row[label] }
    }
    accuracy = Double(right) / Double(labels.count)
    // As `Judgement` has it: what is not without substructure.
    let scores = probabilities.map { row in row.indices.reduce(0) { $1 == smooth ? $0 : $0 + row[$1] } }
    func area(_ isMeant: (Int) -> Bool) throws -> Double {
      let chosen = labels.indices.filter { labels[$0] == smooth || isMeant(labels[$0]) }
      return try ReceiverOperatingCharacteristic(
        scores: chosen.map { scores[$0] }, isPositive: chosen.map { labels[$0] != smooth }
      ).area
    }
    self.area = try area { _ in true }
    areaByClass = try Set(labels).subtracting([smooth]).reduce(into: [:]) { areas, label in
      areas[classes[label]] = try area { $0 == label }
    }
  }
}

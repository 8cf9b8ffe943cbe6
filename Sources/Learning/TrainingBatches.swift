import Tensors

/// The batches of an epoch, in their order.
struct TrainingBatches<Images: ImageSource> {
  private let spec: TrainingSpec
  private let images: Images
  private let epoch: Int
  private let numbers: [[Int]]

  init(_ spec: TrainingSpec, _ images: Images, epoch: Int) {
    (self.spec, self.images, self.epoch) = (spec, images, epoch)
    let group = Self.hasPairs(spec) ? images.classes.count : 1
    let order = TrainingOrder.permutation(images.count, groups: group, spec.trainingSeed, epoch)
    numbers = TrainingOrder.batches(order, spec.batchSize).map { Array($0) }
  }

  private static func hasPairs(_ spec: TrainingSpec) -> Bool { spec.pairs.contains { $0 > 0 } }

  /// - Throws: `TrainingError` for matched tuples of images that have none.
  static func check(_ spec: TrainingSpec, _ images: Images) throws {
    guard hasPairs(spec) else { return }
    guard images.hasPairs else {
      throw TrainingError(
        "pairs: these images have no matched tuples, only simulated ones of several classes do")
    }
    for (name, value) in [("batch", spec.batchSize), ("images of an epoch", images.count)]
    where value % images.classes.count != 0 {
      throw TrainingError(
        "\(name): \(value) given, must be a multiple of the \(images.classes.count) classes")
    }
  }

  /// Steps of the network, each of one batch or several.
  var steps: Int { (numbers.count + spec.accumulate - 1) / spec.accumulate }

  /// Begins to make the batches of a step, none behind the last; what is returned waits for them.
  func begin(_ step: Int) throws -> [(Device) throws -> Batch] {
    let first = min(step * spec.accumulate, numbers.count)
    return try (first..<min(first + spec.accumulate, numbers.count)).map { number in
      let isPaired = isPaired(epoch * numbers.count + number, of: spec.epochs * numbers.count)
      let request = BatchRequest(
        epoch: epoch, augmentation: Augmentation(spec.augment, seed: spec.trainingSeed, epoch: epoch),
        isPaired: isPaired, hasDifferences: isPaired && spec.dense > 0)
      let classes = images.classes.count
      let tuples =
        isPaired
        ? Tuples(count: numbers[number].count / classes, classes: classes, isSpread: spec.ghostBatches) : nil
      let pending = try images.pixels(numbers[number], request)
      return {
        try Batch(
          pending.get(), channels: images.channels, width: images.width, height: images.height, $0,
          tuples: tuples)
      }
    }
  }

  /// Whether one of all batches of the training is of matched tuples.
  private func isPaired(_ batch: Int, of batches: Int) -> Bool {
    let part = Double(batch) / Double(max(1, batches - 1))
    let share = spec.pairs[0] + (spec.pairs[1] - spec.pairs[0]) * part
    return TrainingOrder.uniform(spec.trainingSeed, "pairs", batch) < share
  }
}

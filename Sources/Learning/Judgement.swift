import Tensors

/// What a trained network makes of each image of a set.
package struct Judgement: Sendable {
  /// Higher for images that look as if they had substructure: a classifier's probability of any, or the mean squared error
  /// of a reconstruction (what was never seen in training is reconstructed badly).
  package private(set) var scores: [Double] = []
  /// By class; empty if the network does not classify.
  package private(set) var probabilities: [[Double]] = []
  /// Wasserstein distances of image and reconstruction, of the sums over columns and of the pixels; empty if the
  /// network does not reconstruct.
  package private(set) var columnSumDistances: [Double] = []
  package private(set) var pixelDistances: [Double] = []

  /// Scores that something else than a network gave.
  package init(scores: [Double]) { self.scores = scores }

  /// - Parameter onReconstruction: Given the number and the pixels of every reconstruction.
  /// - Throws: `TensorError`, or what `onReconstruction` throws.
  package init(
    _ model: Model, _ images: ImageSet, batchSize: Int = 64, device: Device = .cpu,
    onReconstruction: (Int, [Float]) throws -> Void = { _, _ in }
  ) throws {
    let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0, device: device))
    for start in stride(from: 0, to: images.count, by: batchSize) {
      let indices = start..<min(start + batchSize, images.count)
      try withoutGradients {
        let batch = try images.batch(indices, on: device).images
        if let classify = model.classify {
          try append(logits: classify(batch, pass), images.classes.count, smooth: images.smooth)
        } else if let reconstruct = model.reconstruct {
          let guesses = try reconstruct(batch, pass).floats()
          let size = images.size
          for (k, index) in indices.enumerated() {
            let guess = Array(guesses[k * size..<(k + 1) * size])
            append(images.image(index), guess, width: images.width)
            try onReconstruction(index, guess)
          }
        }
      }
    }
    guard scores.allSatisfy(\.isFinite) else {
      throw TrainingError(
        "the network answers with numbers that are not finite: its weights are spoilt", kind: .numerical)
    }
  }

  /// - Parameters:
  ///   - logits: [images, classes].
  ///   - smooth: The class that scores tell from the others.
  mutating func append(logits: Tensor, _ classes: Int, smooth: Int?) throws {
    let values = try logits.logarithmicSoftmax().exponential().floats()
    for row in stride(from: 0, to: values.count, by: classes) {
      let probability = values[row..<row + classes].map { Double($0) }
      probabilities.append(probability)
      // Not one less the other: that would lose what is far below one.
      let sum = probability.indices.reduce(0) { $1 == smooth ? $0 : $0 + probability[$1] }
      // Rounded probabilities may add up to a little more.
      scores.append(min(sum, 1))
    }
  }

  /// How often each class was taken for each: that of the largest probability, the first of equal ones.
  func confusion(_ labels: [Int], _ classes: [String]) -> ConfusionMatrix {
    let predictions = probabilities.map { row in row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } }
    return ConfusionMatrix(labels: labels, predictions: predictions, classes: classes.count)
  }

  /// Areas under the curve of each class with substructure against the smooth one, of the classes that there are.
  func areasByClass(_ labels: [Int], _ classes: [String], smooth: Int) throws -> [String: Double] {
    var areas: [String: Double] = [:]
    for (label, name) in classes.enumerated()
    where label != smooth && labels.contains(label) {
      let chosen = labels.indices.filter { labels[$0] == label || labels[$0] == smooth }
      areas[name] = try ReceiverOperatingCharacteristic(
        scores: chosen.map { scores[$0] }, isPositive: chosen.map { labels[$0] == label }
      ).area
    }
    return areas
  }

  private mutating func append(_ image: ArraySlice<Float>, _ guess: [Float], width: Int) {
    let (image, guess) = (image.map { Double($0) }, guess.map { Double($0) })
    let squares = zip(image, guess).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    scores.append(squares / Double(image.count))
    columnSumDistances.append(
      wassersteinDistance(Self.columnSums(image, width), Self.columnSums(guess, width)))
    pixelDistances.append(wassersteinDistance(image, guess))
  }

  private static func columnSums(_ image: [Double], _ width: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    for (i, value) in image.enumerated() { sums[i % width] += value }
    return sums
  }
}

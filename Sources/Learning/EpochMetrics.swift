/// What one epoch came to: a line of `metrics.jsonl`.
package struct EpochMetrics: Codable, Sendable, Equatable {
  /// From 1.
  package let epoch: Int
  /// Training images seen so far.
  package let images: Int?
  /// Mean over the epoch's batches, of the first loss of a network that has several.
  package let trainingLoss: Double
  package let validationLoss: Double
  /// Of the last step.
  package let rate: Double
  // Of classifiers, on the validation images, which stay the same from epoch to epoch.
  package var accuracy: Double?
  /// Under the curve of images with substructure against those without.
  package var area: Double?
  /// The same of one class of substructure against none.
  package var areaByClass: [String: Double]?

  package init(
    epoch: Int, images: Int? = nil, trainingLoss: Double, validationLoss: Double, rate: Double
  ) {
    (self.epoch, self.images, self.trainingLoss, self.validationLoss, self.rate) = (
      epoch, images, trainingLoss, validationLoss, rate
    )
  }
}

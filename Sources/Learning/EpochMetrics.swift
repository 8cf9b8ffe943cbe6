/// What one epoch came to: a line of `metrics.jsonl`.
public struct EpochMetrics: Codable, Sendable, Equatable {
  /// From 1.
  public let epoch: Int
  /// Training images seen so far.
  public let images: Int?
  /// Mean over the epoch's batches, of the first loss of a network that has several.
  public let trainingLoss: Double
  public let validationLoss: Double
  /// Of the last step.
  public let rate: Double
  // Of classifiers, on the validation images, which stay the same from epoch to epoch.
  public var accuracy: Double?
  /// Under the curve of images with substructure against those without.
  public var area: Double?
  /// The same of one class of substructure against none.
  public var areaByClass: [String: Double]?

  public init(
    epoch: Int, images: Int? = nil, trainingLoss: Double, validationLoss: Double, rate: Double
  ) {
    (self.epoch, self.images, self.trainingLoss, self.validationLoss, self.rate) = (
      epoch, images, trainingLoss, validationLoss, rate
    )
  }
}

/// How many images of one class and split there are, in a dataset or a collection of any format.
public struct ImageGroup: Codable, Sendable, Hashable {
  /// The name of the class.
  public let label: String
  /// Of this program's datasets `train`, `validation` or `test`; of others any word.
  public let split: String
  public let count: Int

  public init(label: String, split: String, count: Int) {
    (self.label, self.split, self.count) = (label, split, count)
  }

  /// As files are called, for instance `vortex_train`.
  public var name: String { "\(label)_\(split)" }
}

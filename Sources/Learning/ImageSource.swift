import Tensors

/// Where a training takes its images from: a set in memory, or a simulator.
public protocol ImageSource {
  var width: Int { get }
  var height: Int { get }
  /// Names of the classes; labels are their positions.
  var classes: [String] { get }
  /// Images of an epoch.
  var count: Int { get }
  /// The same for sources that give the same images.
  var digest: String { get throws }

  /// Some of an epoch's images, by their numbers from 0.
  func batch(_ indices: some Collection<Int>, epoch: Int, augmentation: Augmentation?, on device: Device)
    throws -> Batch
}

extension ImageSource {
  /// What a file of weights says of the images that it was trained on.
  var summary: String { "\(sizeSummary) of \(classes.joined(separator: ", "))" }
  var sizeSummary: String { "\(width) x \(height) pixels" }
}

/// What a network sees at once.
public struct Batch {
  /// [batch, 1, height, width], between 0 and 1.
  public let images: Tensor
  /// [batch]
  public let labels: Tensor

  public init(images: Tensor, labels: Tensor) { (self.images, self.labels) = (images, labels) }

  /// - Parameter images: Their numbers, which augmentations depend on, pixels between 0 and 1, and labels.
  init(
    _ images: [(index: Int, pixels: ArraySlice<Float>, label: Int)], width: Int, height: Int,
    _ augmentation: Augmentation?, _ device: Device
  ) throws {
    var values: [Float] = []
    values.reserveCapacity(images.count * width * height)
    for image in images {
      values +=
        augmentation?.apply(to: image.pixels, width: width, height: height, sample: image.index)
        ?? Array(image.pixels)
    }
    self.init(
      images: try Tensor(values, shape: [images.count, 1, height, width], device: device),
      labels: try Tensor(labels: images.map(\.label), device: device))
  }
}

/// An image between 0 and 1: its darkest and its brightest pixel. One without contrast becomes 0 everywhere.
func stretched(_ image: [Double]) -> [Float] {
  let (low, high) = image.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1), max($0.1, $1)) }
  return image.map { high > low ? Float(($0 - low) / (high - low)) : 0 }
}

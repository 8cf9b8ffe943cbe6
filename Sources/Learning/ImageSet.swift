import FileFormats
import Tensors

/// Images with their classes, in memory: what networks are judged by, and small trainings see.
public struct ImageSet: ImageSource, Sendable {
  public let width: Int
  public let height: Int
  /// Names of the classes; labels are their positions.
  public let classes: [String]
  public private(set) var labels: [Int] = []
  /// Row-major, image after image, each between 0 and 1.
  private var pixels: [Float] = []

  public var count: Int { labels.count }

  /// An empty set.
  public init(width: Int, height: Int, classes: [String]) {
    (self.width, self.height, self.classes) = (width, height, classes)
  }

  /// Adds an image, stretched as `stretched` says.
  ///
  /// - Parameter image: `width` x `height` finite numbers.
  public mutating func append(_ image: [Double], label: Int) {
    precondition(image.count == width * height && classes.indices.contains(label))
    pixels += stretched(image)
    labels.append(label)
  }

  /// SHA-256 of the pixels, labels and classes.
  public var digest: String {
    get throws {
      let numbers = pixels.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
      }
      return try sha256(numbers + Array("\(width) \(height) \(classes) \(labels)".utf8))
    }
  }

  /// One image.
  public func image(_ index: Int) -> ArraySlice<Float> {
    pixels[index * width * height..<(index + 1) * width * height]
  }

  /// The same in every epoch, but for the augmentation.
  public func batch(
    _ indices: some Collection<Int>, epoch: Int = 0, augmentation: Augmentation? = nil, on device: Device
  ) throws -> Batch {
    try Batch(
      indices.map { (index: $0, pixels: image($0), label: labels[$0]) }, width: width, height: height,
      augmentation, device)
  }
}

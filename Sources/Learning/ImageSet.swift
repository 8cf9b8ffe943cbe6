import Dataset
import FileFormats
import LensCore
import Tensors

/// Images with their classes, in memory: what networks are trained on and judged by.
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

  /// One split of a dataset on disk.
  ///
  /// - Parameters:
  ///   - split: `train`, `validation` or `test`.
  ///   - only: Classes to read; nil for all. Labels count the dataset's classes either way.
  /// - Throws: `FileError` if there is no whole dataset, or none of these images in it.
  public init(dataset path: String, split: String, only: [String]? = nil) throws {
    let manifest = try Manifest(ofDataset: path)
    guard manifest.imageShape.count == 3, manifest.imageShape[0] == 1 else {
      throw FileError(path: path, reason: "images have shape \(manifest.imageShape), must have one channel")
    }
    let classes = manifest.parts.reduce(into: [String]()) {
      if !$0.contains($1.label) { $0.append($1.label) }
    }
    self.init(width: manifest.imageShape[2], height: manifest.imageShape[1], classes: classes)
    for part in manifest.parts where part.split == split && only?.contains(part.label) ?? true {
      let file = "\(path)/\(part.label)_\(part.split).npy"
      let array = try readNpy(file)
      guard array.shape == [part.count] + manifest.imageShape else {
        throw FileError(path: file, reason: "the array has shape \(array.shape), not what the manifest says")
      }
      guard let label = classes.firstIndex(of: part.label) else { continue }
      for i in 0..<part.count {
        let values = array.values[i * width * height..<(i + 1) * width * height]
        guard values.allSatisfy(\.isFinite) else {
          throw FileError(path: file, reason: "image \(i) has a value that is no finite number")
        }
        append(Array(values), label: label)
      }
    }
    if count == 0 {
      throw FileError(
        path: path,
        reason: "there are no images of split '\(split)'" + (only.map { " in classes \($0)" } ?? ""))
    }
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
    let numbers = pixels.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    return (try? sha256(numbers + Array("\(width) \(height) \(classes) \(labels)".utf8))) ?? ""
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

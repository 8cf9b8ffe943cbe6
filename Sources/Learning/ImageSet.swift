import FileFormats
import Tensors

/// Images with their classes, in memory: what networks are judged by, and small trainings see.
package struct ImageSet: ImageSource, Sendable {
  package let channels: Int
  package let bands: [String]
  package let width: Int
  package let height: Int
  /// Names of the classes; labels are their positions.
  package let classes: [String]
  package let smooth: Int?
  package private(set) var labels: [Int] = []
  package let preparation: Preparation
  /// Of the images that are added.
  private let originalWidth: Int
  private let originalHeight: Int
  /// Row-major, band after band and image after image, prepared.
  private var pixels: [Float] = []

  package var count: Int { labels.count }

  /// An empty set.
  ///
  /// - Parameters:
  ///   - channels: Bands of the images that will be added.
  ///   - bands: Their names, if they have some.
  ///   - width, height: Of the images that will be added, before their preparation.
  ///   - smooth: The label of images without substructure; nil for none.
  package init(
    channels: Int = 1, bands: [String] = [], width: Int, height: Int, classes: [String], smooth: Int? = 0,
    preparation: Preparation = Preparation()
  ) {
    (self.channels, self.bands, self.smooth) = (channels, bands, smooth)
    (originalWidth, originalHeight, self.classes, self.preparation) = (width, height, classes, preparation)
    (self.width, self.height) = (preparation.side(of: width), preparation.side(of: height))
  }

  /// Adds an image and prepares it.
  ///
  /// - Parameter image: Finite numbers, as many as said before.
  package mutating func append(_ image: [Float], label: Int) {
    precondition(image.count == channels * originalWidth * originalHeight && classes.indices.contains(label))
    pixels += preparation.apply(to: image, channels: channels, width: originalWidth)
    labels.append(label)
  }

  /// SHA-256 of the pixels, labels and classes.
  package var digest: String {
    get throws {
      let numbers = pixels.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
      }
      return try sha256(numbers + Array("\(channels) \(width) \(height) \(classes) \(labels)".utf8))
    }
  }

  /// Numbers of an image.
  var size: Int { channels * width * height }

  /// One image.
  package func image(_ index: Int) -> ArraySlice<Float> {
    pixels[index * size..<(index + 1) * size]
  }

  /// The same in every epoch, but for the augmentation.
  package func pixels(_ indices: [Int], _ request: BatchRequest) -> PendingPixels {
    PendingPixels {
      indices.map { index in
        let pixels = Array(image(index))
        return LabelledPixels(
          pixels: request.augmentation?.apply(to: pixels, width: width, height: height, sky: index) ?? pixels,
          label: labels[index])
      }
    }
  }
}

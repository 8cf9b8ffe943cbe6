import Tensors

/// Where a training takes its images from: a set in memory, or a simulator.
package protocol ImageSource {
  /// Bands of each image.
  var channels: Int { get }
  /// Their names; none for a camera without bands.
  var bands: [String] { get }
  var width: Int { get }
  var height: Int { get }
  /// Names of the classes; labels are their positions.
  var classes: [String] { get }
  /// The label of images without substructure, which scores tell from all others; nil if no class is of them.
  var smooth: Int? { get }
  /// Images of an epoch.
  var count: Int { get }
  /// What was done to the images, whose size is that afterwards.
  var preparation: Preparation { get }
  /// Whether it can show all classes of one sky and one noise.
  var hasPairs: Bool { get }
  /// Of the program that makes the images; nil for images that are there.
  var renderingRevision: Int? { get }
  /// The same for sources that give the same images.
  var digest: String { get throws }

  /// Some of an epoch's images, by their numbers from 0.
  func pixels(_ indices: [Int], _ request: BatchRequest) throws -> PendingPixels
}

/// How a batch is asked for.
package struct BatchRequest: Sendable {
  package var epoch = 0
  package var augmentation: Augmentation?
  /// All classes of one sky and one noise, one after the other.
  package var isPaired = false
  /// Also what the substructure changes.
  package var hasDifferences = false

  package init(
    epoch: Int = 0, augmentation: Augmentation? = nil, isPaired: Bool = false, hasDifferences: Bool = false
  ) {
    (self.epoch, self.augmentation, self.isPaired, self.hasDifferences) = (
      epoch, augmentation, isPaired, hasDifferences
    )
  }
}

/// An image as a network takes it, with its class.
package struct LabelledPixels: Sendable {
  package var pixels: [Float]
  package var label: Int
  /// By how many standard deviations of the noise the substructure changes each pixel, if that was asked for.
  package var difference: [Float]?

  package init(pixels: [Float], label: Int, difference: [Float]? = nil) {
    (self.pixels, self.label, self.difference) = (pixels, label, difference)
  }
}

/// Images that may still be in the making.
package struct PendingPixels {
  private let wait: () throws -> [LabelledPixels]

  init(_ wait: @escaping () throws -> [LabelledPixels]) { self.wait = wait }

  /// Waits for them; to be called once.
  func get() throws -> [LabelledPixels] { try wait() }
}

extension ImageSource {
  package var hasPairs: Bool { false }
  package var renderingRevision: Int? { nil }

  /// What a file of weights says of the images that it was trained on.
  var summary: String { "\(sizeSummary) of \(classes.joined(separator: ", "))" }
  var sizeSummary: String {
    "\(width) x \(height) pixels" + (bands.isEmpty ? "" : " in the bands \(bands.joined(separator: " "))")
      + (preparation.summary.isEmpty ? "" : " (\(preparation.summary))")
  }

  package func batch(
    _ indices: some Collection<Int>, _ request: BatchRequest = BatchRequest(), on device: Device = .cpu
  ) throws -> Batch {
    try Batch(
      pixels(Array(indices), request).get(), channels: channels, width: width, height: height, device)
  }
}

/// What a network sees at once.
package struct Batch {
  /// [batch, channels, height, width].
  package let images: Tensor
  /// [batch]
  package let labels: Tensor
  /// [batch, channels, height, width] in standard deviations of the noise, if it was asked for.
  package var differences: Tensor?
  /// Which images are of one sky, if it holds whole tuples.
  package var tuples: Tuples?

  package init(images: Tensor, labels: Tensor) { (self.images, self.labels) = (images, labels) }

  init(
    _ images: [LabelledPixels], channels: Int, width: Int, height: Int, _ device: Device,
    tuples: Tuples? = nil
  ) throws {
    let images = tuples?.order.map { images[$0] } ?? images
    let shape = [images.count, channels, height, width]
    self.init(
      images: try Tensor(Self.joined(images.map(\.pixels)), shape: shape, device: device),
      labels: try Tensor(labels: images.map(\.label), device: device))
    self.tuples = tuples
    let differences = images.compactMap(\.difference)
    if !images.isEmpty && differences.count == images.count {
      self.differences = try Tensor(Self.joined(differences), shape: shape, device: device)
    }
  }

  private static func joined(_ parts: [[Float]]) -> [Float] {
    var all: [Float] = []
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { all += part }
    return all
  }
}

import Dataset
import FileFormats
import LensCore
import Populations
import Tensors

/// Images of a dataset on disk, read when a batch asks for them: the dataset may be larger than the memory.
package struct DatasetImages: ImageSource {
  private struct Entry {
    let file: Int
    let row: Int
    let label: Int
  }

  package let channels: Int
  package let bands: [String]
  package let width: Int
  package let height: Int
  package let classes: [String]
  package let smooth: Int?
  package let preparation: Preparation
  private let originalWidth: Int
  private let originalHeight: Int
  private let files: [StoredImages]
  private var entries: [Entry]
  private let isOfTuples: Bool
  /// Of the manifest's digests of the files.
  private let filesDigest: String

  package var count: Int { entries.count }

  /// - Parameters:
  ///   - splits: `train`, `validation`, `test`.
  ///   - only: The class to read; nil for all. Labels count the dataset's classes either way.
  /// - Throws: `FileError` if there is no whole dataset, or none of these images in it.
  package init(
    _ path: String, splits: [String], only: String? = nil, preparation: Preparation = Preparation()
  )
    throws
  {
    self.preparation = preparation
    let manifest = try Manifest(ofDataset: path)
    (channels, bands) = (manifest.imageShape[0], manifest.bands ?? [])
    let classes = manifest.parts.reduce(into: [String]()) {
      if !$0.contains($1.label) { $0.append($1.label) }
    }
    let parts = manifest.parts.filter { splits.contains($0.split) && (only == nil || $0.label == only) }
    files = try parts.map { try StoredImages(path, $0, of: manifest) }
    entries = parts.enumerated().flatMap { file, part in
      let label = classes.firstIndex(of: part.label) ?? 0
      return (0..<part.count).map { Entry(file: file, row: $0, label: label) }
    }
    let plan = try PopulationPlan.drawing(loadPopulation("\(path)/spec.yaml"), seed: manifest.seed)
    isOfTuples = plan.spec.pairs
    smooth = plan.smoothClass.flatMap { classes.firstIndex(of: plan.classes[$0]) }
    (originalWidth, originalHeight) = (manifest.imageShape[2], manifest.imageShape[1])
    try preparation.check(width: manifest.imageShape[2], height: manifest.imageShape[1])
    (width, height) = (preparation.side(of: originalWidth), preparation.side(of: originalHeight))
    self.classes = classes
    let paths = files.map(\.path)
    let digests = manifest.files.filter { paths.contains("\(path)/\($0.name)") }.map {
      "\($0.name) \($0.sha256)"
    }
    filesDigest = try sha256(Array(digests.joined(separator: "\n").utf8))
    guard !entries.isEmpty else {
      throw FileError(path: path, reason: Self.lack(of: splits, only, in: manifest))
    }
  }

  /// The population that a dataset is of.
  package static func plan(of path: String) throws -> PopulationPlan {
    let manifest = try Manifest(ofDataset: path)
    return try PopulationPlan(
      loading: "\(path)/spec.yaml", seed: manifest.seed, noiseSeed: manifest.noiseSeed)
  }

  private static func lack(of splits: [String], _ only: String?, in manifest: Manifest) -> String {
    let parts = manifest.parts.map { "\($0.label)_\($0.split)" }.joined(separator: ", ")
    let wanted = splits.map { "'\($0)'" }.joined(separator: " or ")
    return "there are no images of split \(wanted)\(only.map { " in class \($0)" } ?? ""), only \(parts); "
      + "lensing generate makes splits with --set split.test=0.2 (or validation)"
  }

  package var digest: String {
    get throws {
      let numbers = entries.map { "\($0.file) \($0.row) \($0.label)" }.joined(separator: "\n")
      return try sha256(Array("\(filesDigest) \(width) \(height) \(classes)\n\(numbers)".utf8))
    }
  }

  package func pixels(_ indices: [Int], _ request: BatchRequest) -> PendingPixels {
    PendingPixels {
      try indices.map { index in
        let pixels = preparation.apply(
          to: try pixels(index), channels: channels, width: originalWidth)
        return LabelledPixels(
          pixels: request.augmentation?.apply(to: pixels, width: width, height: height, sky: index) ?? pixels,
          label: entries[index].label)
      }
    }
  }

  /// All of them in memory.
  package func kept() throws -> ImageSet {
    var set = ImageSet(
      channels: channels, bands: bands, width: originalWidth, height: originalHeight, classes: classes,
      smooth: smooth,
      preparation: preparation)
    for number in entries.indices { set.append(try pixels(number), label: entries[number].label) }
    return set
  }

  /// The images in two, mixed at random: what trains, and a part that validates.
  ///
  /// - Parameter part: Of the images that validate, between 0 and 1.
  /// - Throws: `TrainingError` for a part that is not, or would leave one side less than two images, and for matched
  ///   pairs, which would be torn apart.
  package func divided(validationPart part: Double, seed: UInt64) throws -> (
    training: DatasetImages, validation: DatasetImages
  ) {
    guard !isOfTuples else {
      throw TrainingError(
        "validation-part: this dataset has matched pairs, which must stay on one side; use its own splits")
    }
    guard part > 0, part < 1 else {
      throw TrainingError("validation-part: \(part) given, must be between 0 and 1")
    }
    let size = Int((part * Double(count)).rounded())
    guard size >= 2, count - size >= 2 else {
      throw TrainingError("validation-part: \(part) of \(count) images leaves fewer than two on a side")
    }
    let order = TrainingOrder.permutation(count, TrainingOrder.seed(seed, "division", 0), 0)
    var (training, validation) = (self, self)
    training.entries = order.dropFirst(size).sorted().map { entries[$0] }
    validation.entries = order.prefix(size).sorted().map { entries[$0] }
    return (training, validation)
  }

  private func pixels(_ number: Int) throws -> [Float] {
    let file = files[entries[number].file]
    let values = try file.read(at: entries[number].row)
    guard values.allSatisfy(\.isFinite) else {
      throw FileError(
        path: file.path, reason: "image \(entries[number].row) has a value that is no finite number")
    }
    return values
  }
}

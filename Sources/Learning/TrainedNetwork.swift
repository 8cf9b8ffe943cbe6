import FileFormats
import Foundation
import LensCore
import Tensors

/// Files of weights and what they say about themselves.
extension Trainer {
  /// The network of a file of weights that a training wrote.
  ///
  /// - Parameter images: Of the size and classes that it was trained on.
  /// - Throws: `FileError` for a file of another network or other images.
  package static func trained(_ path: String, images: some ImageSource, device: Device = .cpu) throws -> (
    NetworkKind, Model
  ) {
    let file = try SafeTensorsFile(path: path)
    guard let name = file.metadata["network"], let kind = NetworkKind(rawValue: name) else {
      throw FileError(path: path, reason: "the file does not say of which network it is")
    }
    let summary = file.metadata[imagesKey] ?? ""
    // What sees no labels may be judged by any classes.
    guard kind.isSupervised ? summary == images.summary : summary.hasPrefix(images.sizeSummary) else {
      throw FileError(
        path: path,
        reason: "the network was trained on \(summary.isEmpty ? "other images" : summary), these are "
          + images.summary)
    }
    let module = URL(filePath: path).deletingLastPathComponent().appending(path: moduleName).path
    let model = try kind.make(
      channels: images.channels, width: images.width, height: images.height, classes: images.classes.count,
      module: kind.isScript ? module : nil, TensorGenerator(seed: 0, device: device))
    try file.load(into: model.state, of: path)
    return (kind, model)
  }

  private static let imagesKey = "images"

  /// What a file of weights says about itself.
  static func metadata(_ kind: NetworkKind, _ images: some ImageSource) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let preparation = String(decoding: try encoder.encode(images.preparation), as: UTF8.self)
    return ["network": kind.rawValue, imagesKey: images.summary, preparationKey: preparation]
  }

  private static let preparationKey = "preparation"

  /// What was done to the images of a trained network.
  ///
  /// - Parameter path: Of its weights.
  package static func preparation(of path: String) throws -> Preparation {
    guard let text = try SafeTensorsFile(path: path).metadata[preparationKey] else { return Preparation() }
    do {
      // JSON is YAML; the numbers are checked like those of a recipe.
      return try SpecVisitor.read(Preparation.self, from: parseYAML(text, path: path))
    } catch {
      throw FileError(path: path, reason: "the file does not say how images were prepared: \(error)")
    }
  }
}

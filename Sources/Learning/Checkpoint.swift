import FileFormats
import Foundation
import LensCore
import Tensors

/// All that a training knows after an epoch: weights, the optimizers' memories and how far it has come.
///
/// One safetensors file, written atomically. A training that continues from it ends with the weights that it would have
/// had without the break.
struct Checkpoint {
  static let name = "checkpoint.safetensors"

  /// What is not a tensor.
  struct Progress: Codable, Equatable {
    let spec: TrainingSpec
    /// Beginnings of the names of parameters that stay as they are.
    let frozen: [String]
    /// Digests of the training and the validation images.
    let images: [String]
    /// Digest of the file of a module from Python.
    var module: String?
    /// Of images that are simulated.
    var renderingRevision: Int?
    /// Epochs done.
    var epoch = 0
    /// Steps of every optimizer.
    var steps: [Int] = []
    var bestLoss: Double?
    var epochsWithoutImprovement = 0
    /// One per epoch done.
    var history: [EpochMetrics] = []

    /// What a training that continues must have in common with this.
    var settings: [NamedValue] {
      let names = ["training images (SHA-256)", "validation images (SHA-256)"]
      return spec.settings
        + [
          NamedValue("frozen parameters", frozen.isEmpty ? "none" : frozen.joined(separator: ",")),
          NamedValue("rendering revision", renderingRevision.map { String($0) } ?? "none"),
          NamedValue("code of the module (SHA-256)", module ?? "none"),
        ] + zip(names, images).map { NamedValue($0, $1) }
    }

    /// False for numbers that no training writes.
    var isPossible: Bool {
      epoch >= 0 && epoch <= spec.epochs && history.count == epoch && epochsWithoutImprovement >= 0
        && steps.allSatisfy { (0...1 << 53).contains($0) }
    }
  }

  private static let progressKey = "progress"

  /// - Parameter others: Tensors that a training keeps beside the network.
  static func write(
    _ progress: Progress, _ model: Model, _ optimizers: [Optimizer], _ others: [NamedTensor],
    to folder: String
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let json = String(decoding: try encoder.encode(progress), as: UTF8.self)
    let tensors = model.state + others + memories(optimizers)
    try SafeTensorsFile(tensors, metadata: [progressKey: json]).write(to: "\(folder)/\(name)")
  }

  /// - Throws: `FileError` or `TrainingError` if it is of another training.
  static func read(
    from folder: String, into model: Model, _ optimizers: [Optimizer], _ others: [NamedTensor],
    begun: Progress
  ) throws -> Progress {
    let path = "\(folder)/\(name)"
    let file = try SafeTensorsFile(path: path)
    guard let json = file.metadata[progressKey],
      let progress = try? JSONDecoder().decode(Progress.self, from: Data(json.utf8)),
      progress.isPossible, progress.steps.count == optimizers.count
    else { throw FileError(path: path, reason: "this is no checkpoint of a training") }
    guard progress.settings == begun.settings else {
      throw TrainingError(
        "\(folder) was trained with other settings, \(differences(progress.settings, begun.settings)): give the same, "
          + "or train elsewhere")
    }
    try file.load(into: model.state + others + memories(optimizers), of: path)
    for (optimizer, steps) in zip(optimizers, progress.steps) { optimizer.step = steps }
    return progress
  }

  private static func memories(_ optimizers: [Optimizer]) -> [NamedTensor] {
    optimizers.enumerated().flatMap { o, optimizer in
      optimizer.states.enumerated().flatMap { s, state in
        state.enumerated().map { p, tensor in
          NamedTensor(name: "optimizer.\(o).\(s).\(p)", tensor: tensor, isTrainable: false)
        }
      }
    }
  }
}

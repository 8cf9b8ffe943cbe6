import FileFormats
import Foundation
import LensCore
import Tensors

/// Trains a network and keeps its checkpoints, its best weights and a log in a folder.
///
/// | file | holds |
/// |---|---|
/// | `weights.safetensors` | the weights of the epoch with the least validation loss |
/// | `checkpoint.safetensors` | everything after the last epoch, for `resume` |
/// | `metrics.jsonl` | a line per epoch |
/// | `module.pt` | a TorchScript module with the best weights, if the network is one |
///
/// The weights are a function of (images, spec) on one processor with one number of threads: order, augmentation, dropout and codes come from streams
/// that the seed and the epoch name.
public struct Trainer {
  /// How far a training has come.
  public struct Progress: Sendable {
    public let epoch: Int
    public let epochs: Int
    public let batch: Int
    public let batches: Int
    /// Of this epoch so far.
    public let loss: Double
  }

  private let spec: TrainingSpec
  private let folder: String
  private let device: Device
  public let model: Model
  private let step: TrainingStep
  private let frozen: [String]
  /// Of the file of a module from Python.
  private let moduleDigest: String?

  public static let weightsName = "weights.safetensors"
  /// A module from Python with the same weights.
  public static let moduleName = "module.pt"

  /// Whether a folder holds a training that can be resumed.
  public static func hasBegun(in folder: String) -> Bool { fileExists("\(folder)/\(Checkpoint.name)") }

  /// - Parameters:
  ///   - folder: Made if it is not there.
  ///   - initialWeights: A file of weights of the same network to start from.
  ///   - module: The file of a TorchScript module, for networks that are one; see `ScriptModule` on trust.
  ///   - frozen: Parameters whose names begin like one of these stay as they are.
  public init(
    _ spec: TrainingSpec, images: some ImageSource, folder: String, device: Device = .cpu,
    initialWeights: String? = nil, module: String? = nil, frozen: [String] = []
  ) throws {
    try spec.validate()
    let generator = try TensorGenerator(seed: TrainingOrder.seed(spec.seed, "weights", 0), device: device)
    model = try spec.network.make(
      width: images.width, height: images.height, classes: images.classes.count, module: module, generator)
    if let initialWeights {
      try SafeTensorsFile(path: initialWeights).load(into: model.state, of: initialWeights)
    }
    try model.freeze(frozen)
    step = try TrainingStep(model, spec)
    moduleDigest = try module.map { try sha256(ofFile: $0) }
    (self.spec, self.folder, self.device, self.frozen) = (spec, folder, device, frozen.sorted())
  }

  /// The network of a file of weights that a training wrote.
  ///
  /// - Parameter images: Of the size and classes that it was trained on.
  /// - Throws: `FileError` for a file of another network or other images.
  public static func trained(_ path: String, images: some ImageSource, device: Device = .cpu) throws -> (
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
      width: images.width, height: images.height, classes: images.classes.count,
      module: kind.isScript ? module : nil, TensorGenerator(seed: 0, device: device))
    try file.load(into: model.state, of: path)
    return (kind, model)
  }

  /// Trains until the last epoch, or until patience ends.
  ///
  /// - Parameters:
  ///   - resume: Continue from the checkpoint in the folder.
  ///   - shouldStop: Asked before every batch and after every epoch. The files are then those of the last whole epoch, from
  ///     which a resumed training goes on to the same bytes; the model in memory may be in the middle of the next.
  /// - Returns: One entry per whole epoch, those of an earlier run included.
  /// - Throws: `TrainingError` when a loss is no number any more, with the last checkpoint kept.
  public func run(
    training: some ImageSource, validation: some ImageSource, resume: Bool = false,
    shouldStop: () -> Bool = { false },
    progress report: (Progress) -> Void = { _ in }
  ) throws -> [EpochMetrics] {
    guard training.count >= 2, validation.count >= 2 else {
      throw TrainingError(
        "\(training.count) training and \(validation.count) validation images, two of each are needed")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !resume && Self.hasBegun(in: folder) {
      throw TrainingError("\(folder) holds a training already; resume it, or train into another folder")
    }
    let begun = Checkpoint.Progress(
      spec: spec, frozen: frozen, images: try [training.digest, validation.digest], module: moduleDigest,
      steps: step.optimizers.map { _ in 0 })
    var state =
      resume
      ? try Checkpoint.read(from: folder, into: model, step.optimizers, begun: begun)
      : begun
    while state.epoch < spec.epochs && !isOutOfPatience(state) {
      guard try trainEpoch(&state, training, validation, shouldStop, report), !shouldStop() else { break }
    }
    return state.history
  }

  private func isOutOfPatience(_ state: Checkpoint.Progress) -> Bool {
    spec.patience > 0 && state.epochsWithoutImprovement >= spec.patience
  }

  /// - Returns: False if it was stopped before its end: nothing is written then.
  private func trainEpoch(
    _ state: inout Checkpoint.Progress, _ training: some ImageSource, _ validation: some ImageSource,
    _ shouldStop: () -> Bool, _ report: (Progress) -> Void
  ) throws -> Bool {
    guard let trainingLoss = try pass(over: training, epoch: state.epoch, shouldStop, report),
      let validationLoss = try meanLoss(validation, shouldStop)
    else { return false }
    guard validationLoss.isFinite else { throw noNumber(validationLoss, state.epoch) }
    state.epoch += 1
    state.steps = step.optimizers.map(\.step)
    state.history.append(
      EpochMetrics(
        epoch: state.epoch, trainingLoss: trainingLoss, validationLoss: validationLoss,
        rate: step.optimizers.first?.rate ?? spec.rate))
    let isBest = validationLoss < state.bestLoss ?? .infinity
    state.epochsWithoutImprovement = isBest ? 0 : state.epochsWithoutImprovement + 1
    if isBest {
      state.bestLoss = validationLoss
      try SafeTensorsFile(model.state, metadata: Self.metadata(spec.network, training))
        .write(to: "\(folder)/\(Self.weightsName)")
      try writeModule()
    }
    try TrainingLog.write(state.history, to: folder)
    // Last, so that what it says is on the disk already.
    try Checkpoint.write(state, model, step.optimizers, to: folder)
    return true
  }

  private func writeModule() throws {
    guard let script = model.script else { return }
    // The name goes into the file, so that it must not be a random one.
    let partial = "\(folder)/.\(Self.moduleName)"
    defer { try? removeFile(partial) }
    try script.write(to: partial)
    try writeFileAtomically(try readFile(partial), to: "\(folder)/\(Self.moduleName)")
  }

  /// One pass over the images in a random order; returns the mean loss, or nil if it was stopped.
  private func pass(
    over images: some ImageSource, epoch: Int, _ shouldStop: () -> Bool, _ report: (Progress) -> Void
  ) throws -> Double? {
    let generator = try TensorGenerator(seed: TrainingOrder.seed(spec.seed, "pass", epoch), device: device)
    let pass = Pass(isTraining: true, generator: generator)
    if model.script != nil { try ScriptModule.seed(TrainingOrder.seed(spec.seed, "module", epoch)) }
    let augmentation = spec.augments ? Augmentation(seed: spec.seed, epoch: epoch) : nil
    let batches = TrainingOrder.batches(
      TrainingOrder.permutation(images.count, spec.seed, epoch), spec.batchSize)
    var sum = 0.0
    for (number, indices) in batches.enumerated() {
      if shouldStop() { return nil }
      let batch = try images.batch(indices, epoch: epoch, augmentation: augmentation, on: device)
      let factor = spec.schedule.factor(
        step: epoch * batches.count + number, of: spec.epochs * batches.count)
      let losses = try step.advance(batch, pass, rate: spec.rate * factor)
      if let loss = losses.first(where: { !$0.isFinite }) { throw noNumber(loss, epoch) }
      sum += losses[0]
      report(
        Progress(
          epoch: epoch + 1, epochs: spec.epochs, batch: number + 1, batches: batches.count,
          loss: sum / Double(number + 1)))
    }
    return sum / Double(batches.count)
  }

  private func noNumber(_ loss: Double, _ epoch: Int) -> TrainingError {
    TrainingError(
      "the loss is \(loss) in epoch \(epoch + 1): a smaller rate may help; "
        + (epoch > 0 ? "the checkpoint of epoch \(epoch) is kept" : "nothing was saved yet"))
  }

  /// The mean loss of the images without training, or nil if it was stopped.
  private func meanLoss(_ images: some ImageSource, _ shouldStop: () -> Bool) throws -> Double? {
    try withoutGradients {
      let generator = try TensorGenerator(
        seed: TrainingOrder.seed(spec.seed, "validation", 0), device: device)
      let pass = Pass(isTraining: false, generator: generator)
      var sum = 0.0
      for indices in TrainingOrder.batches(Array(0..<images.count), spec.batchSize) {
        if shouldStop() { return nil }
        let loss = try model.validationLoss(
          images.batch(indices, epoch: 0, augmentation: nil, on: device), pass)
        sum += Double(try loss.scalar()) * Double(indices.count) / Double(images.count)
      }
      return sum
    }
  }

  private static let imagesKey = "images"

  /// What a file of weights says about itself.
  private static func metadata(_ kind: NetworkKind, _ images: some ImageSource) -> [String: String] {
    ["network": kind.rawValue, imagesKey: images.summary]
  }
}

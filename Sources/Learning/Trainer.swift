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
  /// Those of the model's phases that move anything.
  private let phases: [Model.Phase]
  private let optimizers: [Optimizer]
  private let frozen: [String]

  public static let weightsName = "weights.safetensors"

  /// - Parameters:
  ///   - folder: Made if it is not there.
  ///   - initialWeights: A file of weights of the same network to start from.
  ///   - frozen: Parameters whose names begin like one of these stay as they are.
  public init(
    _ spec: TrainingSpec, images: ImageSet, folder: String, device: Device = .cpu,
    initialWeights: String? = nil,
    frozen: [String] = []
  ) throws {
    try spec.validate()
    let generator = try TensorGenerator(seed: Self.seed(spec.seed, "weights", 0), device: device)
    model = try spec.network.make(
      width: images.width, height: images.height, classes: images.classes.count, generator)
    if let initialWeights {
      do {
        try SafeTensorsFile(path: initialWeights).load(into: model.state)
      } catch let error as WeightsError { throw FileError(path: initialWeights, reason: error.description) }
    }
    try Self.freeze(frozen, in: model)
    phases = model.phases.filter { $0.parameters.contains { $0.isAskedForGradient } }
    if phases.isEmpty { throw TrainingError("all parameters are frozen: nothing is left to train") }
    optimizers = try phases.map {
      try Optimizer(spec.optimizer.method, $0.parameters, rate: spec.rate, weightDecay: spec.weightDecay)
    }
    (self.spec, self.folder, self.device, self.frozen) = (spec, folder, device, frozen.sorted())
  }

  /// The network of a file of weights that a training wrote.
  ///
  /// - Parameter images: Of the size and classes that it was trained on.
  /// - Throws: `FileError` for a file of another network or other images.
  public static func trained(_ path: String, images: ImageSet, device: Device = .cpu) throws -> (
    NetworkKind, Model
  ) {
    let file = try SafeTensorsFile(path: path)
    guard let name = file.metadata["network"], let kind = NetworkKind(rawValue: name) else {
      throw FileError(path: path, reason: "the file does not say of which network it is")
    }
    let expected = metadata(kind, images)
    guard file.metadata == expected else {
      throw FileError(
        path: path,
        reason: "the network was trained on \(file.metadata["images"] ?? "other images"), these are "
          + (expected["images"] ?? ""))
    }
    let model = try kind.make(
      width: images.width, height: images.height, classes: images.classes.count,
      TensorGenerator(seed: 0, device: device))
    do {
      try file.load(into: model.state)
    } catch let error as WeightsError { throw FileError(path: path, reason: error.description) }
    return (kind, model)
  }

  /// Trains until the last epoch, or until patience ends.
  ///
  /// - Parameters:
  ///   - resume: Continue from the checkpoint in the folder.
  ///   - shouldStop: Asked after every epoch; the checkpoint is there.
  /// - Returns: One entry per epoch, those of an earlier run included.
  /// - Throws: `TrainingError` when a loss is no number any more, with the last checkpoint kept.
  public func run(
    training: ImageSet, validation: ImageSet, resume: Bool = false, shouldStop: () -> Bool = { false },
    progress report: (Progress) -> Void = { _ in }
  ) throws -> [EpochMetrics] {
    guard training.count >= 2, validation.count >= 2 else {
      throw TrainingError(
        "\(training.count) training and \(validation.count) validation images, two of each are needed")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let checkpoint = "\(folder)/\(Checkpoint.name)"
    if !resume && fileExists(checkpoint) {
      throw TrainingError("\(folder) holds a training already; resume it, or train into another folder")
    }
    let begun = Checkpoint.Progress(
      spec: spec, frozen: frozen, images: [training.digest, validation.digest],
      steps: optimizers.map { _ in 0 })
    var state =
      resume
      ? try Checkpoint.read(from: folder, into: model, optimizers, begun: begun)
      : begun
    while state.epoch < spec.epochs && !isOutOfPatience(state) {
      try trainEpoch(&state, training, validation, report)
      if shouldStop() { break }
    }
    return state.history
  }

  private func isOutOfPatience(_ state: Checkpoint.Progress) -> Bool {
    spec.patience > 0 && state.epochsWithoutImprovement >= spec.patience
  }

  private func trainEpoch(
    _ state: inout Checkpoint.Progress, _ training: ImageSet, _ validation: ImageSet,
    _ report: (Progress) -> Void
  ) throws {
    let trainingLoss = try pass(over: training, epoch: state.epoch, report)
    let validationLoss = try meanLoss(validation)
    guard validationLoss.isFinite else { throw noNumber(validationLoss, state.epoch) }
    state.epoch += 1
    state.steps = optimizers.map(\.step)
    state.history.append(
      EpochMetrics(
        epoch: state.epoch, trainingLoss: trainingLoss, validationLoss: validationLoss,
        rate: optimizers.first?.rate ?? spec.rate))
    let isBest = validationLoss < state.bestLoss ?? .infinity
    state.epochsWithoutImprovement = isBest ? 0 : state.epochsWithoutImprovement + 1
    if isBest {
      state.bestLoss = validationLoss
      try SafeTensorsFile(model.state, metadata: Self.metadata(spec.network, training))
        .write(to: "\(folder)/\(Self.weightsName)")
    }
    try writeLog(state.history)
    // Last, so that what it says is on the disk already.
    try Checkpoint.write(state, model, optimizers, to: folder)
  }

  /// One pass over the images in a random order; returns the mean loss.
  private func pass(over images: ImageSet, epoch: Int, _ report: (Progress) -> Void) throws -> Double {
    let generator = try TensorGenerator(seed: Self.seed(spec.seed, "pass", epoch), device: device)
    let pass = Pass(isTraining: true, generator: generator)
    let augmentation = spec.augments ? Augmentation(seed: spec.seed, epoch: epoch) : nil
    let batches = Self.batches(Self.order(images.count, spec.seed, epoch), spec.batchSize)
    var sum = 0.0
    for (number, indices) in batches.enumerated() {
      let batch = try images.batch(indices, augmentation: augmentation, on: device)
      let step = epoch * batches.count + number
      let factor = spec.schedule.factor(step: step, of: spec.epochs * batches.count)
      for (k, (phase, optimizer)) in zip(phases, optimizers).enumerated() {
        optimizer.rate = spec.rate * factor
        for other in optimizers { try other.clearGradients() }
        let loss = try phase.loss(batch, pass)
        try loss.backward()
        let value = Double(try loss.scalar())
        guard value.isFinite else { throw noNumber(value, epoch) }
        if k == 0 { sum += value }
        try optimizer.advance()
      }
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

  /// The mean loss of the images without training.
  private func meanLoss(_ images: ImageSet) throws -> Double {
    try withoutGradients {
      let generator = try TensorGenerator(seed: Self.seed(spec.seed, "validation", 0), device: device)
      let pass = Pass(isTraining: false, generator: generator)
      return try Self.batches(Array(0..<images.count), spec.batchSize).reduce(0.0) { sum, indices in
        let loss = try model.validationLoss(images.batch(indices, augmentation: nil, on: device), pass)
        return sum + Double(try loss.scalar()) * Double(indices.count) / Double(images.count)
      }
    }
  }

  private func writeLog(_ history: [EpochMetrics]) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    let lines = try history.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try writeFileAtomically(Array(lines.joined().utf8), to: "\(folder)/metrics.jsonl")
  }

  /// What a file of weights says about itself.
  private static func metadata(_ kind: NetworkKind, _ images: ImageSet) -> [String: String] {
    [
      "network": kind.rawValue,
      "images": "\(images.width) x \(images.height) pixels of \(images.classes.joined(separator: ", "))",
    ]
  }

  /// - Throws: `TrainingError` for the beginning of a name that no parameter has.
  private static func freeze(_ prefixes: [String], in model: Model) throws {
    for prefix in prefixes {
      let frozen = model.state.filter { $0.isTrainable && $0.name.hasPrefix(prefix) }
      guard !prefix.isEmpty, !frozen.isEmpty else {
        let names = model.state.filter(\.isTrainable).prefix(3).map(\.name).joined(separator: ", ")
        throw TrainingError("no parameter's name begins like '\(prefix)'; names are \(names) and so on")
      }
      for named in frozen { try named.tensor.requiringGradient(false) }
    }
  }

  // MARK: Order

  /// A seed of its own for every purpose and epoch.
  private static func seed(_ seed: UInt64, _ purpose: String, _ epoch: Int) -> UInt64 {
    let words = RandomKey(seed: seed, sample: UInt64(epoch)).stream(purpose).block(0)
    return UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// A permutation by sorting random words.
  static func order(_ count: Int, _ seed: UInt64, _ epoch: Int) -> [Int] {
    let stream = RandomKey(seed: seed, sample: UInt64(epoch)).stream("order")
    let keys = (0..<count).map { i in
      let words = stream.block(UInt32(truncatingIfNeeded: i))
      return UInt64(words[0]) << 32 | UInt64(words[1])
    }
    return (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// Runs of `size` and the rest, which joins the run before if it is a single image: that has no statistics.
  static func batches(_ order: [Int], _ size: Int) -> [ArraySlice<Int>] {
    var starts = Array(stride(from: 0, to: order.count, by: size))
    if starts.count > 1, order.count - starts[starts.count - 1] == 1 { starts.removeLast() }
    return starts.enumerated().map { i, start in
      order[start..<(i + 1 < starts.count ? starts[i + 1] : order.count)]
    }
  }
}

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
package struct Trainer {
  /// How far a training has come.
  package struct Progress: Sendable {
    package let epoch: Int
    package let epochs: Int
    package let batch: Int
    package let batches: Int
    /// Of this epoch so far.
    package let loss: Double
    /// Part of this epoch's time in which the network waited for its images.
    package let waiting: Double
  }

  private let spec: TrainingSpec
  private let folder: String
  private let device: Device
  package let model: Model
  private let step: TrainingStep
  private let average: WeightAverage?
  private let frozen: [String]
  /// Of the file of a module from Python.
  private let moduleDigest: String?

  package static let weightsName = "weights.safetensors"
  /// A module from Python with the same weights.
  package static let moduleName = "module.pt"

  /// Whether a folder holds a training that can be resumed.
  package static func hasBegun(in folder: String) -> Bool { fileExists("\(folder)/\(Checkpoint.name)") }

  package static func begun(in folder: String) -> TrainingError {
    TrainingError("\(folder) holds a training already; resume it, or train into another folder")
  }

  /// - Parameters:
  ///   - folder: Made if it is not there.
  ///   - initialWeights: A file of weights of the same network to start from.
  ///   - module: The file of a TorchScript module, for networks that are one; see `ScriptModule` on trust.
  ///   - frozen: Parameters whose names begin like one of these stay as they are.
  package init(
    _ spec: TrainingSpec, images: some ImageSource, folder: String, device: Device = .cpu,
    initialWeights: String? = nil, module: String? = nil, frozen: [String] = []
  ) throws {
    try spec.validate()
    let generator = try TensorGenerator(
      seed: TrainingOrder.seed(spec.trainingSeed, "weights", 0), device: device)
    model = try spec.network.make(
      channels: images.channels, width: images.width, height: images.height,
      classes: images.classes.count, module: module,
      (spec, images.smooth), generator)
    if let initialWeights {
      try SafeTensorsFile(path: initialWeights).load(into: Self.kept(model), of: initialWeights)
    }
    try model.freeze(frozen)
    step = try TrainingStep(model, spec)
    average = spec.average > 0 ? try WeightAverage(of: model.state, decay: spec.average) : nil
    moduleDigest = try module.map { try sha256(ofFile: $0) }
    (self.spec, self.folder, self.device, self.frozen) = (spec, folder, device, frozen.sorted())
  }

  /// Trains until the last epoch, or until patience ends.
  ///
  /// - Parameters:
  ///   - resume: Continue from the checkpoint in the folder.
  ///   - shouldStop: Asked before every batch and after every epoch. The files are then those of the last whole epoch, from
  ///     which a resumed training goes on to the same bytes; the model in memory may be in the middle of the next.
  /// - Returns: One entry per whole epoch, those of an earlier run included.
  /// - Throws: `TrainingError` when a loss is no number any more, with the last checkpoint kept.
  package func run<Images: ImageSource>(
    training: Images, validation: some ImageSource, resume: Bool = false,
    shouldStop: () -> Bool = { false },
    progress report: (Progress) -> Void = { _ in }
  ) throws -> [EpochMetrics] {
    try TrainingBatches<Images>.check(spec, training)
    guard training.count >= 2, validation.count >= 2 else {
      throw TrainingError(
        "\(training.count) training and \(validation.count) validation images, two of each are needed")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !resume && Self.hasBegun(in: folder) { throw Self.begun(in: folder) }
    let begun = Checkpoint.Progress(
      spec: spec, frozen: frozen, images: try [training.digest, validation.digest], module: moduleDigest,
      renderingRevision: training.renderingRevision ?? validation.renderingRevision,
      steps: step.optimizers.map { _ in 0 })
    var state =
      resume
      ? try Checkpoint.read(from: folder, into: model, step.optimizers, average?.state ?? [], begun: begun)
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
    guard let trainingLoss = try pass(over: training, epoch: state.epoch, shouldStop, report) else {
      return false
    }
    // What is judged is what is kept.
    let isWhole = try withAverage {
      guard let seen = try validate(validation, shouldStop) else { return false }
      guard seen.loss.isFinite else { throw noNumber(seen.loss, state.epoch) }
      state.epoch += 1
      state.steps = step.optimizers.map(\.step)
      state.history.append(metrics(state.epoch, training, trainingLoss, seen))
      let isBest = seen.loss < state.bestLoss ?? .infinity
      state.epochsWithoutImprovement = isBest ? 0 : state.epochsWithoutImprovement + 1
      if isBest {
        state.bestLoss = seen.loss
        try SafeTensorsFile(Self.kept(model), metadata: try Self.metadata(spec.network, training))
          .write(to: "\(folder)/\(Self.weightsName)")
        try writeModule()
      }
      return true
    }
    guard isWhole else { return false }
    try TrainingLog.write(state.history, to: folder)
    // Last, so that what it says is on the disk already.
    try Checkpoint.write(state, model, step.optimizers, average?.state ?? [], to: folder)
    return true
  }

  private func withAverage<Result>(_ body: () throws -> Result) throws -> Result {
    try average.map { try $0.standingIn(body) } ?? body()
  }

  private func metrics(
    _ epoch: Int, _ training: some ImageSource, _ trainingLoss: Double, _ seen: Validation
  ) -> EpochMetrics {
    var metrics = EpochMetrics(
      epoch: epoch, images: epoch * training.count, trainingLoss: trainingLoss, validationLoss: seen.loss,
      rate: step.optimizers.first?.rate ?? spec.rate)
    (metrics.accuracy, metrics.area, metrics.areaByClass) = (seen.accuracy, seen.area, seen.areaByClass)
    return metrics
  }

  /// What goes into files of weights: the network without what only taught it.
  private static func kept(_ model: Model) -> [NamedTensor] {
    model.state.filter { !$0.name.hasPrefix(DenseHead.prefix + ".") }
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
    let generator = try TensorGenerator(
      seed: TrainingOrder.seed(spec.trainingSeed, "pass", epoch), device: device)
    let pass = Pass(isTraining: true, generator: generator)
    if model.script != nil { try ScriptModule.seed(TrainingOrder.seed(spec.trainingSeed, "module", epoch)) }
    let batches = TrainingBatches(spec, images, epoch: epoch)
    let steps = batches.steps
    // The next step's are made while this one's are learnt from.
    var next = try batches.begin(0)
    var sum = 0.0
    var waited = Duration.zero
    let began = ContinuousClock.now
    for number in 0..<steps {
      if shouldStop() { return nil }
      let current = next
      next = try batches.begin(number + 1)
      let factor = spec.schedule.factor(
        step: epoch * steps + number, of: spec.epochs * steps, warmUp: spec.warmUp)
      let askedFor = ContinuousClock.now
      let images = try current.map { try $0(device) }
      waited += ContinuousClock.now - askedFor
      let losses = try step.advance(images, pass, rate: spec.rate * factor)
      if let loss = losses.first(where: { !$0.isFinite }) { throw noNumber(loss, epoch) }
      try average?.follow(step: epoch * steps + number + 1)
      sum += losses[0]
      report(
        Progress(
          epoch: epoch + 1, epochs: spec.epochs, batch: number + 1, batches: steps,
          loss: sum / Double(number + 1), waiting: waited / (ContinuousClock.now - began)))
    }
    return sum / Double(steps)
  }

  private func noNumber(_ loss: Double, _ epoch: Int) -> TrainingError {
    TrainingError(
      "the loss is \(loss) in epoch \(epoch + 1): a smaller rate may help; "
        + (epoch > 0 ? "the checkpoint of epoch \(epoch) is kept" : "nothing was saved yet"),
      kind: .numerical)
  }

  private func validate(_ images: some ImageSource, _ shouldStop: () -> Bool) throws -> Validation? {
    try Validation(
      model, images, batchSize: spec.batchSize, seed: TrainingOrder.seed(spec.trainingSeed, "validation", 0),
      device: device, shouldStop)
  }
}

import ArgumentParser
import Foundation
import Learning
import ProgramOutput
import Tensors

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on the training split of a dataset, or on images simulated on the fly.",
    discussion: """
      Supervised networks see all classes, the others only no_sub. Weights, a checkpoint and a log appear in the \
      output folder after every epoch; after Ctrl-C, which ends within a second, --resume goes on from the last one.
      """)

  @Argument(help: "A dataset of `lensing generate`; none with --simulate.")
  var dataset: String?

  @OptionGroup var images: ImageOptions

  @Option(help: "Which network.")
  var network = NetworkKind.resnet18

  @Option(help: "Passes over the images.")
  var epochs = 10

  @Option(help: "Images per step.")
  var batch = 64

  @Option(help: "How weights follow gradients.")
  var optimizer = TrainingSpec.Method.adam

  @Option(help: "Largest learning rate.")
  var rate = 1e-3

  @Option(help: "Weight decay.")
  var weightDecay = 1e-5

  @Option(help: "How the rate changes.")
  var schedule = Schedule.oneCycle

  @Option(help: "Epochs without improvement after which to stop; 0 for never.")
  var patience = 0

  @Option(
    help:
      "Where all random numbers come from (default: simulated images from the spec's name, everything else from 0)."
  )
  var seed: UInt64?

  @Flag(inversion: .prefixedNo, help: "Turn, mirror and shift images at random.")
  var augment = true

  @Option(
    help: ArgumentHelp(
      "Mix the dataset's train and validation images, and take this part of them for validation (default: the dataset's "
        + "own splits).", valueName: "part"))
  var validationPart: Double?

  @Option(name: .shortAndLong, help: "Folder (default: the dataset's name and the network's).")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A TorchScript module from Python, for the networks script_classifier and script_autoencoder. It is code: load "
        + "only what you trust.", valueName: "file.pt"))
  var module: String?

  @Option(help: "A .safetensors file of the same network to start from.")
  var weights: String?

  @Option(help: "Keep parameters whose names begin like this; may be given again.")
  var freeze: [String] = []

  @Flag(help: "Continue the training in the output folder.")
  var resume = false

  @OptionGroup var device: DeviceOptions

  func validate() throws {
    if (dataset == nil) == (images.simulate == nil) {
      throw ValidationError("Give either a dataset or --simulate MODEL.")
    }
    if validationPart != nil && dataset == nil {
      throw ValidationError(
        "--validation-part divides a dataset: simulated images have a validation set of their own.")
    }
  }

  func run() throws {
    try reportingErrors {
      try spec().validate()
      let place = try device.prepare()
      let only = network.isSupervised ? nil : Evaluation.negativeClass
      if let model = images.simulate {
        let (training, validation) = try images.forTraining(
          model, only: only, seed: seed, threads: device.threads)
        let name = URL(filePath: model).deletingPathExtension().lastPathComponent
        try train(
          training, validation, "Output/\(name)-\(network.rawValue)", images.commandLine(model, seed: seed),
          place)
      } else if let dataset {
        let (training, validation) = try splits(of: dataset, only: only)
        try train(
          training, validation, "\(withoutTrailingSlash(dataset))-\(network.rawValue)", quoted(dataset), place
        )
      }
    }
  }

  private func splits(of dataset: String, only: String?) throws -> (
    training: DatasetImages, validation: DatasetImages
  ) {
    if let validationPart {
      return try DatasetImages(dataset, splits: ["train", "validation"], only: only)
        .divided(validationPart: validationPart, seed: seed ?? 0)
    }
    return (
      try DatasetImages(dataset, splits: ["train"], only: only),
      try DatasetImages(dataset, splits: ["validation"], only: only)
    )
  }

  private func train(
    _ training: some ImageSource, _ validation: some ImageSource, _ defaultFolder: String, _ source: String,
    _ place: Device
  ) throws {
    let folder = output ?? defaultFolder
    let trainer = try Trainer(
      spec(), images: training, folder: folder, device: place, initialWeights: weights, module: module,
      frozen: freeze)
    Interruption.watch(
      "lensing-learn", "stopped in the middle of a batch; --resume goes on from the last epoch")
    let bar = TrainingBar()
    defer { bar.finish() }
    let history = try trainer.run(
      training: training, validation: validation, resume: resume, shouldStop: { Interruption.wasAskedFor },
      progress: bar.show)
    bar.finish()
    try summarize(history, folder, source)
  }

  private func spec() -> TrainingSpec {
    var spec = TrainingSpec()
    (spec.network, spec.epochs, spec.batchSize, spec.optimizer) = (network, epochs, batch, optimizer)
    (spec.rate, spec.weightDecay, spec.schedule) = (rate, weightDecay, schedule)
    (spec.patience, spec.augments, spec.seed) = (patience, augment, seed ?? 0)
    return spec
  }

  /// Shells add one when they complete a folder's name.
  private func withoutTrailingSlash(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private func summarize(_ history: [EpochMetrics], _ folder: String, _ source: String) throws {
    let names = network.differentLosses.map { (" (\($0.training))", " (\($0.validation))") } ?? ("", "")
    for metrics in history {
      try printLine(
        "epoch \(metrics.epoch): training loss\(names.0) \(Float(metrics.trainingLoss)), "
          + "validation loss\(names.1) \(Float(metrics.validationLoss))")
    }
    let isStopped = Interruption.wasAskedFor && history.count < epochs
    if history.isEmpty { try printLine("Stopped before the end of the first epoch: nothing was saved.") }
    if isStopped && !history.isEmpty { try printLine("Stopped; --resume goes on from the last epoch.") }
    if isStopped { throw ExitCode(130) }
    try printLine("Judge it: lensing-learn evaluate \(quoted(folder)) \(source)")
  }
}

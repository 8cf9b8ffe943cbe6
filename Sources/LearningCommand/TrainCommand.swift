import ArgumentParser
import Foundation
import Learning

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on the training split of a dataset.",
    discussion: """
      Supervised networks see all classes, the others only no_sub. Weights, a checkpoint and a log appear in the \
      output folder after every epoch; Ctrl-C ends after the current one.
      """)

  @Argument(help: "A dataset of `lensing generate`.")
  var dataset: String

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

  @Option(help: "Where all random numbers come from.")
  var seed: UInt64 = 0

  @Flag(inversion: .prefixedNo, help: "Turn, mirror and shift images at random.")
  var augment = true

  @Option(name: .shortAndLong, help: "Folder (default: the dataset's name and the network's).")
  var output: String?

  @Option(help: "A .safetensors file of the same network to start from.")
  var weights: String?

  @Option(help: "Keep parameters whose names begin like this; may be given again.")
  var freeze: [String] = []

  @Flag(help: "Continue the training in the output folder.")
  var resume = false

  @OptionGroup var device: DeviceOptions

  func run() throws {
    try reportingErrors {
      let spec = spec()
      try spec.validate()
      let place = try device.prepare()
      let only = network.isSupervised ? nil : [Evaluation.negativeClass]
      let training = try ImageSet(dataset: dataset, split: "train", only: only)
      let validation = try ImageSet(dataset: dataset, split: "validation", only: only)
      let folder = output ?? "\(withoutTrailingSlash(dataset))-\(network.rawValue)"
      let trainer = try Trainer(
        spec, images: training, folder: folder, device: place, initialWeights: weights, frozen: freeze)
      StopSignal.watch()
      let bar = TrainingBar()
      defer { bar.finish() }
      let history = try trainer.run(
        training: training, validation: validation, resume: resume, shouldStop: { StopSignal.wasGiven },
        progress: bar.show)
      summarize(history, folder)
    }
  }

  private func spec() -> TrainingSpec {
    var spec = TrainingSpec()
    (spec.network, spec.epochs, spec.batchSize, spec.optimizer) = (network, epochs, batch, optimizer)
    (spec.rate, spec.weightDecay, spec.schedule) = (rate, weightDecay, schedule)
    (spec.patience, spec.augments, spec.seed) = (patience, augment, seed)
    return spec
  }

  /// Shells add one when they complete a folder's name.
  private func withoutTrailingSlash(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private func summarize(_ history: [EpochMetrics], _ folder: String) {
    for metrics in history {
      print(
        "epoch \(metrics.epoch): training loss \(Float(metrics.trainingLoss)), "
          + "validation loss \(Float(metrics.validationLoss))")
    }
    if StopSignal.wasGiven && history.count < epochs { print("Stopped; --resume goes on.") }
    print("Judge it: lensing-learn evaluate \(dataset) \(folder)")
  }
}

/// One line on a terminal that says how far the epoch is; nothing elsewhere.
private final class TrainingBar {
  private let began = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var first: Double?

  func show(_ progress: Trainer.Progress) {
    guard isTerminal else { return }
    let done = Double((progress.epoch - 1) * progress.batches + progress.batch)
    // A resumed run begins in the middle.
    let start = first ?? done - 1
    first = start
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    let left = elapsed / max(1, done - start) * (Double(progress.epochs * progress.batches) - done)
    let text =
      "epoch \(progress.epoch) of \(progress.epochs), batch \(progress.batch) of \(progress.batches), "
      + "loss \(Float(progress.loss)), \(Int(left)) s left"
    FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
  }

  func finish() { if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) } }
}

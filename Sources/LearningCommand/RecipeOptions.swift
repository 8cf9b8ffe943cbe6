import ArgumentParser
import Learning
import LensCore

/// The keys of a recipe that have an option of their own.
struct RecipeOptions: ParsableArguments {
  @Option(help: "Which network (default: resnet18).")
  var network: NetworkKind?

  @Option(help: "Passes over the images (default: 10).")
  var epochs: Int?

  @Option(help: "Images per step (default: 64).")
  var batch: Int?

  @Option(help: "How weights follow gradients (default: adam).")
  var optimizer: TrainingSpec.Method?

  @Option(help: "Largest learning rate (default: 0.001).")
  var rate: Double?

  @Option(help: "Weight decay (default: 1e-5).")
  var weightDecay: Double?

  @Option(help: "How the rate changes (default: one_cycle).")
  var schedule: Schedule?

  @Option(help: "Epochs without improvement after which to stop; 0 for never (default: 0).")
  var patience: Int?

  @Option(help: "What is done to images at random (default: symmetries_and_shifts).")
  var augment: Augmentation.Kind?

  @Option(
    help: ArgumentHelp(
      "How pixels become numbers: \(Normalization.ofOneImage.map(\.rawValue).joined(separator: ", ")) (default: minmax).",
      valueName: "normalization"))
  var normalize: Normalization?

  @Flag(
    help: "All batches of matched tuples: all classes of one sky and one noise. Only for simulated images.")
  var pairs = false

  @Option(
    help:
      "Where all random numbers come from (default: simulated images from the spec's name, everything else from 0)."
  )
  var seed: UInt64?

  /// In the places of a recipe's keys.
  var changes: [(key: String, value: String)] {
    let given: [(String, Any?)] = [
      ("network", network?.rawValue), ("epochs", epochs), ("batch", batch),
      ("optimizer", optimizer?.rawValue), ("rate", rate), ("weight_decay", weightDecay),
      ("schedule", schedule?.rawValue), ("patience", patience), ("augment", augment?.rawValue),
      ("preparation.normalization", normalize?.rawValue), ("pairs", pairs ? "[1, 1]" : nil), ("seed", seed),
    ]
    return given.compactMap { key, value in value.map { (key, "\($0)") } }
  }
}

extension NetworkKind: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
extension TrainingSpec.Method: ExpressibleByArgument {}
extension Augmentation.Kind: ExpressibleByArgument {}
extension Normalization: ExpressibleByArgument {}

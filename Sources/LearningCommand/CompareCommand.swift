import ArgumentParser
import Foundation
import Learning
import LearningReports
import ProgramOutput

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Trains several networks on Models A and B, and sets them beside the papers' results.",
    discussion: """
      Images are simulated on the fly. Classifiers first see populations in which substructure is easier to see \
      (--easier), because from the papers' populations alone they take very long to learn anything. The table goes to \
      comparison.md, everything else to index.html and the folders beside it. Run it again to go on after Ctrl-C.
      """)

  @Option(name: .shortAndLong, help: "Folder.")
  var output = "Output/comparison"

  @Option(parsing: .upToNextOption, help: "Presets or YAML files.")
  var models = ComparisonSpec().models

  @Option(parsing: .upToNextOption, help: "Networks.")
  var networks = ComparisonSpec().networks

  @Flag(inversion: .prefixedNo, help: "Also a one-class support vector machine.")
  var oneClassSvm = true

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a key of the populations; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "Training images per class and epoch.")
  var count = ComparisonSpec().count

  @Option(help: "Test images per class.")
  var testCount = ComparisonSpec().testCount

  @Option(help: "Epochs of the classifiers.")
  var epochs = ComparisonSpec().epochs

  @Option(help: "Epochs of the networks that see no labels.")
  var unsupervisedEpochs = ComparisonSpec().unsupervisedEpochs

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Changes that make an easier population for the classifiers to begin with, separated by spaces; may be repeated, "
        + "hardest last (default: \(Self.easierDefault)).",
      valueName: "key=value ..."))
  var easier: [String] = []

  @Flag(help: "Train classifiers on the populations alone.")
  var noEasier = false

  @Option(help: "Epochs of the classifiers on each easier population.")
  var easierEpochs = ComparisonSpec().easierEpochs

  @Option(
    help:
      "Where all random numbers come from (default: simulated images from the spec's name, everything else from 0)."
  )
  var seed: UInt64?

  @OptionGroup var device: DeviceOptions

  private static let easierDefault = ComparisonSpec().easierSteps
    .map { "'\($0.joined(separator: " "))'" }.joined(separator: ", then ")

  func validate() throws {
    if noEasier && !easier.isEmpty { throw ValidationError("--easier and --no-easier exclude each other.") }
  }

  func run() throws {
    try reportingErrors {
      let place = try device.prepare()
      let comparison = try Comparison(spec(), folder: output, device: place, threads: device.threads)
      Interruption.watch("stopped; the same command goes on from the last epoch")
      let bar = ProgressBar()
      defer { bar.finish() }
      let isWhole = try comparison.run(shouldStop: { Interruption.wasAskedFor }) { event in
        switch event {
        case .noted(let note): complain("note: \(note)")
        case .began(let what): bar.announce(what)
        case .trained(let progress): bar.show(progress)
        }
      }
      bar.finish()
      if !isWhole {
        try printLine("Stopped; the same command goes on from the last epoch.")
        throw ExitCode(130)
      }
      try printLine("Look at it: \(output)/\(EvaluationReport.pageName)")
    }
  }

  private func spec() -> ComparisonSpec {
    var spec = ComparisonSpec()
    (spec.models, spec.networks, spec.hasOneClassMachine) = (models, networks, oneClassSvm)
    (spec.settings, spec.count, spec.testCount, spec.seed) = (settings, count, testCount, seed)
    (spec.epochs, spec.unsupervisedEpochs) = (epochs, unsupervisedEpochs)
    if noEasier { spec.easierSteps = [] }
    if !easier.isEmpty { spec.easierSteps = easier.map { $0.split(separator: " ").map(String.init) } }
    spec.easierEpochs = easierEpochs
    return spec
  }
}

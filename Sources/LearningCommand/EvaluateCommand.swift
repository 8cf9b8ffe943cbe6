import ArgumentParser
import Dataset
import FileFormats
import Foundation
import Learning
import LearningReports
import LensCore
import Populations
import ProgramOutput
import Tensors

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judges a trained network on a split of a dataset, or on images simulated for it.",
    discussion: """
      Prints the area under the curve of images with substructure against those without, with a 95 per cent interval, and \
      what else the network can be asked. evaluation.json, per_image.csv and a page with pictures, index.html, go to the \
      network's folder.
      """)

  @Argument(help: "A folder of `lensing-learn train`.")
  var folder: String

  @Argument(
    help:
      "A dataset of `lensing generate`; none for simulated images, which are those of the training unless --simulate says otherwise."
  )
  var dataset: String?

  @OptionGroup var simulated: ImageOptions

  @Option(help: "Of the dataset: train, validation or test (default: test).")
  var split: String?

  @Option(name: .shortAndLong, help: "Folder for what is found (default: the network's).")
  var output: String?

  @Option(
    help:
      "Of the simulated images: that of the training keeps what it saw apart (default: as there, from the spec's name)."
  )
  var seed: UInt64?

  @Option(
    help:
      "Images per class for the best area that is possible at all, which then stands beside the network's; 0 for none."
  )
  var bound = 200

  @Flag(help: "Numbers alone, for machines without gnuplot.")
  var noPage = false

  @Flag(help: "Replace an earlier evaluation in the folder.")
  var overwrite = false

  @OptionGroup var device: DeviceOptions

  func validate() throws {
    if dataset != nil && simulated.simulate != nil {
      throw ValidationError("Give either a dataset or --simulate MODEL.")
    }
    try simulated.check(isSimulated: dataset == nil)
    if seed != nil && dataset != nil {
      throw ValidationError("--seed is that of simulated images: a dataset's are there already.")
    }
    if !(0...1_000_000).contains(bound) { throw ValidationError("--bound must be from 0 to 1000000.") }
    if split != nil && dataset == nil {
      throw ValidationError("--split chooses a part of a dataset: simulated images have none.")
    }
  }

  func run() throws {
    try reportingErrors {
      let processor = try device.prepare()
      let place = output ?? folder
      if fileExists("\(place)/\(EvaluationReport.numbersName)"), !overwrite {
        throw FileError(
          path: place, reason: "holds an evaluation already; choose another --output, or --overwrite it")
      }
      let path = "\(folder)/\(Trainer.weightsName)"
      guard fileExists(path) else {
        throw FileError(path: path, reason: "is not there: train a network first")
      }
      let (images, source) = try images()
      let possible = bound > 0 ? try forecast() : nil
      let (kind, model) = try Trainer.trained(path, images: images, device: processor)
      let evaluation = try EvaluationReport(folder: place, device: processor, hasPage: !noPage)
        .write(
          kind, model, images, from: source, history: TrainingLog.read(from: folder), bound: possible,
          population: population)
      try show(evaluation)
    }
  }

  /// Of simulated images.
  private var population: String {
    dataset == nil ? (try? training(preparation: Preparation()).name) ?? "" : ""
  }

  /// Nil where there is nothing to tell from each other.
  private func forecast() throws -> ForecastTable? {
    let plan =
      try dataset.map { try DatasetImages.plan(of: $0) } ?? training(preparation: Preparation()).lastPlan()
    guard plan.classes.contains(where: plan.hasSubstructure) else { return nil }
    let number = bound * plan.turnLength
    return try reportingStep("forecasting \(number) images") {
      try ForecastTable(
        DetectabilityForecast(plan), plan.withPairs(false), 0..<number,
        threads: device.threads)
    }
  }

  private func images() throws -> (ImageSet, String) {
    let preparation = try Trainer.preparation(of: "\(folder)/\(Trainer.weightsName)")
    if let dataset {
      let split = split ?? "test"
      let images = try DatasetImages(dataset, splits: [split], preparation: preparation)
      return (try images.kept(), "\(dataset), split \(split)")
    }
    let training = try training(preparation: preparation)
    return (try training.judging(simulated.count ?? 1000), "simulated \(training.name)")
  }

  private func training(preparation: Preparation) throws -> SimulatedTraining {
    var recipe = try recipe()
    recipe.training.preparation = preparation
    if let seed { recipe.training.seed = seed }
    return SimulatedTraining(recipe, noiseSeed: simulated.noiseSeed, threads: device.threads)
  }

  /// The population that is asked for, or that of the training.
  private func recipe() throws -> Recipe {
    if let model = simulated.simulate {
      var recipe = Recipe()
      recipe.populations = [CurriculumStage(model, settings: simulated.settings)]
      return recipe
    }
    let path = "\(folder)/\(Recipe.name)"
    guard fileExists(path), case var recipe = try Recipe.load(path), !recipe.populations.isEmpty else {
      throw TrainingError("the network was trained on a dataset: give one, or --simulate MODEL")
    }
    recipe.populations[recipe.populations.count - 1].settings += simulated.settings
    return recipe
  }

  private func show(_ evaluation: Evaluation) throws {
    try printLine("\(evaluation.network) on \(evaluation.imagesFrom)")
    for row in evaluation.rows { try printLine("\(row[0]): \(row[1])") }
    if let matrix = evaluation.confusion {
      try printLine(
        "confusion (rows: truth, columns: network): \(evaluation.classes.joined(separator: ", "))")
      for (name, row) in zip(evaluation.classes, matrix.counts) {
        try printLine("  \(name): \(row.map { String($0) }.joined(separator: " "))")
      }
    }
    if !noPage { try printLine("Look at it: \(output ?? folder)/\(EvaluationReport.pageName)") }
  }
}

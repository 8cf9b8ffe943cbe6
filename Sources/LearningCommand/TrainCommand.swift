import ArgumentParser
import Dataset
import FileFormats
import Foundation
import Learning
import Populations
import ProgramOutput
import Tensors

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on the training split of a dataset, or on images simulated on the fly.",
    discussion: """
      Supervised networks see all classes, the others only the first that changes nothing. Weights, a checkpoint and a log appear in the \
      output folder after every epoch; after Ctrl-C, which ends within a second, --resume goes on from the last one.
      """)

  @Argument(help: "A dataset of `lensing generate`; none with --simulate.")
  var dataset: String?

  @OptionGroup var images: ImageOptions

  @Option(
    help: ArgumentHelp(
      "A training with all its numbers: \(Preset.trainings.map(\.name).joined(separator: ", ")), or a YAML file.",
      valueName: "name or file"))
  var recipe: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Change a key of the recipe, for instance pairs=[1,0]; may be repeated. All keys: docs/learning.md.",
      valueName: "key=value"))
  var with: [String] = []

  @OptionGroup var recipeOptions: RecipeOptions

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
    if dataset != nil && images.simulate != nil {
      throw ValidationError("Give either a dataset or --simulate MODEL.")
    }
    if dataset == nil && images.simulate == nil && recipe == nil {
      throw ValidationError("Give either a dataset or --simulate MODEL, or a --recipe.")
    }
    try images.check(isSimulated: dataset == nil)
    if validationPart != nil && dataset == nil {
      throw ValidationError(
        "--validation-part divides a dataset: simulated images have a validation set of their own.")
    }
    if let wrong = with.first(where: { !$0.contains("=") }) {
      throw ValidationError("--with \(wrong): must be key=value.")
    }
  }

  func run() throws {
    try reportingErrors {
      let recipe = try wholeRecipe()
      let network = recipe.training.network
      let place = try device.prepare()
      let only = network.isSupervised ? nil : try smoothClass(recipe)
      let name = self.recipe.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
      if let dataset {
        let (training, validation) = try splits(of: dataset, only: only, recipe.training)
        try train(
          recipe, training, validation, "\(withoutTrailingSlash(dataset))-\(network.rawValue)",
          quoted(dataset), place)
      } else {
        let simulation = SimulatedTraining(recipe, noiseSeed: images.noiseSeed, threads: device.threads)
        let model = recipe.populations.last?.population ?? ""
        let modelName = URL(filePath: model).deletingPathExtension().lastPathComponent
        try train(
          recipe, try simulation.training(only), try simulation.validation(only),
          "Output/\(name ?? "\(modelName)-\(network.rawValue)")",
          name == nil ? images.commandLine(model, seed: recipe.training.seed) : "", place)
      }
    }
  }

  /// The recipe with all changes of the command line in it.
  private func wholeRecipe() throws -> Recipe {
    let settings = with.map { text -> (key: String, value: String) in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), String(parts[1]))
    }
    var recipe = try Recipe.load(recipe, changes: settings + recipeOptions.changes)
    if dataset != nil { recipe.populations = [] }
    if let model = images.simulate {
      recipe.populations = [CurriculumStage(model, settings: images.settings)]
    } else if let last = recipe.populations.indices.last {
      for stage in 0...last { recipe.populations[stage].settings += images.settings }
    }
    if let count = images.count { recipe.count = count }
    guard dataset != nil || !recipe.populations.isEmpty else {
      throw TrainingError("the recipe has no populations: give a dataset or --simulate MODEL")
    }
    return recipe
  }

  /// What networks see that learn without labels.
  private func smoothClass(_ recipe: Recipe) throws -> String {
    let plan =
      try dataset.map { try PopulationPlan.drawing(loadPopulation("\($0)/spec.yaml"), seed: 0) }
      ?? SimulatedTraining(recipe, noiseSeed: images.noiseSeed, threads: device.threads).lastPlan()
    guard let smooth = plan.smoothClass else {
      throw TrainingError(
        "classes \(plan.classes.joined(separator: ", ")) given: a network that learns without labels needs one without substructure"
      )
    }
    return plan.classes[smooth]
  }

  private func splits(of dataset: String, only: String?, _ spec: TrainingSpec) throws -> (
    training: DatasetImages, validation: DatasetImages
  ) {
    func images(_ splits: [String]) throws -> DatasetImages {
      try DatasetImages(dataset, splits: splits, only: only, preparation: spec.preparation)
    }
    if let validationPart {
      return try images(["train", "validation"]).divided(validationPart: validationPart, seed: spec.seed ?? 0)
    }
    return (try images(["train"]), try images(["validation"]))
  }

  private func train(
    _ recipe: Recipe, _ training: some ImageSource, _ validation: some ImageSource, _ defaultFolder: String,
    _ source: String,
    _ place: Device
  ) throws {
    let folder = output ?? defaultFolder
    let trainer = try Trainer(
      recipe.training, images: training, folder: folder, device: place, initialWeights: weights,
      module: module,
      frozen: freeze)
    Interruption.watch("stopped in the middle of a batch; --resume goes on from the last epoch")
    let bar = ProgressBar()
    defer { bar.finish() }
    if !resume && Trainer.hasBegun(in: folder) { throw Trainer.begun(in: folder) }
    try createFolder(folder)
    if !resume { try recipe.write(to: folder) }
    let history = try trainer.run(
      training: training, validation: validation, resume: resume, shouldStop: { Interruption.wasAskedFor },
      progress: bar.show)
    bar.finish()
    try summarize(history, recipe.training, folder, source)
  }

  /// Shells add one when they complete a folder's name.
  private func withoutTrailingSlash(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private func summarize(
    _ history: [EpochMetrics], _ spec: TrainingSpec, _ folder: String, _ source: String
  ) throws {
    let names = spec.network.differentLosses.map { (" (\($0.training))", " (\($0.validation))") } ?? ("", "")
    for metrics in history {
      try printLine(
        "epoch \(metrics.epoch): training loss\(names.0) \(Float(metrics.trainingLoss)), "
          + "validation loss\(names.1) \(Float(metrics.validationLoss))"
          + (metrics.area.map { ", area \(Float($0))" } ?? ""))
    }
    let isStopped = Interruption.wasAskedFor && history.count < spec.epochs
    if history.isEmpty { try printLine("Stopped before the end of the first epoch: nothing was saved.") }
    if isStopped && !history.isEmpty { try printLine("Stopped; --resume goes on from the last epoch.") }
    if isStopped { throw ExitCode(130) }
    try printLine("Judge it: lensing-learn evaluate \(quoted(folder))\(source.isEmpty ? "" : " " + source)")
  }
}

import Dataset
import FileFormats
import Foundation
import Learning
import Populations
import Tensors

/// Trains and judges several networks on several populations, whose images are simulated on the fly.
///
/// Everything goes to folders named by population and network. A comparison that was broken off goes on from the last
/// epoch when it is run again with the same spec and folder.
public struct Comparison {
  /// What is being done, for a progress bar.
  public enum Event {
    case began(String)
    case trained(Trainer.Progress)
  }

  /// A row of the table.
  struct Result: Codable {
    let model: String
    let evaluation: Evaluation
  }

  public static let oneClassName = "one_class_svm"

  private let spec: ComparisonSpec
  private let folder: String
  private let device: Device
  private let threads: Int

  public init(_ spec: ComparisonSpec, folder: String, device: Device = .cpu, threads: Int) throws {
    try spec.validate()
    (self.spec, self.folder, self.device, self.threads) = (spec, folder, device, threads)
  }

  /// - Parameter shouldStop: Asked after every epoch.
  /// - Returns: False if it was stopped: run it again to go on.
  /// - Throws: `TrainingError` if the folder holds a comparison with another spec, and all that training throws.
  public func run(shouldStop: () -> Bool, report: (Event) -> Void) throws -> Bool {
    try claimFolder()
    var results: [Result] = []
    for model in spec.models {
      report(.began("simulating \(model)"))
      let population = try Population(model, spec, threads: threads)
      for network in spec.networks {
        guard let evaluation = try compare(network, on: population, shouldStop, report) else { return false }
        results.append(Result(model: population.name, evaluation: evaluation))
      }
      if spec.hasOneClassMachine {
        report(.began("\(Self.oneClassName) on \(population.name)"))
        results.append(Result(model: population.name, evaluation: try judgeOneClassMachine(on: population)))
      }
    }
    try ComparisonReport(spec: spec, results: results).write(to: folder)
    return true
  }

  /// One folder holds one comparison.
  private func claimFolder() throws {
    try createFolder(folder)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let bytes = Array(try encoder.encode(spec)) + [0x0A]
    let path = "\(folder)/comparison_spec.json"
    if fileExists(path), try readFile(path) != bytes {
      throw TrainingError(
        "\(folder) holds a comparison with other settings: give the same, or another folder")
    }
    try writeFileAtomically(bytes, to: path)
  }

  /// nil if it was stopped.
  private func compare(
    _ network: NetworkKind, on population: Population, _ shouldStop: () -> Bool, _ report: (Event) -> Void
  ) throws -> Evaluation? {
    let place = "\(folder)/\(population.name)-\(network.rawValue)"
    var weights: String?
    for step in spec.easierSteps.indices where network.isSupervised {
      let easier = try Population(population.model, spec, step: step, threads: threads)
      report(.began("\(network.rawValue) on an easier \(population.name), step \(step + 1)"))
      let stage = "\(place)/easier-\(step + 1)"
      guard try train(network, easier, step, stage, weights, shouldStop, report) != nil else { return nil }
      weights = "\(stage)/\(Trainer.weightsName)"
    }
    report(.began("\(network.rawValue) on \(population.name)"))
    guard let history = try train(network, population, nil, place, weights, shouldStop, report)
    else { return nil }
    let (kind, model) = try Trainer.trained(
      "\(place)/\(Trainer.weightsName)", images: population.test, device: device)
    return try EvaluationReport(folder: place, device: device)
      .write(kind, model, population.test, from: population.name, history: history)
  }

  private func train(
    _ network: NetworkKind, _ population: Population, _ step: Int?, _ place: String,
    _ initialWeights: String?, _ shouldStop: () -> Bool, _ report: (Event) -> Void
  ) throws -> [EpochMetrics]? {
    let images = try population.training(network)
    let training = spec.training(network, step: step)
    let trainer = try Trainer(
      training, images: images, folder: place, device: device, initialWeights: initialWeights)
    let history = try trainer.run(
      training: images, validation: population.validation(network), resume: Trainer.hasBegun(in: place),
      shouldStop: shouldStop, progress: { report(.trained($0)) })
    return history.count < training.epochs ? nil : history
  }

  private func judgeOneClassMachine(on population: Population) throws -> Evaluation {
    let training = try SimulatedImages(
      population.plan, count: spec.count, first: spec.validationCount, only: Evaluation.negativeClass,
      threads: threads)
    let machine = try OneClassMachine(training: training.kept())
    let judged = Judgement(scores: machine.scores(population.test))
    return try EvaluationReport(folder: "\(folder)/\(population.name)-\(Self.oneClassName)")
      .write(Self.oneClassName, judged, population.test, from: population.name)
  }
}

/// A population's images for the three purposes.
private struct Population {
  /// As given.
  let model: String
  let name: String
  let plan: PopulationPlan
  /// Never trained on.
  let test: ImageSet
  private let spec: ComparisonSpec
  private let threads: Int

  init(_ model: String, _ spec: ComparisonSpec, step: Int? = nil, threads: Int) throws {
    let settings = spec.settings + (step.map { spec.easierSteps[$0] } ?? [])
    plan = try PopulationPlan(
      loadPopulation(model, settings: settings), seed: spec.seed, readImage: readKernel)
    (self.model, self.spec, self.threads, name) = (model, spec, threads, plan.spec.name)
    test = try SimulatedImages(
      plan, count: spec.testCount * plan.spec.classes.count, first: SimulatedImages.firstForJudging,
      threads: threads
    ).kept()
  }

  func validation(_ network: NetworkKind) throws -> ImageSet {
    try images(network, perClass: spec.validationCount, first: 0).kept()
  }

  func training(_ network: NetworkKind) throws -> SimulatedImages {
    try images(network, perClass: spec.count, first: spec.validationCount)
  }

  private func images(_ network: NetworkKind, perClass: Int, first: Int) throws -> SimulatedImages {
    let shown = network.isSupervised ? plan.spec.classes.count : 1
    return try SimulatedImages(
      plan, count: perClass * shown, first: first * shown,
      only: network.isSupervised ? nil : Evaluation.negativeClass, threads: threads)
  }
}

import Charts
import FileFormats
import Foundation
import Learning
import LensCore
import Tensors

/// Trains and judges several networks on several populations, whose images are simulated on the fly.
///
/// Everything goes to folders named by population and network. A comparison that was broken off goes on from the last
/// epoch when it is run again with the same spec and folder.
package struct Comparison {
  /// What is being done, for a progress bar.
  package enum Event {
    /// A key of a population has no effect.
    case noted(String)
    case began(String)
    case trained(Trainer.Progress)
  }

  /// A row of the table.
  struct Result: Codable {
    let model: String
    let evaluation: Evaluation
  }

  package static let oneClassName = "one_class_svm"

  private let spec: ComparisonSpec
  private let folder: String
  private let device: Device
  private let threads: Int

  package init(_ spec: ComparisonSpec, folder: String, device: Device = .cpu, threads: Int) throws {
    try spec.validate()
    (self.spec, self.folder, self.device, self.threads) = (spec, folder, device, threads)
  }

  /// - Parameter shouldStop: Asked before every batch and after every epoch.
  /// - Returns: False if it was stopped: run it again to go on.
  /// - Throws: `TrainingError` if the folder holds a comparison with another spec, or before the first epoch if a network
  ///   cannot be trained on a population; and all that training throws.
  package func run(shouldStop: () -> Bool, report: (Event) -> Void) throws -> Bool {
    let populations = try spec.models.map { try ComparisonPopulation($0, spec, threads: threads) }
    for population in populations { population.notes.forEach { report(.noted("\(population.name): \($0)")) } }
    try check(populations)
    try claimFolder()
    var results: [Result] = []
    for population in populations {
      report(.began("simulating \(population.name)"))
      let test = try population.test()
      for network in spec.networks {
        guard try train(network, on: population, shouldStop, report) else { return false }
        results.append(Result(model: population.name, evaluation: try judge(network, on: population, test)))
      }
      if spec.hasOneClassMachine {
        report(.began("\(Self.oneClassName) on \(population.name)"))
        let evaluation = try judgeOneClassMachine(on: population, test)
        results.append(Result(model: population.name, evaluation: evaluation))
      }
    }
    try ComparisonReport(spec: spec, populations: populations, results: results).write(to: folder)
    return true
  }

  /// What would otherwise fail after hours.
  private func check(_ populations: [ComparisonPopulation]) throws {
    _ = try Gnuplot.version()
    let names = populations.map(\.name)
    guard Set(names).count == names.count else {
      throw TrainingError(
        "populations called \(names.joined(separator: ", ")) given: give each a name of its own")
    }
    let generator = try TensorGenerator(seed: 0)
    for population in populations {
      let classes = population.plan.classes
      guard population.plan.smoothClass != nil, classes.count > 1 else {
        throw TrainingError(
          "\(population.name) has classes \(classes.joined(separator: ", ")): a comparison needs "
            + "one without substructure and another")
      }
      let instrument = population.plan.spec.instrument
      for network in spec.networks {
        _ = try network.make(
          channels: instrument.bandCount, width: instrument.width, height: instrument.height,
          classes: classes.count, generator)
      }
    }
  }

  /// One folder holds one comparison.
  private func claimFolder() throws {
    try createFolder(folder)
    let bytes = try jsonBytes(spec)
    let path = "\(folder)/comparison_spec.json"
    if fileExists(path), case let earlier = try readFile(path), earlier != bytes {
      let there = try? JSONDecoder().decode(ComparisonSpec.self, from: Data(earlier))
      throw TrainingError(
        "\(folder) holds a comparison with other settings, "
          + differences(there?.namedValues ?? [], spec.namedValues) + ": give the same, or another folder")
    }
    try writeFileAtomically(bytes, to: path)
  }

  /// - Returns: False if it was stopped.
  private func train(
    _ network: NetworkKind, on population: ComparisonPopulation, _ shouldStop: () -> Bool,
    _ report: (Event) -> Void
  ) throws -> Bool {
    let place = place(of: network.rawValue, population)
    var weights: String?
    for step in spec.easierSteps.indices where network.isSupervised {
      let easier = try ComparisonPopulation(population.model, spec, step: step, threads: threads)
      report(.began("\(network.rawValue) on an easier \(population.name), step \(step + 1)"))
      let stage = "\(place)/easier-\(step + 1)"
      guard try train(network, easier, step, stage, weights, shouldStop, report) else { return false }
      weights = "\(stage)/\(Trainer.weightsName)"
    }
    report(.began("\(network.rawValue) on \(population.name)"))
    return try train(network, population, nil, place, weights, shouldStop, report)
  }

  private func train(
    _ network: NetworkKind, _ population: ComparisonPopulation, _ step: Int?, _ place: String,
    _ initialWeights: String?, _ shouldStop: () -> Bool, _ report: (Event) -> Void
  ) throws -> Bool {
    let images = try population.training(network)
    let training = spec.training(network, step: step)
    let trainer = try Trainer(
      training, images: images, folder: place, device: device, initialWeights: initialWeights)
    // A stop in the last epoch counts too.
    var isStopped = false
    _ = try trainer.run(
      training: images, validation: population.validation(network), resume: Trainer.hasBegun(in: place),
      shouldStop: {
        isStopped = shouldStop()
        return isStopped
      }, progress: { report(.trained($0)) })
    return !isStopped
  }

  private func judge(_ network: NetworkKind, on population: ComparisonPopulation, _ test: ImageSet) throws
    -> Evaluation
  {
    let place = place(of: network.rawValue, population)
    let (kind, model) = try Trainer.trained("\(place)/\(Trainer.weightsName)", images: test, device: device)
    return try EvaluationReport(folder: place, device: device).write(
      kind, model, test, from: population.name, history: TrainingLog.read(from: place))
  }

  private func place(of network: String, _ population: ComparisonPopulation) -> String {
    "\(folder)/\(population.name)-\(network)"
  }

  /// Images beyond this many are not used: the machine's memory and time grow with their number and its square.
  private static let mostForOneClass = 5000

  private func judgeOneClassMachine(on population: ComparisonPopulation, _ test: ImageSet) throws
    -> Evaluation
  {
    let images = try population.unlabelled(min(spec.count, Self.mostForOneClass)).kept()
    let judged = Judgement(scores: try OneClassMachine(training: images).scores(test))
    return try EvaluationReport(folder: place(of: Self.oneClassName, population))
      .write(Self.oneClassName, judged, test, from: population.name)
  }
}

import Dataset
import Learning
import LensCore
import Populations

/// A population's images for the three purposes: none serves two.
package struct ComparisonPopulation {
  /// As given.
  let model: String
  let name: String
  package let plan: PopulationPlan
  /// Keys that are given without effect.
  let notes: [SpecNote]
  private let spec: ComparisonSpec
  private let threads: Int

  /// - Parameter step: Of the easier populations; nil for the population itself.
  package init(_ model: String, _ spec: ComparisonSpec, step: Int? = nil, threads: Int) throws {
    let settings = spec.settings + (step.map { spec.easierSteps[$0] } ?? [])
    var notes: [SpecNote] = []
    plan = try PopulationPlan(
      loading: model, settings: settings, seed: spec.seed, defaultSeed: \.defaultSeedOfSimulatedImages
    ) { notes.append($0) }
    self.notes = notes
    (self.model, self.spec, self.threads, name) = (model, spec, threads, plan.spec.name)
  }

  func test() throws -> ImageSet {
    try SimulatedImages(
      plan, count: spec.testCount * plan.turnLength, first: SimulatedImages.firstForJudging,
      threads: threads
    ).kept()
  }

  func validation(_ network: NetworkKind) throws -> ImageSet {
    try images(network.isSupervised, perClass: spec.validationCount, first: 0).kept()
  }

  func training(_ network: NetworkKind) throws -> SimulatedImages {
    try images(network.isSupervised, perClass: spec.count, first: spec.validationCount)
  }

  /// So many training images without substructure.
  func unlabelled(_ count: Int) throws -> SimulatedImages {
    try images(false, perClass: count, first: spec.validationCount)
  }

  private func images(_ isSupervised: Bool, perClass: Int, first: Int) throws -> SimulatedImages {
    let shown = isSupervised ? plan.turnLength : 1
    return try SimulatedImages(
      plan, count: perClass * shown, first: first * shown,
      only: isSupervised ? nil : plan.smoothClass.map { plan.classes[$0] }, threads: threads)
  }
}

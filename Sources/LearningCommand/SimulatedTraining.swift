import Dataset
import Learning
import LensCore
import Populations
import ProgramOutput

/// The simulated images of a recipe: those for training, for validation and for judging are different samples.
struct SimulatedTraining {
  private let recipe: Recipe
  private let noiseSeed: UInt64?
  private let threads: Int

  init(_ recipe: Recipe, noiseSeed: UInt64?, threads: Int) {
    (self.recipe, self.noiseSeed, self.threads) = (recipe, noiseSeed, threads)
  }

  /// - Parameter only: The class to show; nil for all.
  func training(_ only: String?) throws -> Curriculum {
    try Curriculum(
      recipe.populations.map { stage in
        let plan = try plan(of: stage)
        let shown = only == nil ? plan.turnLength : 1
        let images = try SimulatedImages(
          plan, count: recipe.count * shown, first: recipe.validation * shown, only: only,
          preparation: recipe.training.preparation, threads: threads)
        return (images, stage.epochs ?? 0)
      })
  }

  /// Of the last population, to which all training leads.
  func validation(_ only: String?) throws -> ImageSet {
    let plan = try lastPlan()
    let number = recipe.validation * (only == nil ? plan.turnLength : 1)
    return try reportingStep("simulating \(number) images for validation") {
      try SimulatedImages(
        plan, count: number, only: only, preparation: recipe.training.preparation, threads: threads
      ).kept()
    }
  }

  /// Images that no training with the same seed sees: independent ones.
  func judging(_ perClass: Int) throws -> ImageSet {
    let plan = try lastPlan()
    let number = perClass * plan.turnLength
    return try reportingStep("simulating \(number) images for judging") {
      try SimulatedImages(
        plan, count: number, first: SimulatedImages.firstForJudging,
        preparation: recipe.training.preparation, threads: threads
      ).kept()
    }
  }

  /// Of the population that all training leads to.
  var name: String { recipe.populations.last?.population ?? "" }

  func lastPlan() throws -> PopulationPlan {
    guard let stage = recipe.populations.last else { throw TrainingError("populations: none given") }
    return try plan(of: stage)
  }

  private func plan(of stage: CurriculumStage) throws -> PopulationPlan {
    try PopulationPlan(
      loading: stage.population, settings: stage.settings, seed: recipe.training.seed, noiseSeed: noiseSeed,
      defaultSeed: \.defaultSeedOfSimulatedImages, note: complainAbout)
  }
}

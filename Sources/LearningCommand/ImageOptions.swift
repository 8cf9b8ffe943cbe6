import ArgumentParser
import Dataset
import Foundation
import Learning
import LensCore
import Populations
import ProgramOutput

/// Where images come from: a dataset on disk, or a population that is simulated on the fly.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Instead of a dataset: simulate images of a preset or YAML file when they are needed, new ones in every epoch.",
      valueName: "model"))
  var simulate: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a key of the simulated population, as in `lensing generate`; may be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "Of the simulated images' noise alone (default: the seed).")
  var noiseSeed: UInt64?

  @Option(
    help:
      "Simulated images per class; for training in an epoch, and a tenth of it more for validation (default: 1000)."
  )
  var count: Int?

  private var imagesPerClass: Int { count ?? 1000 }

  func validate() throws {
    if simulate == nil && noiseSeed != nil {
      throw ValidationError("--noise-seed is that of a simulated population: it needs --simulate.")
    }
    if simulate == nil && !settings.isEmpty {
      throw ValidationError("--set changes a simulated population: it needs --simulate.")
    }
    if simulate == nil && count != nil {
      throw ValidationError("--count is that of simulated images: it needs --simulate.")
    }
    if let count, !(1...100_000_000).contains(count) {
      throw ValidationError("--count: \(count) given, must be from 1 to 100000000.")
    }
  }

  /// - Parameter only: The class to show; nil for all.
  func forTraining(_ model: String, only: String?, seed: UInt64?, threads: Int) throws -> (
    training: SimulatedImages, validation: ImageSet
  ) {
    let plan = try plan(model, seed)
    let shown = only == nil ? plan.spec.classes.count : 1
    let validation = max(2, imagesPerClass / 10) * shown
    return (
      try SimulatedImages(
        plan, count: imagesPerClass * shown, first: validation, only: only, threads: threads),
      try reportingStep("simulating \(validation) images for validation") {
        try SimulatedImages(plan, count: validation, only: only, threads: threads).kept()
      }
    )
  }

  /// Images that no training with the same seed sees.
  func forJudging(_ model: String, seed: UInt64?, threads: Int) throws -> ImageSet {
    let plan = try plan(model, seed)
    let number = imagesPerClass * plan.spec.classes.count
    return try reportingStep("simulating \(number) images for judging") {
      try SimulatedImages(plan, count: number, first: SimulatedImages.firstForJudging, threads: threads)
        .kept()
    }
  }

  /// What names the same population to another command.
  func commandLine(_ model: String, seed: UInt64?) -> String {
    (["--simulate", quoted(model)] + settings.flatMap { ["--set", quoted($0)] }
      + (seed.map { ["--seed", "\($0)"] } ?? []) + (noiseSeed.map { ["--noise-seed", "\($0)"] } ?? []))
      .joined(separator: " ")
  }

  private func plan(_ model: String, _ seed: UInt64?) throws -> PopulationPlan {
    let spec = try loadPopulation(model, settings: settings) { printError("note: \($0)\n") }
    return try PopulationPlan(
      spec, seed: seed ?? spec.defaultSeedOfSimulatedImages, noiseSeed: noiseSeed,
      readImage: readKernel)
  }
}

/// A word as a shell takes it.
func quoted(_ text: String) -> String {
  let plain = text.allSatisfy { $0.isLetter || $0.isNumber || "-_./=,+:".contains($0) }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}

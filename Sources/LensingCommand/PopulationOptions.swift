import ArgumentParser
import ProgramOutput
import SwiftLensing

/// Where random numbers come from, on every command that draws some.
struct SeedOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Random seed, a whole number from 0 to 2^64 - 1 (default: follows from the spec's name).")
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: "Random seed of the noise alone: the same skies, exposed again (default: the seed).")
  var noiseSeed: UInt64?

  /// For people, where it is not obvious.
  static func text(_ plan: PopulationPlan, isGiven: Bool) -> String {
    "seed \(plan.seed)" + (isGiven ? "" : " (from the name \(plan.spec.name))")
      + (plan.noiseSeed == plan.seed ? "" : ", noise seed \(plan.noiseSeed)")
  }
}

/// What names a population and its seed, on every command that takes one.
struct PopulationOptions: ParsableArguments {
  @Argument(
    help: "A preset (see `lensing profiles`), a YAML file, or a PyLensing parameter file (JSON, CSV).")
  var model: String

  @OptionGroup var seeds: SeedOptions

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a key of the spec, for instance --set instrument.pixel_scale=0.1; key=null removes one that may be "
        + "left out, a mapping replaces all keys below. May be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  func population() throws -> PopulationSpec {
    try loadPopulation(model, settings: settings, note: complainAbout)
  }

  /// A population or a scene, where either is of use.
  func spec() throws -> LoadedSpec {
    try loadSpec(model, settings: settings, note: complainAbout)
  }

  func plan() throws -> PopulationPlan {
    try PopulationPlan(
      loading: model, settings: settings, seed: seeds.seed, noiseSeed: seeds.noiseSeed, note: complainAbout)
  }

  func plan(_ spec: PopulationSpec) throws -> PopulationPlan {
    try PopulationPlan(spec, seed: seeds.seed, noiseSeed: seeds.noiseSeed, readImage: readKernel)
  }
}

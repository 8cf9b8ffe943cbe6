import ArgumentParser
import SwiftLensing

/// What names a population and its seed, on every command that takes one.
struct PopulationOptions: ParsableArguments {
  @Argument(
    help: "A preset (see `lensing profiles`), a YAML file, or a PyLensing parameter file (JSON, CSV).")
  var model: String

  @Option(parsing: .unconditional, help: "Random seed, a whole number from 0 to 2^64 - 1.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a key of the spec, for instance --set instrument.pixel_scale=0.1; key=null removes it, a "
        + "mapping replaces all keys below. May be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  func plan() throws -> PopulationPlan {
    try PopulationPlan(try loadPopulation(model, settings: settings), seed: seed, readImage: readKernel)
  }
}

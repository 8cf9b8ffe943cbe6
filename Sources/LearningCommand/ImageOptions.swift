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

  /// - Parameter isSimulated: Whether images are simulated, of a model or of a recipe's populations.
  func check(isSimulated: Bool) throws {
    if isSimulated { return }
    let given = [("--noise-seed", noiseSeed != nil), ("--set", !settings.isEmpty), ("--count", count != nil)]
    for (name, isGiven) in given where isGiven {
      throw ValidationError("\(name) is that of simulated images: it needs --simulate.")
    }
  }

  func validate() throws {
    if let count, !(1...100_000_000).contains(count) {
      throw ValidationError("--count: \(count) given, must be from 1 to 100000000.")
    }
  }

  /// What names the same population to another command.
  func commandLine(_ model: String, seed: UInt64?) -> String {
    (["--simulate", quoted(model)] + settings.flatMap { ["--set", quoted($0)] }
      + (seed.map { ["--seed", "\($0)"] } ?? []) + (noiseSeed.map { ["--noise-seed", "\($0)"] } ?? []))
      .joined(separator: " ")
  }
}

/// A word as a shell takes it.
func quoted(_ text: String) -> String {
  let plain = text.allSatisfy { $0.isLetter || $0.isNumber || "-_./=,+:".contains($0) }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}

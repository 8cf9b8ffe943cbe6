import ArgumentParser
import LearningReports
import ProgramOutput

struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves",
    abstract: "Draws how the areas of several trainings grew with the images that they saw, in one picture.",
    discussion: "Trainings that still run can be looked at, too.")

  @Argument(help: "Folders of trainings of classifiers.")
  var folders: [String]

  @Option(name: .customLong("class"), help: "Of one class of substructure against none (default: any).")
  var kind: String?

  @Option(name: .shortAndLong, help: "SVG file.")
  var output = "Output/learning.svg"

  func run() throws {
    try reportingErrors {
      try LearningCurves(folders, of: kind).write(to: output)
      try printLine("Look at it: \(output)")
    }
  }
}

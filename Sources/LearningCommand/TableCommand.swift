import ArgumentParser
import LearningReports
import ProgramOutput

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Sets trainings beside each other: a Markdown table of what was trained and how it was judged.")

  @Argument(help: "Folders of trainings that `lensing-learn evaluate` has judged.")
  var folders: [String]

  func run() throws {
    try reportingErrors { try printLine(ResultsTable(folders).markdown) }
  }
}

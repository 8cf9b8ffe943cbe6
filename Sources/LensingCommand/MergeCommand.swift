import ArgumentParser
import SwiftLensing

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Joins the shards of a dataset: the same bytes as one run would have made.",
    discussion: """
      Shards of another spec, seed or version are refused, and so are missing ones. Every file is held against \
      its digest. The shards stay; remove them when the dataset is whole.
      """)

  @Argument(help: "Folders of the shards, in any order.")
  var shards: [String]

  @Option(name: .shortAndLong, help: "Folder to make.")
  var output: String

  @Flag(help: "Replace an existing dataset once the new one is whole.")
  var overwrite = false

  @Flag(help: "Print the result as JSON, and no progress.")
  var json = false

  func run() throws {
    try reportingErrors(asJSON: json) {
      let merge = try DatasetMerge(shards, output: output)
      let report = ProgressReport(isQuiet: json)
      let began = ContinuousClock.now
      let manifest = try merge.run(overwrite ? .overwrite : .refuse, progress: report.show)
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      if json { return printJSON(DatasetSummary(output: output, seconds: seconds, manifest: manifest)) }
      print(summaryLines(manifest, output, seconds: seconds))
    }
  }
}

import ArgumentParser
import ProgramOutput
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
      let report = ProgressBar(isQuiet: json)
      let began = ContinuousClock.now
      Interruption.watch(
        "stopped in the middle of a file; the same command begins anew")
      report.begin("comparing files with their digests")
      defer { report.finish() }
      let manifest = try merge.run(
        overwrite ? .overwrite : .refuse, shouldStop: { Interruption.wasAskedFor }, progress: report.show)
      report.finish()
      let seconds = (ContinuousClock.now - began) / .seconds(1)
      if json { return try printJSON(DatasetSummary(output: output, seconds: seconds, manifest: manifest)) }
      try printLine(summaryLines(manifest, output, seconds: seconds))
    }
  }
}

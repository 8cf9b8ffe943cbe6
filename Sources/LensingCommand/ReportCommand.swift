import ArgumentParser
import DatasetReports
import SwiftLensing

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page about a dataset: classes, images, every parameter beside its prior, provenance.",
    discussion: "One HTML file that opens from the disk, without network or other files.")

  @Argument(help: "A dataset's folder.")
  var dataset: String

  @Option(name: .shortAndLong, help: "HTML file (default: report.html in the dataset).")
  var output: String?

  @Flag(help: "Print no progress.")
  var quiet = false

  func run() throws {
    try reportingErrors {
      let path = output ?? "\(dataset)/report.html"
      guard path.hasSuffix(".html") else {
        throw SpecError(keyPath: "--output", value: "'\(path)'", requirement: "must end in .html")
      }
      let canvas = try contactSheet(ofDataset: dataset, columns: 8).page.draw()
      let progress = ProgressReport(isQuiet: quiet)
      let report = try DatasetReport(
        dataset, contactSheet: try pngBytes(width: canvas.width, height: canvas.height, rgb: canvas.bytes)
      ) { progress.show(GenerationProgress(samplesDone: $0, sampleCount: $1, samplesResumed: 0)) }
      try writeFileAtomically(Array(report.html.utf8), to: path)
      if !report.differing.isEmpty {
        complain("differs from its prior: \(report.differing.joined(separator: ", "))")
      }
      print(path)
    }
  }
}

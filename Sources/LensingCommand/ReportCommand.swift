import ArgumentParser
import DatasetReports
import ProgramOutput
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

  @Flag(help: "Replace an existing HTML file.")
  var overwrite = false

  @Flag(help: "Print no progress.")
  var quiet = false

  func run() throws {
    try reportingErrors {
      let path = output ?? "\(dataset)/report.html"
      guard path.hasSuffix(".html") else {
        throw SpecError(keyPath: "--output", value: "'\(path)'", requirement: "must end in .html")
      }
      try refuseExisting(output == nil ? [] : [path], overwrite: overwrite)
      let canvas = try reportingStep("images for the contact sheet", isQuiet: quiet) {
        try contactSheet(ofDataset: dataset, columns: 8).draw()
      }
      let progress = ProgressBar(isQuiet: quiet)
      progress.begin("drawing from the priors")
      defer { progress.finish() }
      let report = try DatasetReport(
        dataset, contactSheet: try pngBytes(width: canvas.width, height: canvas.height, rgb: canvas.bytes)
      ) { progress.showImages($0, $1) }
      progress.finish()
      try writeFileAtomically(Array(report.html.utf8), to: path)
      if !report.differing.isEmpty {
        complain("differs from its prior: \(report.differing.joined(separator: ", "))")
      }
      try printLine(path)
    }
  }
}

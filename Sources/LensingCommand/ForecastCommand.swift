import ArgumentParser
import Charts
import DatasetReports
import Foundation
import ProgramOutput
import SwiftLensing
import Synchronization

struct ForecastCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract:
      "Tells how well the substructure of a population's images can be seen, and the best score that is possible.",
    discussion: """
      For every image with substructure: by how many standard deviations of its noise the substructure moves it, if all else is \
      known, and with the parameters that the population draws for lens, light and source projected off. From these an upper bound on \
      the area under the curve of any classifier. forecast.csv and index.html go to the output folder. The same numbers as \
      columns of a dataset's table: lensing generate --set forecast=true.
      """)

  @OptionGroup var population: PopulationOptions

  @Option(help: "Images per class.")
  var count = 200

  @Option(help: "Threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .shortAndLong, help: "Folder (default: Output/NAME-forecast).")
  var output: String?

  @Flag(help: "Replace an earlier forecast in the folder.")
  var overwrite = false

  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    if !(1...1_000_000).contains(count) { throw ValidationError("--count must be from 1 to 1000000.") }
    if !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
  }

  func run() throws {
    try reportingErrors {
      let plan = try population.plan()
      guard plan.classes.contains(where: plan.hasSubstructure) else {
        throw SpecError(
          keyPath: "classes", value: plan.classes.joined(separator: ", ") + " alone",
          requirement: "must hold a class with substructure")
      }
      let folder = output ?? "Output/\(plan.spec.name)-forecast"
      try refuseExisting(["\(folder)/index.html", "\(folder)/forecast.csv"], overwrite: overwrite)
      // Before the long work, not after it.
      _ = try Gnuplot.version()
      let forecast = try DetectabilityForecast(plan)
      let number = count * plan.turnLength
      let progress = Mutex((bar: ProgressBar(isQuiet: quiet), done: 0))
      defer { progress.withLock { $0.bar.finish() } }
      let table = try ForecastTable(forecast, plan, 0..<number, threads: threads) {
        progress.withLock {
          $0.done += 1
          $0.bar.showImages($0.done, number)
        }
      }
      progress.withLock { $0.bar.finish() }
      let seed = SeedOptions.text(plan, isGiven: population.seeds.seed != nil)
      let report = ForecastReport(table, title: "Forecast for \(plan.spec.name), \(number) images, \(seed)")
      try report.write(to: folder)
      try show(report)
      try printLine("Look at it: \(folder)/index.html")
    }
  }

  private func show(_ report: ForecastReport) throws {
    let rows = report.summary
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      // The last column needs no blanks behind it.
      try printLine(cells.dropLast().joined(separator: "  ") + "  " + (row.last ?? ""))
    }
  }
}

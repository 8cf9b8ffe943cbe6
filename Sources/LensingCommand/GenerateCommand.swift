import ArgumentParser
import Foundation
import LensNumerics
import SwiftLensing

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a dataset: images of every class with the truth beside them.",
    discussion: """
      Images go to one .npy array and one FITS cube per class and split, parameters to samples.csv and \
      samples.fits, subhalos and vortices to substructure.csv and substructure.fits. The same spec, seed \
      and count give the same bytes on any number of threads. docs/file-formats.md describes every file.
      """)

  @OptionGroup var population: PopulationOptions

  @Option(parsing: .unconditional, help: "Images per class.")
  var count = 100

  @Option(parsing: .unconditional, help: "Threads; the bytes do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .shortAndLong, help: "Folder to make (default: Output/ and the model's name).")
  var output: String?

  @Flag(help: "Continue an interrupted run of the same spec, seed and count.")
  var resume = false

  @Flag(help: "Replace an existing dataset once the new one is whole.")
  var overwrite = false

  @Flag(help: "Print the result as JSON, and no progress.")
  var json = false

  func validate() throws {
    if resume && overwrite { throw ValidationError("--resume and --overwrite exclude each other.") }
  }

  func run() throws {
    try reportingErrors(asJSON: json) {
      let plan = try population.plan()
      let folder = output ?? "Output/\(plan.spec.name)"
      let generator = try DatasetGenerator(plan, countPerClass: count, threads: threads, output: folder)
      let report = ProgressReport(isQuiet: json)
      Interruption.watch()
      let began = ContinuousClock.now
      let manifest = try generator.run(
        resume ? .resume : overwrite ? .overwrite : .refuse, versions: libraryVersions(),
        instructionSet: BuildInformation.instructionSet, shouldStop: { Interruption.wasAskedFor },
        progress: report.show)
      summarize(manifest, folder, seconds: (ContinuousClock.now - began) / .seconds(1))
    }
  }

  private func summarize(_ manifest: Manifest, _ folder: String, seconds: Double) {
    if json { return printJSON(Summary(output: folder, seconds: seconds, manifest: manifest)) }
    let images = manifest.parts.reduce(0) { $0 + $1.count }
    let megabytes = manifest.files.reduce(0) { $0 + $1.bytes } / 1_000_000
    print("\(images) images, \(megabytes) MB in \(folder) after \(ProgressReport.duration(seconds))")
    for part in manifest.parts { print("  \(part.label)_\(part.split)  \(part.count) (.npy, .fits)") }
    print("Look at them: lensing preview \(folder)")
  }

  private struct Summary: Encodable {
    let output: String
    let seconds: Double
    let manifest: Manifest
  }
}

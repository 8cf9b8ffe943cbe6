import ArgumentParser
import Foundation
import ProgramOutput
import SwiftLensing

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Looks for damage in a dataset: files by their digests, images by rendering some again.",
    discussion: "Names everything that is wrong, and ends with code 3 if anything is.")

  @Argument(help: "A dataset's folder.")
  var dataset: String

  @Option(parsing: .unconditional, help: "Images to render again; 0 for none.")
  var samples = 16

  @Option(parsing: .unconditional, help: "Threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if samples < 0 { throw ValidationError("--samples must be at least 0.") }
    if !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
  }

  func run() throws {
    try reportingErrors(asJSON: json) {
      let verification = try DatasetVerification(dataset)
      var faults = try reportingStep("comparing files with their digests", isQuiet: json) {
        try verification.faultsOfFiles()
      }
      let chosen = verification.samples(samples)
      // Damaged files have been named; what they hold need not be looked at again.
      if faults.isEmpty {
        faults = try reportingStep("rendering \(chosen.count) images again", isQuiet: json) {
          try verification.faultsOfImages(chosen, threads: threads)
        }
      }
      if json {
        try printJSON(Findings(dataset: dataset, faults: faults.map(\.description), isWhole: faults.isEmpty))
      } else if faults.isEmpty {
        try printLine(
          "\(dataset): whole; \(verification.manifest.files.count) files have their digests, \(chosen.count) of "
            + "\(verification.manifest.sampleCount) images were rendered again to the same bits")
        let others = try verification.otherFiles()
        if !others.isEmpty { try printLine("Not of the dataset: \(others.joined(separator: ", "))") }
      } else {
        faults.forEach { complain($0.description) }
      }
      if !faults.isEmpty { throw ExitCode(3) }
    }
  }

  private struct Findings: Encodable {
    let dataset: String
    let faults: [String]
    let isWhole: Bool
  }
}

import ArgumentParser
import Foundation
import LensNumerics
import ProgramOutput
import SwiftLensing

/// The program `lensing`.
@main
struct Lensing: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lensing",
    abstract: "Simulates strong gravitational lens images for dark-matter searches.",
    discussion: """
      Two commands and you have images:
        lensing generate model-a --count 100
        lensing preview Output/model-a

      Exit codes: 0 success, 1 unsuitable processor, 2 bad input, 3 a file or standard output could not be read or \
      written, 4 a computation failed, 64 wrong usage, 130 stopped by Ctrl-C.
      """,
    version: swiftLensingVersion,
    subcommands: [
      GenerateCommand.self, MergeCommand.self, VerifyCommand.self, ConvertCommand.self, ReportCommand.self,
      ForecastCommand.self,
      PreviewCommand.self,
      RenderCommand.self,
      ProfilesCommand.self, ShowCommand.self, DoctorCommand.self,
    ])

  static func main() {
    prepareStandardStreams()
    // A limit on file sizes then fails the write with a message, as a full disk does, instead of killing.
    signal(SIGXFSZ, SIG_IGN)
    // Running on would die on an illegal instruction somewhere in a kernel.
    if !BuildInformation.isSupportedByProcessor {
      complain(
        "this binary was built for \(BuildInformation.instructionSet), which this processor lacks; "
          + "build it here, or without -march=native")
      Foundation.exit(EXIT_FAILURE)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error) != .success { exit(withError: error) }
      // Help and version are printed, not merely sent on their way.
      do { try printLine(fullMessage(for: error)) } catch {
        complain("\(error)")
        Foundation.exit(3)
      }
    }
  }
}

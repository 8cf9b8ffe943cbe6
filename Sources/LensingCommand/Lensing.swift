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

      \(exitCodes)
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
    // Running on would die on an illegal instruction somewhere in a kernel.
    if !BuildInformation.isSupportedByProcessor {
      prepareStandardStreams()
      complain(
        "this binary was built for \(BuildInformation.instructionSet), which this processor lacks; "
          + "build it here, or without -march=native")
      Foundation.exit(EXIT_FAILURE)
    }
    runAsProgram()
  }
}

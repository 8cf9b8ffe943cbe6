import ArgumentParser
import Foundation
import Learning
import ProgramOutput
import Tensors

/// The program `lensing-learn`.
@main
struct LensingLearn: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lensing-learn",
    abstract: "Trains networks on datasets of `lensing generate`, and judges them.",
    discussion: """
        lensing generate model-a --count 1000 --set split.test=0.2
        lensing-learn train Output/model-a --network resnet18 --epochs 10
        lensing-learn evaluate Output/model-a-resnet18 Output/model-a

      Exit codes: 0 success, 2 bad input, a file or standard output that cannot be read or written, or a training that \
      cannot go on, 64 wrong usage, 130 stopped by Ctrl-C.
      """,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, CompareCommand.self, TableCommand.self, CurvesCommand.self,
      TimeCommand.self,
    ])

  static func main() {
    prepareStandardStreams()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error) != .success { exit(withError: error) }
      // Help is printed, not merely sent on its way.
      do { try printLine(fullMessage(for: error)) } catch {
        printError("error: \(error)\n")
        Foundation.exit(2)
      }
    }
  }
}

/// Runs a command's work; errors go to standard error and end the program with status 2.
func reportingErrors(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch {
    printError("error: \(error)\n")
    throw ExitCode(2)
  }
}

/// `cpu` or `cuda`, and how many threads.
struct DeviceOptions: ParsableArguments {
  @Option(help: "Where to compute: cpu, or cuda with a libtorch that has it.")
  var device = "cpu"

  @Option(help: "Threads of one operation.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func prepare() throws -> Device {
    try TorchLibrary.setThreads(threads)
    return try Device(named: device)
  }
}

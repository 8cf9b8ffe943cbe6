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

      \(exitCodes)
      """,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, CompareCommand.self, TableCommand.self, CurvesCommand.self,
      TimeCommand.self,
    ])

  static func main() { runAsProgram() }
}

/// `cpu` or `cuda`, and how many threads.
struct DeviceOptions: ParsableArguments {
  @Option(help: "Where to compute: cpu, or cuda with a libtorch that has it.")
  var device = "cpu"

  @Option(help: "Threads of one operation.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func prepare() throws -> Device {
    try TorchLibrary.setThreads(threads)
    do { return try Device(named: device) } catch let error as TensorError {
      throw TrainingError("--device: \(error)")
    }
  }
}

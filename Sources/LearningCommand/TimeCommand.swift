import ArgumentParser
import Foundation
import Learning
import ProgramOutput

struct TimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time",
    abstract: "Measures how long a step of training takes here.",
    discussion: "Prints the median over the steps, after a few that do not count.")

  @Option(help: "Which network.")
  var network = NetworkKind.resnet18

  @Option(help: "Pixels of the square images.")
  var size = 150

  @Option(help: "Images per step.")
  var batch = 64

  @Option(help: "Steps that count.")
  var steps = 10

  @Flag(help: "Print the seconds of every step as a JSON array instead.")
  var json = false

  @OptionGroup var device: DeviceOptions

  func validate() throws {
    if !(1...100_000).contains(steps) {
      throw ValidationError("--steps: \(steps) given, must be from 1 to 100000.")
    }
  }

  func run() throws {
    try reportingErrors {
      var spec = TrainingSpec()
      (spec.network, spec.batchSize) = (network, batch)
      let place = try device.prepare()
      let timer = try StepTimer(spec, side: size, device: place)
      _ = try timer.seconds(steps: 3)
      let seconds = try timer.seconds(steps: steps)
      if json {
        try printJSON(seconds)
      } else {
        let median = seconds.sorted()[steps / 2]
        try printLine(
          "\(network.rawValue): \(Float(median)) s a step of \(batch) images of \(size) x \(size), "
            + "\(Int(Double(batch) / median)) images/s")
      }
    }
  }
}

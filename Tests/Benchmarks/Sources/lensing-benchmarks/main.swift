import Foundation
import SwiftLensing

// Prints how fast kernels and whole scenes are, and writes the same as JSON to the path in the first argument.

let report = BenchmarkReport(
  instructionSet: BuildInformation.instructionSet,
  nanosecondsPerRay: kernelTimes(), imagesPerSecond: try sceneRates())
print(report.text)
if CommandLine.arguments.count > 1 {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  try writeFileAtomically(Array(try encoder.encode(report)) + [0x0A], to: CommandLine.arguments[1])
}

struct BenchmarkReport: Codable {
  let instructionSet: String
  let nanosecondsPerRay: [String: Double]
  /// By scene, then by number of threads.
  let imagesPerSecond: [String: [String: Double]]

  var text: String {
    let kernels = nanosecondsPerRay.sorted { $0.key < $1.key }
      .map { "  \($0.key.padding(toLength: 20, withPad: " ", startingAt: 0))\(rounded($0.value))" }
    let scenes = imagesPerSecond.sorted { $0.key < $1.key }.map { name, rates in
      "  \(name)" + rates.sorted { $0.key < $1.key }.map { "  \(rounded($0.value)) on \($0.key)" }.joined()
    }
    return
      (["built for \(instructionSet)", "ns per ray, Float, one thread:"] + kernels
      + ["noise-free images per second in memory, by threads:"] + scenes).joined(separator: "\n")
  }

  private func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}

import SwiftLensing

/// What `make bench` measures.
struct BenchmarkReport: Codable {
  let instructionSet: String
  /// Additions and multiplications of Floats, 10^9 per second on one thread.
  let arithmeticPeak: Double
  let nanosecondsPerRay: [String: Double]
  /// By scene, then by number of threads.
  let imagesPerSecond: [String: [String: Double]]
  /// Of one image of W1, by stage.
  let microseconds: [String: Double]
  /// By scene, to the source and to the lens light.
  let raysPerImage: [String: [String: Double]]
  /// By scene.
  let allocationsPerImage: [String: Double]
  let growth: [HaloGrowth]

  var text: String {
    let sections: [(String, [String])] = [
      ("built for \(instructionSet)", []),
      ("arithmetic peak of one thread: \(rounded(arithmeticPeak)) GFLOP/s", []),
      ("ns per ray, Float, one thread:", lines(nanosecondsPerRay)),
      (
        "noise-free images per second in memory, by threads:",
        imagesPerSecond.sorted { $0.key < $1.key }.map { name, rates in
          "  \(name)"
            + rates.sorted { $0.key < $1.key }.map { "  \(rounded($0.value)) on \($0.key)" }.joined()
        }
      ),
      ("microseconds per image of W1, one thread, by stage:", lines(microseconds)),
      (
        "rays per noise-free image:",
        raysPerImage.sorted { $0.key < $1.key }.map { name, counts in
          "  \(name)"
            + counts.sorted { $0.key < $1.key }.map { "  \(rounded($0.value)) to \($0.key)" }.joined()
        }
      ),
      ("requests for memory per noise-free image:", lines(allocationsPerImage)),
      (
        "milliseconds per image of W6 by the number of halos, and error of the peak:",
        growth.map { row in
          "  \(row.halos)"
            + row.milliseconds.sorted { $0.key < $1.key }.map { name, value in
              "  \(name) \(rounded(value))" + (row.errorOfPeak[name].map { " (\(Float($0)))" } ?? "")
            }.joined()
        }
      ),
    ]
    return sections.flatMap { [$0.0] + $0.1 }.joined(separator: "\n")
  }

  private func lines(_ values: [String: Double]) -> [String] {
    values.sorted { $0.key < $1.key }
      .map { "  \($0.key)" + String(repeating: " ", count: max(1, 26 - $0.key.count)) + rounded($0.value) }
  }

  private func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}

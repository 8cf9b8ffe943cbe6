import SwiftLensing

/// What `make bench` measures.
struct BenchmarkReport: Codable {
  let instructionSet: String
  /// Additions and multiplications of Floats, 10^9 per second on one thread.
  let arithmeticPeak: Double
  let nanosecondsPerRay: [String: Double]
  /// By scene, then by number of threads.
  let imagesPerSecond: [String: [String: Double]]
  /// By what is done with the images, then by number of threads.
  let datasetImagesPerSecond: [String: [String: Double]]
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
      ("noise-free images per second in memory, by threads:", lines(imagesPerSecond, " on")),
      ("images of Model A per second, by threads:", lines(datasetImagesPerSecond, " on")),
      ("microseconds per image of W1, one thread, by stage:", lines(microseconds)),
      ("rays per noise-free image:", lines(raysPerImage, " to")),
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

  private func lines(_ values: [String: [String: Double]], _ preposition: String) -> [String] {
    values.sorted { $0.key < $1.key }.map { name, values in
      "  \(name)"
        + values.sorted { $0.key < $1.key }.map { "  \(rounded($0.value))\(preposition) \($0.key)" }.joined()
    }
  }

  private func lines(_ values: [String: Double]) -> [String] {
    values.sorted { $0.key < $1.key }
      .map { "  \($0.key)" + String(repeating: " ", count: max(1, 26 - $0.key.count)) + rounded($0.value) }
  }

  private func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}

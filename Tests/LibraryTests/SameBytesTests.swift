import FileFormats
import Foundation
import LensTestSupport
import SwiftLensing
import Testing

/// The heart of it: sample i is the same, whoever asks.
@Suite(.serialized) struct SameBytesTests {
  private static let count = 100

  @Test(arguments: ["model-a", "model-b"])
  func `the program, Swift, C and Python make the same samples`(model: String) throws {
    try withScratchFolder { folder in
      let simulator = try Simulator(model, seed: 5, threads: 2)
      let ours = try sha256(bytes(of: try simulator.batch(0..<Self.count).images))
      #expect(try sha256(try datasetBytes(model, folder)) == ours, "the program")

      let program = try compileC("render", in: folder)
      let images = "\(folder)/images"
      let result = try runProcess(program, [model, "5", "\(Self.count)", images])
      try #require(result.status == 0, "\(result.errors)\(result.output)")
      #expect(try sha256(ofFile: images) == ours, "C")

      let python = try runPackage("digest", model, "5", "\(Self.count)")
      #expect(python.output.trimmingCharacters(in: .whitespacesAndNewlines) == ours, "Python")
    }
  }

  private func bytes(of pixels: [Float]) -> [UInt8] {
    pixels.flatMap { pixel in withUnsafeBytes(of: pixel.bitPattern.littleEndian) { Array($0) } }
  }

  /// Samples 0 and following of a dataset that the program wrote, in the order of their numbers.
  private func datasetBytes(_ model: String, _ folder: String) throws -> [UInt8] {
    let result = try lensing(
      "generate", model, "--seed", "5", "--count", "\(Self.count / 3 + 1)", "-o", "set", in: folder)
    try #require(result.status == 0, "\(result.errors)")
    let table = try parseCSV(try readText("\(folder)/set/samples.csv"), path: "samples.csv")
    let place = try ["class", "split", "row"].map { try #require(table[0].firstIndex(of: $0)) }
    return try table.dropFirst().prefix(Self.count).flatMap { row in
      let reader = try NpySliceReader("\(folder)/set/\(row[place[0]])_\(row[place[1]]).npy")
      return bytes(of: try reader.read(at: try #require(Int(row[place[2]]))))
    }
  }
}

import FileFormats
import Foundation
import LensCore

/// The log of a training, `metrics.jsonl`: a line per epoch.
package enum TrainingLog {
  private static let name = "metrics.jsonl"

  static func write(_ history: [EpochMetrics], to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    let lines = try history.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try writeFileAtomically(Array(lines.joined().utf8), to: "\(folder)/\(name)")
  }

  /// The epochs that a folder's log tells of; none without a log.
  ///
  /// - Throws: `FileError` for a file that is no such log.
  package static func read(from folder: String) throws -> [EpochMetrics] {
    let path = "\(folder)/\(name)"
    guard fileExists(path) else { return [] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try readText(path).split(separator: "\n").map {
        try decoder.decode(EpochMetrics.self, from: Data($0.utf8))
      }
    } catch let error as DecodingError {
      throw FileError(path: path, reason: "is no log of a training: \(error)")
    }
  }
}

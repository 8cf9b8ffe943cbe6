import FileFormats
import Foundation
import LensCore
import Populations

/// How far an unfinished dataset has come: everything up to here is on the disk.
struct Journal: Codable, Equatable {
  /// Digest of spec, seed, count and version: a run may only continue what it would have begun.
  let identity: String
  /// What the digest is of but for the spec, which lies beside; nil in journals of earlier versions.
  let facts: [NamedValue]?
  var samplesDone = 0
  var sampleTableBytes = 0
  var substructureTableBytes = 0
  var substructureRows = 0
  var redraws = RedrawCounts()

  init(identity: String, facts: [NamedValue]) { (self.identity, self.facts) = (identity, facts) }

  init(reading path: String) throws {
    do {
      self = try JSONDecoder().decode(Journal.self, from: Data(try readFile(path)))
    } catch let error as DecodingError {
      throw FileError(path: path, reason: "the journal is damaged (\(error)); start again with --overwrite")
    }
    guard isPossible else {
      throw FileError(
        path: path,
        reason: "the journal is damaged: it holds impossible numbers; start again with --overwrite")
    }
  }

  /// Whether the numbers can be those of a run, so that sums of them cannot overflow.
  private var isPossible: Bool {
    (0...(1 << 40)).contains(samplesDone) && redraws.arePossible(of: samplesDone)
      && [sampleTableBytes, substructureTableBytes, substructureRows].allSatisfy {
        (0...(1 << 45)).contains($0)
      }
  }

  func write(to path: String) throws { try writeJSON(self, to: path) }
}

/// How many samples were drawn again because they could not be rendered, and how often altogether.
public struct RedrawCounts: Codable, Equatable, Sendable {
  public var samples = 0
  public var draws = 0

  /// For people; nil where nothing was drawn again.
  public var sentence: String? {
    if samples == 0 { return nil }
    let (some, were) = samples == 1 ? ("1 sample", "was") : ("\(samples) samples", "were")
    return "\(some) could not be rendered at first and \(were) drawn again, "
      + "\(draws) \(draws == 1 ? "time" : "times") in all"
  }

  mutating func add(_ redraws: Int) {
    samples += redraws > 0 ? 1 : 0
    draws += redraws
  }

  /// Whether so many samples can have been drawn again like this.
  func arePossible(of sampleCount: Int) -> Bool {
    (0...sampleCount).contains(samples) && (samples...samples * RedrawSpec.mostAttempts).contains(draws)
  }
}

/// JSON with sorted keys, so that equal values give equal bytes.
func writeJSON(_ value: some Encodable, to path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = value is Manifest ? .convertToSnakeCase : .useDefaultKeys
  do {
    try writeFileAtomically(Array(try encoder.encode(value)) + [0x0A], to: path)
  } catch let error as EncodingError {
    throw FileError(path: path, reason: "cannot be encoded: \(error)")
  }
}

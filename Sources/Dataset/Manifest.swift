import FileFormats
import Foundation
import LensCore

/// What a dataset is and how it came about: `manifest.json`.
public struct Manifest: Codable, Sendable, Equatable {
  public struct File: Codable, Sendable, Equatable {
    public let name: String
    public let bytes: Int
    public let sha256: String

    init(_ name: String, at path: String) throws {
      (self.name, bytes, sha256) = (name, try fileSize(path), try FileFormats.sha256(ofFile: path))
    }
  }

  public struct Part: Codable, Sendable, Equatable {
    public let label: String
    public let split: String
    public let count: Int
  }

  /// Of the dataset's layout.
  public let formatVersion: Int
  public let model: String
  public let seed: UInt64
  public let countPerClass: Int
  public let imageShape: [Int]
  public let parts: [Part]
  /// Versions of this program and of the libraries whose arithmetic is in the images.
  public let versions: [String: String]
  public let instructionSet: String
  /// When the dataset was finished, UTC; the only entry that differs between two runs on one machine.
  public let created: String
  /// Files that the spec names, as they were read.
  public let inputs: [File]
  public let files: [File]

  public static let currentFormatVersion = 1

  /// Reads the manifest of a dataset.
  ///
  /// - Throws: `FileError` if the folder holds no whole dataset.
  public init(ofDataset path: String) throws {
    let file = "\(path)/\(DatasetPaths.manifestName)"
    guard fileExists(file) else {
      throw FileError(path: path, reason: "this is no dataset: it has no \(DatasetPaths.manifestName)")
    }
    do {
      self = try Self.decoder.decode(Manifest.self, from: Data(try readFile(file)))
    } catch is DecodingError {
      throw FileError(path: file, reason: "the manifest is damaged, or of another version of this program")
    }
  }

  init(
    model: String, seed: UInt64, countPerClass: Int, imageShape: [Int], parts: [Part],
    versions: [String: String], instructionSet: String, inputs: [File], files: [File]
  ) {
    (formatVersion, self.model, self.seed) = (Self.currentFormatVersion, model, seed)
    (self.countPerClass, self.imageShape, self.parts) = (countPerClass, imageShape, parts)
    (self.versions, self.instructionSet, self.inputs, self.files) = (versions, instructionSet, inputs, files)
    created = Date().ISO8601Format()
  }

  func write(to folder: String) throws {
    try writeJSON(self, to: "\(folder)/\(DatasetPaths.manifestName)")
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}

/// How far an unfinished dataset has come: everything up to here is on the disk.
struct Journal: Codable, Equatable {
  /// Digest of spec, seed, count and version: a run may only continue what it would have begun.
  let identity: String
  var samplesDone = 0
  var sampleTableBytes = 0
  var substructureTableBytes = 0
  var substructureRows = 0

  init(identity: String) { self.identity = identity }

  init(reading path: String) throws {
    do {
      self = try JSONDecoder().decode(Journal.self, from: Data(try readFile(path)))
    } catch let error as DecodingError {
      throw FileError(path: path, reason: "the journal is damaged (\(error)); start again with --overwrite")
    }
  }

  func write(to path: String) throws { try writeJSON(self, to: path) }
}

/// JSON with sorted keys, so that equal values give equal bytes.
private func writeJSON(_ value: some Encodable, to path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = value is Manifest ? .convertToSnakeCase : .useDefaultKeys
  do {
    try writeFileAtomically(Array(try encoder.encode(value)) + [0x0A], to: path)
  } catch let error as EncodingError {
    throw FileError(path: path, reason: "cannot be encoded: \(error)")
  }
}

import FileFormats
import Foundation
import LensCore
import Populations

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

  /// Of the dataset's layout.
  public let formatVersion: Int
  public let model: String
  public let seed: UInt64
  /// Of the noise; nil for the seed.
  public let noiseSeed: UInt64?
  /// Samples that were drawn again; nil if the spec has no `redraw`.
  public let redraws: RedrawCounts?
  /// Index of the first sample; 0 but in shards.
  public let firstSample: Int
  public let sampleCount: Int
  /// Of the dataset that this one is a shard of; else as many as it has.
  public let wholeSampleCount: Int
  /// Digest of spec, seed, contents, rendering revision, version of the program and input files: datasets with the same one can be merged.
  public let population: String
  /// Bands, height, width.
  public let imageShape: [Int]
  /// Names of the bands; nil for a camera without.
  public let bands: [String]?
  public let parts: [ImageGroup]
  public let contents: DatasetContents
  /// Of the program that made the images (`renderingRevision`); nil if it had none yet.
  public let renderingRevision: Int?
  /// Versions of this program and of the libraries whose arithmetic is in the images.
  public let versions: [String: String]
  public let instructionSet: String
  /// When the dataset was finished, UTC; the only entry that differs between two runs on one machine.
  public let created: String
  /// Files that the spec names, as they were read.
  public let inputs: [File]
  public let files: [File]

  public static let currentFormatVersion = 3

  /// Reads the manifest of a dataset.
  ///
  /// - Throws: `FileError` if the folder holds no whole dataset.
  public init(ofDataset path: String) throws {
    let (file, data) = try Self.read(path)
    do {
      self = try Self.decoder.decode(Manifest.self, from: data)
    } catch is DecodingError {
      let isOurs = (try? Self.decoder.decode(Outline.self, from: data)) != nil
      throw FileError(path: file, reason: isOurs ? Self.otherVersion : "the manifest is damaged")
    }
    guard formatVersion <= Self.currentFormatVersion else {
      throw FileError(path: file, reason: Self.otherVersion)
    }
    guard isPossible else {
      throw FileError(path: file, reason: "the manifest is damaged: it holds impossible numbers")
    }
  }

  /// As messages call the revision of a dataset.
  static func name(ofRevision revision: Int?) -> String { revision.map { String($0) } ?? "none" }

  private static let otherVersion =
    "the dataset was written by another version of this program; make it anew with generate --overwrite, or read it "
    + "with the version that wrote it"

  /// What the manifests of all versions of this program hold, and other files hardly: a folder with one may be replaced.
  private struct Outline: Decodable {
    struct File: Decodable {
      let name: String
      let sha256: String
    }
    let formatVersion: Int
    let model: String
    let seed: UInt64
    let imageShape: [Int]
    let parts: [ImageGroup]
    let versions: [String: String]
    let instructionSet: String
    let files: [File]
  }

  /// The names of a dataset's files, whatever version of this program wrote it.
  ///
  /// - Throws: `FileError` if the folder holds no whole dataset.
  static func fileNames(ofDataset path: String) throws -> [String] {
    let (file, data) = try read(path)
    guard let outline = try? decoder.decode(Outline.self, from: data) else {
      throw FileError(path: file, reason: "the manifest is damaged")
    }
    return outline.files.map(\.name)
  }

  private static func read(_ path: String) throws -> (file: String, data: Data) {
    let file = "\(path)/\(DatasetPaths.manifestName)"
    guard fileExists(file) else {
      throw FileError(path: path, reason: "this is no dataset: it has no \(DatasetPaths.manifestName)")
    }
    return (file, Data(try readFile(file)))
  }

  /// Of a finished folder, whose files are digested.
  init(
    _ plan: PopulationPlan, _ layout: DatasetLayout, _ contents: DatasetContents, population: String,
    inputs: [File], redraws: RedrawCounts, wholeSampleCount: Int, versions: [String: String],
    instructionSet: String,
    paths: DatasetPaths
  ) throws {
    (formatVersion, model, seed) = (Self.currentFormatVersion, plan.spec.name, plan.seed)
    noiseSeed = plan.noiseSeed == plan.seed ? nil : plan.noiseSeed
    self.redraws = plan.spec.redraw == nil ? nil : redraws
    (firstSample, sampleCount) = (layout.samples.lowerBound, layout.samples.count)
    self.wholeSampleCount = wholeSampleCount
    (self.population, self.contents, self.inputs) = (population, contents, inputs)
    let instrument = plan.spec.instrument
    imageShape = [instrument.bandCount, instrument.height, instrument.width]
    bands = instrument.bands.isEmpty ? nil : instrument.bands.names
    parts = layout.parts.map {
      ImageGroup(label: $0.part.label, split: $0.part.split.rawValue, count: $0.count)
    }
    renderingRevision = LensCore.renderingRevision
    (self.versions, self.instructionSet) = (versions, instructionSet)
    let names = try listFolder(paths.partial).filter {
      ![DatasetPaths.journalName, DatasetPaths.manifestName].contains($0)
    }
    files = try digests(of: names, in: paths.partial)
    created = Date().ISO8601Format()
  }

  /// Whether the numbers can be those of a dataset, so that sums and products of them cannot overflow.
  private var isPossible: Bool {
    (0...(1 << 40)).contains(firstSample) && (1...(1 << 40)).contains(sampleCount)
      && (samples.upperBound...(1 << 42)).contains(wholeSampleCount)
      && imageShape.count == 3 && imageShape.allSatisfy((1...65_536).contains)
      && !contents.formats.isEmpty && bands.map { $0.count == imageShape[0] } ?? true
      && parts.allSatisfy { (1...sampleCount).contains($0.count) } && parts.count <= 1000
      && parts.reduce(0) { $0 + $1.count } == sampleCount
      && Set(parts.map(\.name)).count == parts.count
      && redraws?.arePossible(of: sampleCount) ?? true
      && files.count <= 100_000 && files.allSatisfy { (0...(1 << 45)).contains($0.bytes) }
  }

  /// Indices of the samples.
  public var samples: Range<Int> { firstSample..<(firstSample + sampleCount) }

  func write(to folder: String) throws {
    try writeJSON(self, to: "\(folder)/\(DatasetPaths.manifestName)")
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}

/// Names, sizes and digests of files: hashing takes as long as writing.
func digests(of names: [String], in folder: String) throws -> [Manifest.File] {
  try severalAtOnce(names) { try Manifest.File($0, at: "\(folder)/\($0)") }
}

import FileFormats
import Foundation
import LensCore
import Populations

/// Looks for damage in a dataset: in its files, and in its images by rendering some again.
public struct DatasetVerification: Sendable {
  /// Something that is not as it should be.
  public struct Fault: Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "\(path): \(problem)" }
  }

  public let manifest: Manifest
  private let folder: String

  /// - Throws: `FileError` if the folder holds no whole dataset.
  public init(_ folder: String) throws {
    self.folder = DatasetPaths(folder).output
    manifest = try Manifest(ofDataset: folder)
  }

  /// Files that are missing, of another size or of other content than when the dataset was finished.
  public func faultsOfFiles() throws -> [Fault] {
    var faults: [Fault] = []
    for file in manifest.files {
      let path = "\(folder)/\(file.name)"
      // A name is only a name: a manifest from elsewhere must not lead out of its folder.
      guard !file.name.contains("/"), file.name != ".." else {
        faults.append(
          Fault(path: "\(folder)/\(DatasetPaths.manifestName)", problem: "names the file \(file.name)"))
        continue
      }
      guard fileExists(path) else {
        faults.append(Fault(path: path, problem: "is missing"))
        continue
      }
      let size = try fileSize(path)
      if size != file.bytes {
        faults.append(Fault(path: path, problem: "has \(size) bytes, must have \(file.bytes)"))
      } else if try sha256(ofFile: path) != file.sha256 {
        faults.append(Fault(path: path, problem: "has other content than when it was written (SHA-256)"))
      }
    }
    return faults
  }

  /// Which samples of a number of them are rendered again: spread evenly, the same ones each time.
  public func samples(_ count: Int) -> [Int] {
    let count = min(max(count, 0), manifest.sampleCount)
    return (0..<count).map { manifest.firstSample + $0 * manifest.sampleCount / count }
  }

  /// Renders samples again and compares every bit of their images.
  ///
  /// - Throws: `FileError` if the dataset cannot be read or is of another rendering revision, `SampleError` if a sample cannot be made.
  public func faultsOfImages(_ samples: [Int], threads: Int) throws -> [Fault] {
    if samples.isEmpty { return [] }
    guard manifest.renderingRevision == renderingRevision else {
      throw FileError(
        path: folder,
        reason:
          "was rendered with rendering revision \(Manifest.name(ofRevision: manifest.renderingRevision)), this program "
          + "has \(renderingRevision) and makes other images of the same spec; its files can be checked with --samples 0"
      )
    }
    let reader = try DatasetReader(folder)
    let plan = try PopulationPlan(
      reader.spec, seed: manifest.seed, noiseSeed: manifest.noiseSeed, readImage: readKernel)
    let chosen = Set(samples)
    var faults: [Fault] = []
    var stored: [Int: StoredSample] = [:]
    while let place = try reader.next(hasImages: false) {
      if chosen.contains(place.index) { stored[place.index] = place }
    }
    let batch = RenderingBatch(plan, threads: threads)
    for start in stride(from: 0, to: samples.count, by: batch.size) {
      let some = Array(samples[start..<min(start + batch.size, samples.count)])
      let rendered = try batch.map(some) { $0.observation.image.pixels }
      faults += try zip(some, rendered).compactMap { try fault(of: $0, stored[$0], $1) }
    }
    return faults
  }

  /// - Parameter place: Where the sample is stored.
  private func fault(of index: Int, _ place: StoredSample?, _ pixels: [Float]) throws -> Fault? {
    guard let place, case .integer(let row) = place.cells[DatasetTables.rowColumn] else { return nil }
    let part = manifest.parts.first { $0.name == place.part.name }
    guard let images = try part.map({ try StoredImages(folder, $0, of: manifest) }) else { return nil }
    let count = zip(try images.read(at: row), pixels).count { $0.bitPattern != $1.bitPattern }
    if count == 0 { return nil }
    return Fault(
      path: images.path,
      problem: "row \(row): \(count) pixels of sample \(index) differ from what is rendered now")
  }

  /// Files in the folder that are not the dataset's; they may be there.
  public func otherFiles() throws -> [String] {
    let own = Set(manifest.files.map(\.name) + [DatasetPaths.manifestName])
    return try listFolder(folder).filter { !own.contains($0) }
  }
}

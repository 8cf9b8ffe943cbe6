import FileFormats
import Foundation
import LensCore
import Populations

/// Joins shards, or a dataset and what it grew by, to the dataset that one run would have made.
public struct DatasetMerge: Sendable {
  /// In the order of their samples.
  public let folders: [String]
  public let manifests: [Manifest]
  private let paths: DatasetPaths

  public var sampleCount: Int { manifests.reduce(0) { $0 + $1.sampleCount } }
  private var samples: Range<Int> { manifests[0].firstSample..<(manifests[0].firstSample + sampleCount) }

  /// - Parameter folders: In any order.
  /// - Throws: `FileError` if a folder is no whole dataset, if they are of different populations, seeds or versions, or if
  ///   samples are missing or there twice.
  public init(_ folders: [String], output: String) throws {
    guard !folders.isEmpty, !output.isEmpty else {
      throw SpecError(keyPath: "merge", value: "nothing", requirement: "must name datasets and an output")
    }
    let found = try folders.map { (folder: $0, manifest: try Manifest(ofDataset: $0)) }
      .sorted { $0.manifest.firstSample < $1.manifest.firstSample }
    (self.folders, manifests) = (found.map(\.folder), found.map(\.manifest))
    paths = DatasetPaths(output)
    for (k, manifest) in manifests.enumerated().dropFirst() { try check(manifest, k) }
    try checkEnds()
  }

  /// A shard that failed must not be missed because it is the first or the last.
  private func checkEnds() throws {
    guard let first = manifests.first, let last = manifests.last else { return }
    func missing(_ range: Range<Int>) -> FileError {
      FileError(
        path: paths.output,
        reason:
          "samples \(range.lowerBound) to \(range.upperBound - 1) of \(wholeSampleCount) are missing; give all shards"
      )
    }
    if first.firstSample > 0 { throw missing(0..<first.firstSample) }
    if last.samples.upperBound < wholeSampleCount {
      throw missing(last.samples.upperBound..<wholeSampleCount)
    }
  }

  /// What the parts are to make together.
  private var wholeSampleCount: Int { manifests.map(\.wholeSampleCount).max() ?? 0 }

  private func check(_ manifest: Manifest, _ k: Int) throws {
    func refuse(_ reason: String) -> FileError { FileError(path: folders[k], reason: reason) }
    guard manifest.seed == manifests[0].seed else {
      throw refuse("was made with seed \(manifest.seed), \(folders[0]) with seed \(manifests[0].seed)")
    }
    guard manifest.noiseSeed == manifests[0].noiseSeed else {
      throw refuse("was made with another noise seed than \(folders[0]); see manifest.json")
    }
    guard manifest.population == manifests[0].population else {
      let facts = [0, k].map { RunFacts.of(manifests[$0], in: folders[$0], withSamples: false) }
      throw refuse(
        "was made from another spec, contents or version of the program than \(folders[0]): "
          + differences(facts[0], facts[1]))
    }
    guard manifest.versions == manifests[0].versions else {
      throw refuse("was made with other versions of libraries than \(folders[0]); see manifest.json")
    }
    let end = manifests[k - 1].samples.upperBound
    guard manifest.firstSample == end else {
      throw refuse(
        manifest.firstSample < end
          ? "has sample \(manifest.firstSample), which \(folders[k - 1]) has too"
          : "begins with sample \(manifest.firstSample), but samples \(end) to \(manifest.firstSample - 1) are missing"
      )
    }
  }

  /// Makes the dataset, which appears under its name only when it is whole. Every file that is read is held against its digest.
  ///
  /// - Parameters:
  ///   - existing: `.refuse` or `.overwrite`; merging is quick, so that there is no resuming.
  ///   - shouldStop: Asked for every folder and sample; if true, nothing is left of the merge.
  /// - Throws: `FileError`, `CancellationError`; the folders that are merged are never changed.
  public func run(
    _ existing: ExistingOutput, shouldStop: () -> Bool = { false }, progress: (GenerationProgress) -> Void
  ) throws -> Manifest {
    for folder in folders {
      if shouldStop() { throw CancellationError() }
      try requireWhole(folder)
    }
    let readers = try folders.map { try DatasetReader($0) }
    let plan = try PopulationPlan.drawing(
      readers[0].spec, seed: manifests[0].seed, noiseSeed: manifests[0].noiseSeed)
    let folder = DatasetFolder(paths: paths, identity: "merge")
    // What a killed merge left is of no use: it is not resumed.
    if try folder.isResumable() { try folder.remove(paths.partial, evidence: paths.journal) }
    _ = try folder.prepare(existing == .refuse ? .refuse : .overwrite)
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    return try folder.removingOnFailure(if: true) {
      try folder.writeSpec(readers[0].spec)
      let layout = DatasetLayout(plan, samples: samples)
      let redraws = try copy(readers, into: plan, layout, shouldStop, progress)
      let first = manifests[0]
      let manifest = try Manifest(
        plan, layout, first.contents, population: first.population, inputs: first.inputs,
        redraws: redraws, wholeSampleCount: wholeSampleCount, versions: first.versions,
        instructionSet: first.instructionSet,
        paths: paths)
      try manifest.write(to: paths.partial)
      try folder.publish()
      return manifest
    }
  }

  private func copy(
    _ readers: [DatasetReader], into plan: PopulationPlan, _ layout: DatasetLayout, _ shouldStop: () -> Bool,
    _ progress: (GenerationProgress) -> Void
  ) throws -> RedrawCounts {
    let writer = try DatasetWriter(
      plan: plan, layout: layout, contents: manifests[0].contents, tables: readers[0].tables,
      folder: DatasetFolder(paths: paths, identity: "merge"), resuming: nil)
    var done = 0
    for reader in readers {
      var batch: [StoredSample] = []
      while let sample = try reader.next() {
        if shouldStop() { throw CancellationError() }
        batch.append(sample)
        if batch.count == Self.batchSize {
          try writer.append(batch)
          batch.removeAll(keepingCapacity: true)
        }
        done += 1
        progress(GenerationProgress(samplesDone: done, sampleCount: sampleCount, samplesResumed: 0))
      }
      try writer.append(batch)
    }
    try writer.checkpoint()
    try writer.finish()
    return writer.journal.redraws
  }

  private static let batchSize = 32

  private func requireWhole(_ folder: String) throws {
    if let fault = try DatasetVerification(folder).faultsOfFiles().first {
      throw FileError(path: fault.path, reason: fault.problem)
    }
  }
}

import Dispatch
import FileFormats
import Foundation
import Instrument
import LensCore
import Populations
import Simulation
import Synchronization

/// What to do with what a run finds at its output.
public enum ExistingOutput: Sendable {
  /// Stop with an error.
  case refuse
  /// Continue an unfinished dataset of the same spec, seed, count and version.
  case resume
  /// Replace it once the new dataset is whole.
  case overwrite
}

/// How far a run has come.
public struct GenerationProgress: Sendable {
  public let samplesDone: Int
  public let sampleCount: Int
  /// Of them, done by an earlier run.
  public let samplesResumed: Int
}

/// A run that stopped because it was asked to; it can be resumed.
public struct GenerationStopped: Error, Sendable {
  public let samplesDone: Int
  public let sampleCount: Int
}

/// Writes datasets: renders samples on several threads and stores them in the order of their indices.
public struct DatasetGenerator: Sendable {
  public let plan: PopulationPlan
  public let countPerClass: Int
  public let threads: Int
  private let paths: DatasetPaths

  public var sampleCount: Int { countPerClass * plan.spec.classes.count }

  /// - Throws: `SpecError` for a count or number of threads below 1 or absurdly large.
  public init(_ plan: PopulationPlan, countPerClass: Int, threads: Int, output: String) throws {
    guard (1...100_000_000).contains(countPerClass) else {
      throw SpecError(keyPath: "count", value: "\(countPerClass)", requirement: "must be from 1 to 100000000")
    }
    guard (1...1024).contains(threads) else {
      throw SpecError(keyPath: "threads", value: "\(threads)", requirement: "must be from 1 to 1024")
    }
    guard !output.isEmpty else {
      throw SpecError(keyPath: "output", value: "nothing", requirement: "must name a folder")
    }
    (self.plan, self.countPerClass, self.threads) = (plan, countPerClass, threads)
    paths = DatasetPaths(output)
  }

  /// Makes the dataset. It appears under its name only when it is whole; until then it grows in a folder with
  /// `.partial` at its end.
  ///
  /// - Parameters:
  ///   - versions: Of libraries, for the manifest.
  ///   - shouldStop: Asked after every batch; if true, the run ends with all of its work saved.
  ///   - progress: Called on the caller's thread after every batch.
  /// - Returns: The manifest.
  /// - Throws: `FileError`, `SampleError`, `GenerationStopped`; what was finished before can be resumed.
  public func run(
    _ existing: ExistingOutput, versions: [String: String], instructionSet: String,
    shouldStop: () -> Bool = { false }, progress: (GenerationProgress) -> Void
  ) throws -> Manifest {
    let tables = try DatasetTables(plan)
    let identity = try identity()
    let folder = DatasetFolder(paths: paths, identity: identity)
    let journal = try folder.prepare(existing)
    if journal == nil { try writeSpec() }
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    let layout = DatasetLayout(plan, sampleCount: sampleCount)
    let writer = try openWriter(layout, tables, identity, resuming: journal)
    try render(into: writer, resumed: journal?.samplesDone ?? 0, shouldStop, progress)
    try writer.close()
    let manifest = try finish(layout, versions, instructionSet)
    try folder.publish()
    return manifest
  }

  /// Opens the files; a run that cannot even begin leaves nothing behind.
  private func openWriter(
    _ layout: DatasetLayout, _ tables: DatasetTables, _ identity: String, resuming journal: Journal?
  ) throws -> DatasetWriter {
    do {
      let writer = try DatasetWriter(
        paths, plan: plan, layout: layout, tables: tables, identity: identity, resuming: journal)
      if journal == nil { try writer.checkpoint() }
      return writer
    } catch {
      if journal == nil { try? FileManager.default.removeItem(atPath: paths.partial) }
      throw error
    }
  }

  // MARK: Rendering

  private static let checkpointInterval = Duration.seconds(2)

  private func render(
    into writer: DatasetWriter, resumed: Int, _ shouldStop: () -> Bool,
    _ progress: (GenerationProgress) -> Void
  ) throws {
    let batch = RenderingBatch(plan, threads: threads)
    var lastCheckpoint = ContinuousClock.now
    var start = resumed
    func begin(_ start: Int) -> PendingSamples? {
      start < sampleCount ? batch.begin(start..<min(start + batch.size, sampleCount)) : nil
    }
    var pending = begin(start)
    while let samples = try pending?.get() {
      let end = start + samples.count
      // The next samples are rendered while these are written.
      pending = begin(end)
      try writer.append(samples)
      start = end
      // Checkpoints cost a few disk flushes, so they go by time; they do not change what is written.
      if ContinuousClock.now - lastCheckpoint > Self.checkpointInterval {
        try writer.checkpoint()
        lastCheckpoint = .now
      }
      progress(GenerationProgress(samplesDone: end, sampleCount: sampleCount, samplesResumed: resumed))
      if end < sampleCount && shouldStop() {
        try writer.checkpoint()
        throw GenerationStopped(samplesDone: end, sampleCount: sampleCount)
      }
    }
    try writer.checkpoint()
  }

  // MARK: Files

  /// A digest of everything that decides the bytes.
  private func identity() throws -> String {
    let spec = writeYAML(SpecVisitor.write(plan.spec))
    let inputs = try inputs().map { "\($0.name) \($0.sha256)" }.joined(separator: "\n")
    let text = "\(spec)\nseed \(plan.seed)\ncount \(countPerClass)\nversion \(swiftLensingVersion)\n\(inputs)"
    return try sha256(Array(text.utf8))
  }

  /// The files that the spec names.
  private func inputs() throws -> [Manifest.File] {
    guard let kernel = plan.spec.instrument.pointSpreadFunction.parameters as? KernelFilePSFSpec else {
      return []
    }
    return [try Manifest.File(kernel.path, at: kernel.path)]
  }

  private func writeSpec() throws {
    try writeFileAtomically(
      Array(writeYAML(SpecVisitor.write(plan.spec)).utf8), to: "\(paths.partial)/\(DatasetPaths.specName)")
  }

  private func finish(
    _ layout: DatasetLayout, _ versions: [String: String], _ instructionSet: String
  ) throws -> Manifest {
    let names = try listFolder(paths.partial).filter {
      ![DatasetPaths.journalName, DatasetPaths.manifestName].contains($0)
    }
    let files = try digests(of: names)
    let manifest = Manifest(
      model: plan.spec.name, seed: plan.seed, countPerClass: countPerClass,
      imageShape: [1, plan.spec.instrument.height, plan.spec.instrument.width],
      parts: layout.parts.map {
        Manifest.Part(label: $0.part.label.rawValue, split: $0.part.split.rawValue, count: $0.count)
      },
      versions: versions, instructionSet: instructionSet, inputs: try inputs(), files: files)
    try manifest.write(to: paths.partial)
    return manifest
  }

  /// Names, sizes and digests of the files, several at a time: hashing takes as long as writing.
  private func digests(of names: [String]) throws -> [Manifest.File] {
    let results = Mutex<[Int: Result<Manifest.File, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: names.count) { [partial = paths.partial] i in
      let file = Result { try Manifest.File(names[i], at: "\(partial)/\(names[i])") }
      results.withLock { $0[i] = file }
    }
    return try results.withLock { results in try names.indices.compactMap { try results[$0]?.get() } }
  }
}

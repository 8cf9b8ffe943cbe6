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
    let journal = try prepareFolder(existing, identity)
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    let layout = DatasetLayout(plan, sampleCount: sampleCount)
    let writer = try openWriter(layout, tables, identity, resuming: journal)
    try render(into: writer, resumed: journal?.samplesDone ?? 0, shouldStop, progress)
    try writer.close()
    let manifest = try finish(layout, versions, instructionSet)
    try publish(existing)
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
    while start < sampleCount {
      let end = min(start + batch.size, sampleCount)
      try writer.append(try batch.render(start..<end))
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

  /// Makes the folder in which the dataset grows, or finds the one to continue.
  private func prepareFolder(_ existing: ExistingOutput, _ identity: String) throws -> Journal? {
    let hasWhole = try fileExists(paths.output) && !listFolder(paths.output).isEmpty
    let hasPartial = fileExists(paths.partial)
    switch existing {
    case .refuse where hasWhole:
      throw FileError(
        path: paths.output, reason: "exists already; choose another --output, or --overwrite it")
    case .refuse where hasPartial:
      throw FileError(
        path: paths.partial,
        reason: "an unfinished dataset is here; --resume continues it, --overwrite begins anew")
    case .resume where hasWhole:
      throw FileError(path: paths.output, reason: "is whole already, there is nothing to resume")
    case .resume where !hasPartial:
      throw FileError(path: paths.partial, reason: "there is no unfinished dataset to resume")
    case .resume:
      let journal = try resumableJournal(identity)
      // A run that was killed before its first checkpoint begins anew.
      if journal.samplesDone > 0 { return journal }
    case .overwrite where hasWhole: try requireOnlyDataset(paths.output)
    default: break
    }
    if fileExists(paths.retired) {
      try removeDataset(paths.retired, evidence: "\(paths.retired)/manifest.json")
    }
    if hasPartial {
      let lock = try FolderLock(paths.partial)
      defer { lock.release() }
      try removeDataset(paths.partial, evidence: paths.journal)
    }
    try createFolder(paths.partial)
    try Journal(identity: identity).write(to: paths.journal)
    try writeFileAtomically(
      Array(writeYAML(SpecVisitor.write(plan.spec)).utf8), to: "\(paths.partial)/\(DatasetPaths.specName)")
    return nil
  }

  /// Only a dataset may be replaced; anything else in its folder is somebody's work.
  private func requireOnlyDataset(_ folder: String) throws {
    let own = Set(
      try Manifest(ofDataset: folder).files.map(\.name) + [
        DatasetPaths.manifestName, "journal.json", "preview.png",
      ])
    let others = try listFolder(folder).filter { !own.contains($0) }
    guard others.isEmpty else {
      throw FileError(
        path: folder,
        reason:
          "holds files that are not the dataset's: \(others.joined(separator: ", ")); move them elsewhere")
    }
  }

  private func resumableJournal(_ identity: String) throws -> Journal {
    guard fileExists(paths.journal) else {
      throw FileError(path: paths.partial, reason: "was interrupted before it began; --overwrite begins anew")
    }
    let journal = try Journal(reading: paths.journal)
    guard journal.identity == identity else {
      throw FileError(
        path: paths.partial,
        reason: "was begun with another spec, seed, count or version; resume it with those, or --overwrite it"
      )
    }
    return journal
  }

  private func removeDataset(_ folder: String, evidence: String) throws {
    guard try fileExists(evidence) || listFolder(folder).isEmpty else {
      throw FileError(
        path: folder, reason: "is not of this program's making (no journal); remove it yourself")
    }
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      throw FileError(path: folder, reason: "cannot be removed: \(error.localizedDescription)")
    }
  }

  private func finish(
    _ layout: DatasetLayout, _ versions: [String: String], _ instructionSet: String
  ) throws -> Manifest {
    let names = try listFolder(paths.partial).filter {
      !["journal.json", DatasetPaths.manifestName].contains($0)
    }
    let files = try names.map { try Manifest.File($0, at: "\(paths.partial)/\($0)") }
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

  /// Gives the whole dataset its name; an old one steps aside first and is removed last.
  private func publish(_ existing: ExistingOutput) throws {
    let replaces = existing == .overwrite && fileExists("\(paths.output)/\(DatasetPaths.manifestName)")
    if replaces { try moveFile(paths.output, to: paths.retired) }
    try moveFile(paths.partial, to: paths.output)
    try removeFile("\(paths.output)/journal.json")
    if replaces { try removeDataset(paths.retired, evidence: "\(paths.retired)/manifest.json") }
  }
}

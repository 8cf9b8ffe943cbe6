import FileFormats
import LensCore
import Populations

/// What to do with what a run finds at its output.
public enum ExistingOutput: Sendable {
  /// Stop with an error.
  case refuse
  /// Continue an unfinished dataset of the same spec, seed, count and version; begin it if there is none, and leave one
  /// that is whole as it is. The same command then goes on wherever a run was killed.
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

  public init(samplesDone: Int, sampleCount: Int, samplesResumed: Int) {
    (self.samplesDone, self.sampleCount, self.samplesResumed) = (samplesDone, sampleCount, samplesResumed)
  }
}

/// A run that stopped because it was asked to; it can be resumed.
public struct GenerationStopped: Error, Sendable {
  public let samplesDone: Int
  public let sampleCount: Int
}

/// Writes datasets: renders samples on several threads and stores them in the order of their indices.
public struct DatasetGenerator: Sendable {
  public let plan: PopulationPlan
  /// Indices of the samples.
  public let samples: Range<Int>
  /// Samples of the dataset that they are a shard of.
  public let wholeSampleCount: Int
  public let contents: DatasetContents
  public let threads: Int
  /// Between moments from which a killed run can be resumed; it does not change what is written.
  public var checkpointInterval = Duration.seconds(2)
  private let paths: DatasetPaths

  /// A whole dataset.
  ///
  /// - Parameter countPerClass: Samples of a class of weight 1; others have as many times more.
  /// - Throws: `SpecError` for a count or number of threads below 1 or absurdly large.
  public init(
    _ plan: PopulationPlan, countPerClass: Int, contents: DatasetContents = DatasetContents(), threads: Int,
    output: String
  ) throws {
    guard (1...100_000_000).contains(countPerClass) else {
      throw SpecError(keyPath: "count", value: "\(countPerClass)", requirement: "must be from 1 to 100000000")
    }
    try self.init(
      plan, samples: 0..<(countPerClass * plan.turnLength), contents: contents, threads: threads,
      output: output)
  }

  /// Some of a dataset's samples: a shard, or what it is to grow by.
  ///
  /// - Parameter wholeSampleCount: Of the dataset that they are a shard of; nil for one that ends with them.
  /// - Throws: `SpecError` for a number of threads below 1 or absurdly large, and for no samples.
  public init(
    _ plan: PopulationPlan, samples: Range<Int>, of wholeSampleCount: Int? = nil,
    contents: DatasetContents = DatasetContents(), threads: Int, output: String
  ) throws {
    guard (1...1024).contains(threads) else {
      throw SpecError(keyPath: "threads", value: "\(threads)", requirement: "must be from 1 to 1024")
    }
    guard !contents.formats.isEmpty, Set(contents.formats).count == contents.formats.count else {
      throw SpecError(
        keyPath: "formats", value: contents.formats.map(\.rawValue).joined(separator: ","),
        requirement:
          "must be at least one of \(ImageFormat.allCases.map(\.rawValue).joined(separator: ", ")), none twice"
      )
    }
    guard !output.isEmpty else {
      throw SpecError(keyPath: "output", value: "nothing", requirement: "must name a folder")
    }
    guard samples.lowerBound >= 0, !samples.isEmpty else {
      throw SpecError(
        keyPath: "samples", value: "\(samples)", requirement: "must be at least one, from 0 on")
    }
    guard Set(contents.truthMaps).count == contents.truthMaps.count else {
      throw SpecError(
        keyPath: "truth", value: contents.truthMaps.map(\.rawValue).joined(separator: ","),
        requirement: "must name each map once")
    }
    (self.plan, self.samples, self.contents, self.threads) = (plan, samples, contents, threads)
    self.wholeSampleCount = max(wholeSampleCount ?? 0, samples.upperBound)
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
    let identity = try DatasetIdentity(plan, contents, samples: samples, of: wholeSampleCount)
    let folder = DatasetFolder(paths: paths, identity: identity.run, facts: facts(identity))
    if existing == .resume, let manifest = try folder.finished(identity, samples: samples) { return manifest }
    let journal = try folder.prepare(existing)
    if let journal, journal.samplesDone > samples.count {
      throw FileError(
        path: paths.journal,
        reason:
          "the journal is damaged: \(journal.samplesDone) of \(samples.count) samples are done; start again "
          + "with --overwrite")
    }
    if journal == nil { try folder.writeSpec(plan.spec) }
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    let layout = DatasetLayout(plan, samples: samples)
    let writer = try folder.removingOnFailure(if: journal == nil) {
      let writer = try DatasetWriter(
        plan: plan, layout: layout, contents: contents, tables: tables, folder: folder, resuming: journal)
      if journal == nil { try writer.checkpoint() }
      return writer
    }
    do {
      try render(into: writer, tables, resumed: journal?.samplesDone ?? 0, shouldStop, progress)
    } catch let error as SampleError {
      if writer.journal.samplesDone > 0 {
        try writer.checkpoint()
      } else {
        // The same command would fail again, and another one may not continue what this one began.
        try folder.remove(paths.partial, evidence: paths.journal)
      }
      throw error
    }
    try writer.finish()
    let manifest = try Manifest(
      plan, layout, contents, population: identity.population, inputs: identity.inputs,
      redraws: writer.journal.redraws,
      wholeSampleCount: wholeSampleCount, versions: versions, instructionSet: instructionSet, paths: paths)
    try manifest.write(to: paths.partial)
    try folder.publish()
    return manifest
  }

  private func facts(_ identity: DatasetIdentity) -> [NamedValue] {
    RunFacts.of(plan, contents, inputs: identity.inputs, samples: (samples, wholeSampleCount))
  }

  /// Whether an unfinished dataset is there that this run may continue.
  func isResumable() throws -> Bool {
    let identity = try DatasetIdentity(plan, contents, samples: samples, of: wholeSampleCount)
    return try DatasetFolder(paths: paths, identity: identity.run).isResumable()
  }

  // MARK: Rendering

  private func render(
    into writer: DatasetWriter, _ tables: DatasetTables, resumed: Int, _ shouldStop: () -> Bool,
    _ progress: (GenerationProgress) -> Void
  ) throws {
    let batch = RenderingBatch(
      plan, threads: threads,
      imagesPerSample: 3 * plan.spec.instrument.bandCount
        + contents.truthMaps.reduce(0) { $0 + $1.channels(plan.spec.instrument) })
    var lastCheckpoint = ContinuousClock.now
    var start = samples.lowerBound + resumed
    func begin(_ start: Int) -> PendingResults<StoredSample>? {
      guard start < samples.upperBound else { return nil }
      return batch.begin(
        start..<min(start + batch.size, samples.upperBound),
        { [contents] in try StoredSample($0, tables, contents) },
        finish: { $0 })
    }
    var pending = begin(start)
    while let stored = try pending?.get() {
      start += stored.count
      // The next samples are rendered while these are written.
      pending = begin(start)
      try writer.append(stored)
      // Checkpoints cost a few disk flushes, so they go by time.
      if ContinuousClock.now - lastCheckpoint > checkpointInterval {
        try writer.checkpoint()
        lastCheckpoint = .now
      }
      let done = start - samples.lowerBound
      progress(GenerationProgress(samplesDone: done, sampleCount: samples.count, samplesResumed: resumed))
      if start < samples.upperBound && shouldStop() {
        try writer.checkpoint()
        throw GenerationStopped(samplesDone: done, sampleCount: samples.count)
      }
    }
    try writer.checkpoint()
  }
}

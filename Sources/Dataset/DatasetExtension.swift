import FileFormats
import LensCore
import Populations

/// Adds samples to a dataset; those that it has stay as they are.
///
/// The new samples become a dataset of their own beside it, then both are merged. A run that was stopped or killed at any
/// instant is continued by running it again.
public struct DatasetExtension: Sendable {
  private let plan: PopulationPlan
  private let contents: DatasetContents
  private let manifest: Manifest
  /// What is missing; may be none.
  private let samples: Range<Int>
  private let threads: Int
  private let paths: DatasetPaths

  /// Where the new samples are until they are merged.
  private var addition: DatasetPaths { DatasetPaths(paths.output + ".extension") }

  /// - Throws: `FileError` if there is no dataset of this population, or it has as many samples already.
  public init(
    _ plan: PopulationPlan, countPerClass: Int, contents: DatasetContents, threads: Int, output: String
  ) throws {
    let whole = try DatasetGenerator(
      plan, countPerClass: countPerClass, contents: contents, threads: threads, output: output)
    (self.plan, self.contents, self.threads, paths) = (plan, contents, threads, DatasetPaths(output))
    // A kill in the middle of putting the larger dataset into place leaves none under the name.
    try DatasetFolder(paths: paths, identity: "").finishInterruptedReplacement()
    let manifest = try Manifest(ofDataset: paths.output)
    func refuse(_ reason: String) -> FileError { FileError(path: output, reason: reason) }
    let identity = try DatasetIdentity(plan, contents, samples: whole.samples, of: whole.samples.count)
    guard manifest.population == identity.population else {
      throw refuse(
        "was made otherwise: "
          + differences(
            RunFacts.of(manifest, in: paths.output, withSamples: false),
            RunFacts.of(plan, contents, inputs: identity.inputs)) + "; extend it as it was made")
    }
    guard manifest.firstSample == 0 else { throw refuse("is a shard; merge the shards first") }
    guard manifest.sampleCount <= whole.samples.count else {
      throw refuse(
        "has \(manifest.sampleCount) images already, --count \(countPerClass) asks for \(whole.samples.count)"
      )
    }
    self.manifest = manifest
    samples = manifest.sampleCount..<whole.samples.count
  }

  /// - Returns: The manifest, also when the dataset has all of the samples already.
  /// - Throws: As `DatasetGenerator.run` and `DatasetMerge.run`; the dataset stays as it was until the larger one is whole.
  public func run(
    versions: [String: String], instructionSet: String, shouldStop: () -> Bool = { false },
    progress: (GenerationProgress) -> Void
  ) throws -> Manifest {
    if samples.isEmpty {
      try removeAddition()
      return manifest
    }
    guard manifest.versions == versions else {
      throw FileError(
        path: paths.output,
        reason: "was made with other versions of libraries; see its manifest.json and lensing doctor")
    }
    if fileExists(additionManifest), try Manifest(ofDataset: addition.output).samples != samples {
      // Left from another count, or merged already.
      try removeAddition()
    }
    if !fileExists(additionManifest) {
      let generator = try DatasetGenerator(
        plan, samples: samples, contents: contents, threads: threads, output: addition.output)
      _ = try generator.run(
        try generator.isResumable() ? .resume : .overwrite, versions: versions,
        instructionSet: instructionSet,
        shouldStop: shouldStop, progress: progress)
    }
    let merge = try DatasetMerge([paths.output, addition.output], output: paths.output)
    let merged = try merge.run(.overwrite) { _ in }
    try removeAddition()
    return merged
  }

  private var additionManifest: String { "\(addition.output)/\(DatasetPaths.manifestName)" }

  private func removeAddition() throws {
    guard fileExists(addition.output) else { return }
    try DatasetFolder(paths: addition, identity: "").remove(addition.output, evidence: additionManifest)
  }
}

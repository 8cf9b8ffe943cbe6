import FileFormats
import Foundation
import LensCore
import Populations

/// The folders of one dataset: where it grows, where it ends up, and what may be replaced.
struct DatasetFolder {
  let paths: DatasetPaths
  /// See `Journal.identity`.
  let identity: String
  /// What it is the digest of; see `RunFacts`.
  var facts: [NamedValue] = []

  /// Makes the folder in which the dataset grows, or finds the one to continue.
  ///
  /// - Returns: Where the run to continue stood; nil to begin.
  /// - Throws: `FileError` if the output is taken, is no dataset, or cannot be continued.
  func prepare(_ existing: ExistingOutput) throws -> Journal? {
    try finishInterruptedReplacement()
    let hasWhole = try fileExists(paths.output) && !listFolder(paths.output).isEmpty
    let hasPartial = fileExists(paths.partial)
    switch existing {
    case .refuse: try requireNothing(hasWhole: hasWhole, hasPartial: hasPartial)
    case .resume where hasWhole && !hasPartial:
      throw FileError(path: paths.output, reason: "is not what the run would resume; choose another --output")
    case .resume, .overwrite:
      // An unfinished dataset beside a whole one is an overwriting that was interrupted.
      if hasWhole { try requireOnlyDataset(paths.output) }
    }
    if existing == .resume, hasPartial, let journal = try resumableJournal() {
      try removeTemporaryFiles()
      // A run that was killed before its first checkpoint begins anew.
      if journal.samplesDone > 0 { return journal }
    }
    if hasPartial { try removeUnfinished() }
    try createFolder(paths.partial)
    try Journal(identity: identity, facts: facts).write(to: paths.journal)
    return nil
  }

  /// Whether an unfinished dataset is here that the run may continue.
  func isResumable() throws -> Bool {
    try fileExists(paths.journal) && Journal(reading: paths.journal).identity == identity
  }

  /// The dataset, if a run made all of it already: what is to be resumed may be finished.
  ///
  /// - Throws: `FileError` if a whole dataset of something else is there.
  func finished(_ identity: DatasetIdentity, samples: Range<Int>) throws -> Manifest? {
    try finishInterruptedReplacement()
    guard fileExists("\(paths.output)/\(DatasetPaths.manifestName)"), !fileExists(paths.partial) else {
      return nil
    }
    let manifest = try Manifest(ofDataset: paths.output)
    guard manifest.population == identity.population, manifest.samples == samples else {
      throw FileError(
        path: paths.output,
        reason:
          "is a whole dataset of something else: "
          + differences(RunFacts.of(manifest, in: paths.output, withSamples: true), facts)
          + "; choose another --output")
    }
    // A kill in the middle of `publish` may have left it.
    if fileExists("\(paths.output)/\(DatasetPaths.journalName)") {
      try removeFile("\(paths.output)/\(DatasetPaths.journalName)")
    }
    return manifest
  }

  func writeSpec(_ spec: PopulationSpec) throws {
    try writeFileAtomically(
      Array(writeYAML(SpecVisitor.write(spec)).utf8), to: "\(paths.partial)/\(DatasetPaths.specName)")
  }

  /// A run that cannot even begin leaves nothing behind.
  func removingOnFailure<Result>(if isNew: Bool, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      if isNew { try? FileManager.default.removeItem(atPath: paths.partial) }
      throw error
    }
  }

  /// Gives the whole dataset its name; an old one steps aside first and is removed last.
  func publish() throws {
    if fileExists("\(paths.output)/\(DatasetPaths.manifestName)") {
      try moveFile(paths.output, to: paths.retired)
    }
    try moveFile(paths.partial, to: paths.output)
    try removeFile("\(paths.output)/\(DatasetPaths.journalName)")
    try removeRetired()
  }

  /// A crash between the two renames of `publish` leaves the old dataset under a name that is not its own.
  func finishInterruptedReplacement() throws {
    guard fileExists(paths.retired) else { return }
    if fileExists(paths.output) {
      try removeRetired()
    } else {
      try moveFile(paths.retired, to: paths.output)
    }
  }

  private func requireNothing(hasWhole: Bool, hasPartial: Bool) throws {
    if hasWhole {
      throw FileError(
        path: paths.output, reason: "exists already; choose another --output, or --overwrite it")
    }
    if hasPartial {
      throw FileError(
        path: paths.partial,
        reason: "an unfinished dataset is here; --resume continues it, --overwrite begins anew")
    }
  }

  /// Only a dataset may be replaced; anything else in its folder is somebody's work.
  private func requireOnlyDataset(_ folder: String) throws {
    let own = Set(
      try Manifest.fileNames(ofDataset: folder) + [
        DatasetPaths.manifestName, DatasetPaths.journalName, "preview.png", "report.html",
      ])
    let others = try listFolder(folder).filter { !own.contains($0) }
    guard others.isEmpty else {
      throw FileError(
        path: folder,
        reason:
          "holds files that are not the dataset's: \(others.joined(separator: ", ")); move them elsewhere")
    }
  }

  /// nil if the run was killed before it began.
  private func resumableJournal() throws -> Journal? {
    guard fileExists(paths.journal) else {
      if try listFolder(paths.partial).allSatisfy({ $0.hasPrefix(".tmp-") }) { return nil }
      throw FileError(path: paths.partial, reason: "is not of this program's making (no journal)")
    }
    let journal = try Journal(reading: paths.journal)
    guard journal.identity == identity else {
      throw FileError(
        path: paths.partial,
        reason: "was begun otherwise: "
          + differences((journal.facts ?? []) + RunFacts.keys(in: paths.partial), facts)
          + "; resume it as it was begun, or --overwrite it")
    }
    return journal
  }

  /// What a kill in the middle of writing a small file leaves must not become part of the dataset.
  private func removeTemporaryFiles() throws {
    // Another run may be writing one just now.
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    for name in try listFolder(paths.partial) where name.hasPrefix(".") {
      try removeFile("\(paths.partial)/\(name)")
    }
  }

  private func removeUnfinished() throws {
    let lock = try FolderLock(paths.partial)
    defer { lock.release() }
    try remove(paths.partial, evidence: paths.journal)
  }

  private func removeRetired() throws {
    guard fileExists(paths.retired) else { return }
    try remove(paths.retired, evidence: "\(paths.retired)/\(DatasetPaths.manifestName)")
  }

  /// - Parameter evidence: A file that only this program's folders have.
  func remove(_ folder: String, evidence: String) throws {
    guard try fileExists(evidence) || listFolder(folder).allSatisfy({ $0.hasPrefix(".tmp-") }) else {
      throw FileError(
        path: folder, reason: "is not of this program's making (no journal); remove it yourself")
    }
    do {
      // The evidence goes last: a kill in between must not leave a folder that nobody dares to remove.
      for name in try listFolder(folder) where "\(folder)/\(name)" != evidence {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      try FileManager.default.removeItem(atPath: folder)
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: folder, reason: "cannot be removed: \(error.localizedDescription)")
    }
  }
}

import FileFormats
import Foundation
import LensCore

/// The file or folder that a conversion makes: under another name until all of it is whole and on the disk.
package struct ConversionTarget: Sendable {
  let path: String
  let isFile: Bool

  package init(path: String, isFile: Bool) { (self.path, self.isFile) = (path, isFile) }

  /// Where a folder that is replaced waits to be removed.
  private var retired: String { "\(parent)/.replaced-\(name)" }
  private var name: String { URL(filePath: path).lastPathComponent }
  private var parent: String { folder(of: path) }

  // MARK: Before

  /// Repairs and removes what killed conversions left, and refuses a target that is something else.
  ///
  /// - Throws: `FileError` if there is something that may not be replaced.
  func prepare(isOverwriting: Bool) throws {
    try finishInterruptedReplacement()
    removeLeftovers()
    guard fileExists(path) else { return }
    guard isOverwriting else {
      throw FileError(path: path, reason: "exists already; choose another --output, or --overwrite it")
    }
    if isFile {
      if isFolder(path) {
        throw FileError(path: path, reason: "is a folder; a file of that name cannot be made")
      }
      return
    }
    let others = try filesOfOthers()
    guard others.isEmpty else {
      throw FileError(
        path: path,
        reason:
          "holds files that no conversion made: \(others.prefix(5).joined(separator: ", ")); move them elsewhere"
      )
    }
  }

  /// Only what a conversion made may be replaced; anything else is somebody's work.
  private func filesOfOthers() throws -> [String] {
    let stated = "\(path)/\(CollectionDescription.fileName)"
    guard isFolder(path), fileExists(stated) else {
      throw FileError(path: path, reason: "is not what a conversion makes; remove it yourself")
    }
    let groups = try CollectionDescription(json: try readFile(stated), path: stated).groups
    let endings = [".npy", ".csv", ".fits"]
    let own = Set(
      [CollectionDescription.fileName, "samples.csv"] + groups.map(\.split)
        + groups.flatMap { group in endings.map { group.name + $0 } })
    return try listFolder(path).filter { name in
      let isShard = name.hasSuffix(".tar") && groups.contains { name.hasPrefix("\($0.split)-") }
      return !own.contains(name) && !isShard
    }
  }

  // MARK: Partial files

  /// Where a process writes. The machine's name is in it, because folders are shared between machines.
  func partial(process: Int32) -> String {
    "\(parent)/\(Self.prefix)\(process)-\(name)"
  }

  /// What a process had begun.
  package func removePartial(process: Int32) {
    let partial = partial(process: process)
    for path in [partial, NpzWriter.scratch(of: partial)] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// An error in this process's partial file, told of the target: the name of the other means nothing to its reader.
  func naming(_ error: any Error) -> any Error {
    guard let error = error as? FileError, error.path.hasPrefix(partial(process: getpid())) else {
      return error
    }
    let rest = error.path.dropFirst(partial(process: getpid()).count)
    return FileError(path: path + rest, reason: error.reason)
  }

  /// What was begun for this target by processes that are no more.
  private func removeLeftovers() {
    for entry in (try? listFolder(parent)) ?? [] where entry.hasPrefix(Self.prefix) {
      let digits = entry.dropFirst(Self.prefix.count).prefix { $0.isNumber }
      guard let process = Int32(digits), process > 0 else { continue }
      let isOfThisTarget = entry.dropFirst(Self.prefix.count + digits.count + 1).hasPrefix(name)
      let isGone = process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
      if isOfThisTarget && isGone { removePartial(process: process) }
    }
  }

  private static var prefix: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return ".tmp-\(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))-"
  }

  // MARK: After

  /// Gives what is whole its name.
  func publish(_ partial: String) throws {
    if isFile {
      try synchronizeFile(partial)
    } else {
      // One call for what may be 10^6 files; a call for each would take longer than writing them.
      sync()
    }
    guard isFolder(path) else { return try moveFile(partial, to: path) }
    try moveFile(path, to: retired)
    try moveFile(partial, to: path)
    try? FileManager.default.removeItem(atPath: retired)
  }

  /// A kill between the two moves of `publish` leaves the old folder under a name that is not its own.
  private func finishInterruptedReplacement() throws {
    guard fileExists("\(retired)/\(CollectionDescription.fileName)") else { return }
    if fileExists(path) {
      try? FileManager.default.removeItem(atPath: retired)
    } else {
      try moveFile(retired, to: path)
    }
  }
}

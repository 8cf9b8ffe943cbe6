import Glibc
import LensCore

/// The right of one process to write in a folder; it ends with the process at the latest.
package final class FolderLock {
  private let folder: OpenFile

  /// - Throws: `FileError` if another process has the right, or if there is no such folder.
  package init(_ path: String) throws {
    folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
    guard try folder.lock() else {
      throw FileError(
        path: path, reason: "another run is writing this dataset; wait for it, or stop it first")
    }
  }

  /// Gives the right back.
  package func release() { try? folder.close() }
}

import Glibc
import LensCore

/// Creates a folder and the folders above it; one that is there already is kept.
///
/// - Throws: `FileError` with the system's reason, for instance when a part of the path is a file.
package func createFolder(_ path: String) throws {
  if isFolder(path) { return }
  let above = folder(of: path)
  if above != path && !isFolder(above) { try createFolder(above) }
  // Another process may have been faster.
  let code = mkdir(path, 0o777) == 0 ? 0 : errno
  if code != 0 && !isFolder(path) {
    // "File exists" would be no answer: it is one, but not a folder.
    throw systemError(path, "create the folder", code == EEXIST ? ENOTDIR : code)
  }
}

/// The names in a folder, sorted, without `.` and `..` and without what macOS leaves beside files.
///
/// - Throws: `FileError` with the system's reason.
package func listFolder(_ path: String) throws -> [String] {
  guard let stream = opendir(path) else { throw systemError(path, "list the folder") }
  defer { closedir(stream) }
  var names: [String] = []
  // At the end and on failure alike readdir returns nil; only errno tells them apart.
  errno = 0
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." && !isLeftByMacOS(name) { names.append(name) }
    errno = 0
  }
  if errno != 0 { throw systemError(path, "list the folder") }
  return names.sorted()
}

/// Whether macOS makes a file of this name beside those of its user, in folders and archives: `._NAME` holds what other
/// file systems have no room for, and is no file of NAME's kind.
package func isLeftByMacOS(_ path: String) -> Bool {
  let names = path.split(separator: "/")
  return names.last.map { $0.hasPrefix("._") || $0 == ".DS_Store" } == true || names.contains("__MACOSX")
}

/// The part of a path before its last name; `.` when there is none.
package func folder(of path: String) -> String {
  var parts = path[...]
  while parts.count > 1 && parts.hasSuffix("/") { parts.removeLast() }
  guard let slash = parts.lastIndex(of: "/") else { return "." }
  return slash == parts.startIndex ? "/" : String(parts[..<slash])
}

/// A path that means the same whatever the working folder is.
///
/// - Parameter folder: Where a relative path starts, itself relative to the working folder or not.
package func absolutePath(_ path: String, in folder: String = ".") -> String {
  if path.hasPrefix("/") { return path }
  var start = folder
  if !folder.hasPrefix("/") {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    // Without a working folder the path stays relative, and opening it says so.
    guard getcwd(&buffer, buffer.count) != nil else { return path }
    start = string(buffer) + (folder == "." ? "" : "/\(folder)")
  }
  return (start == "/" ? "" : start) + "/" + path
}

/// Forces a folder's list of names to the disk: without it a crash may undo a rename.
package func synchronizeFolder(of path: String) throws {
  try OpenFile(folder(of: path), O_RDONLY | O_DIRECTORY).synchronize()
}

/// Whether there is a folder of this name.
package func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

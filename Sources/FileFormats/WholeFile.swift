import Glibc
import LensCore

/// Writes a file so that a reader, or a crash, sees the old content or the new one and nothing between.
///
/// The bytes go to a temporary name in the same folder, which then takes the file's place. Devices and pipes,
/// which cannot be replaced, are written directly.
/// - Throws: `FileError` with the system's reason; the temporary file is removed.
package func writeFileAtomically(_ bytes: [UInt8], to path: String) throws {
  if fileExists(path), try !isPlainFile(path) {
    let device = try OpenFile(path, O_WRONLY)
    try device.write(bytes, at: 0)
    return try device.close()
  }
  let temporary = temporaryPath(besides: path)
  do {
    let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
    try file.write(bytes, at: 0)
    try file.synchronize()
    try file.close()
    try moveFile(temporary, to: path)
  } catch let error as FileError {
    unlink(temporary)
    // The temporary name means nothing to the reader of the message.
    throw FileError(path: path, reason: error.reason)
  }
}

/// Lets something else write a file, which then takes the place of another as in `writeFileAtomically`.
///
/// - Parameter write: Given the temporary name. What it throws is passed on, and the temporary file removed.
package func replaceFile<Result>(_ path: String, _ write: (String) throws -> Result) throws -> Result {
  let temporary = temporaryPath(besides: path)
  do {
    let result = try write(temporary)
    try synchronizeFile(temporary)
    try moveFile(temporary, to: path)
    return result
  } catch {
    unlink(temporary)
    throw error
  }
}

/// Forces a file's content to the disk.
///
/// - Throws: `FileError` with the system's reason.
package func synchronizeFile(_ path: String) throws {
  let file = try OpenFile(path, O_RDONLY)
  try file.synchronize()
  try file.close()
}

/// Writes a file where a kill may leave half of it: for files in a folder that gets its name when all are whole.
package func writeFile(_ bytes: [UInt8], to path: String) throws {
  let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
  try file.write(bytes, at: 0)
  try file.close()
}

/// Reads a whole file.
///
/// - Throws: `FileError` with the system's reason.
package func readFile(_ path: String) throws -> [UInt8] {
  let file = try OpenFile(path, O_RDONLY)
  var bytes: [UInt8] = []
  if try file.isRegular() { bytes.reserveCapacity(try file.size()) }
  try forEachBlock(of: file) { bytes.append(contentsOf: $0) }
  return bytes
}

/// Reads a whole file as UTF-8 text; a byte-order mark is left out.
///
/// - Throws: `FileError` with the system's reason, or when the bytes are not UTF-8.
package func readText(_ path: String) throws -> String {
  let bytes = try readFile(path)
  guard let text = String(validating: withoutByteOrderMark(bytes), as: UTF8.self) else {
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    throw FileError(
      path: path, reason: isUTF16 ? "the text is UTF-16; save it as UTF-8" : "the file is not text (UTF-8)")
  }
  return text
}

/// What some editors write before UTF-8, which needs no such mark, is no part of a text.
package func withoutByteOrderMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
  bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
}

/// Gives a file another name, replacing what has that name, and makes the change outlive a crash.
///
/// - Throws: `FileError` with the system's reason.
package func moveFile(_ source: String, to target: String) throws {
  if rename(source, target) != 0 { throw systemError(target, "move \(source) here") }
  try synchronizeFolder(of: target)
}

/// Removes a file.
///
/// - Throws: `FileError` with the system's reason, also when there is no such file.
package func removeFile(_ path: String) throws {
  if unlink(path) != 0 { throw systemError(path, "remove the file") }
}

/// The size of a file in bytes.
///
/// - Throws: `FileError` with the system's reason.
package func fileSize(_ path: String) throws -> Int {
  var status = stat()
  if stat(path, &status) != 0 { throw systemError(path, "examine the file") }
  return Int(status.st_size)
}

/// Whether there is a file or a folder of that name.
package func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Calls the body with a file's content, in blocks of 1 MiB.
package func forEachBlock(ofFile path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
  try forEachBlock(of: OpenFile(path, O_RDONLY), body)
}

/// Calls the body with the rest of a file, in blocks of 1 MiB.
func forEachBlock(of file: OpenFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
  let blockSize = 1 << 20
  let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
  defer { block.deallocate() }
  while true {
    let count = try file.read(into: block)
    if count == 0 { return }
    try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
  }
}

/// Whether a file is no folder, device or pipe: those can be neither read twice nor replaced. A rename over /dev/null by root
/// would take its place.
package func isPlainFile(_ path: String) throws -> Bool {
  var status = stat()
  if stat(path, &status) != 0 { throw systemError(path, "examine the file") }
  return status.st_mode & S_IFMT == S_IFREG
}

/// A hidden name in the same folder: renaming is atomic within one file system only.
private func temporaryPath(besides path: String) -> String {
  "\(folder(of: path))/.tmp-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
}

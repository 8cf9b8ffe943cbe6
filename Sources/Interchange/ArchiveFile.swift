import CArchive
import FileFormats
import Glibc
import LensCore

/// A tar or zip file that is written entry by entry, by libarchive.
///
/// Entries have no time and no owner, so that equal content gives equal bytes.
final class ArchiveWriter {
  enum Format { case tar, zip }

  private let path: String
  private var archive: OpaquePointer?

  init(_ path: String, _ format: Format) throws {
    self.path = path
    archive = archive_write_new()
    try check(
      format == .tar
        ? archive_write_set_format_pax_restricted(archive) : archive_write_set_format_zip(archive))
    // Numbers hardly shrink, and everybody's reader takes stored entries.
    if format == .zip { try check(archive_write_zip_set_compression_store(archive)) }
    try check(archive_write_open_filename(archive, path))
  }

  deinit { archive_write_free(archive) }

  func begin(_ name: String, size: Int) throws {
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, Int64(size))
    archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
    archive_entry_set_perm(entry, 0o644)
    // Zip has no time before 1980.
    archive_entry_set_mtime(entry, 315_619_200, 0)
    try check(archive_write_header(archive, entry))
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    if archive_write_data(archive, bytes.baseAddress, bytes.count) != bytes.count { throw failure() }
  }

  func add(_ name: String, _ bytes: [UInt8]) throws {
    try begin(name, size: bytes.count)
    try bytes.withUnsafeBytes { try append($0) }
  }

  func close() throws { try check(archive_write_close(archive)) }

  private func check(_ status: Int32) throws { if status < ARCHIVE_OK { throw failure() } }

  private func failure() -> FileError {
    FileError(path: path, reason: "cannot be written: \(words(of: archive))")
  }
}

/// A tar or zip file that is read entry by entry; names are only names, nothing is ever unpacked to the disk.
package final class ArchiveReader {
  private let path: String
  private let archive: OpaquePointer?

  /// - Throws: `FileError` if it is neither.
  package init(_ path: String) throws {
    self.path = path
    archive = archive_read_new()
    archive_read_support_format_tar(archive)
    archive_read_support_format_zip(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw failure() }
  }

  deinit { archive_read_free(archive) }

  /// The next entry that is a plain file and not what macOS adds; nil at the end.
  package func next() throws -> String? {
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return nil }
      guard status == ARCHIVE_OK else { throw failure() }
      if archive_entry_filetype(entry) != UInt32(Glibc.S_IFREG) { continue }
      guard let name = archive_entry_pathname(entry).map({ String(cString: $0) }), isRelative(name) else {
        throw FileError(path: path, reason: "an entry's name leads out of the archive")
      }
      if isLeftByMacOS(name) { continue }
      return name
    }
  }

  /// Up to `count` bytes of the entry; fewer at its end.
  package func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    // Piece by piece: what is asked for may be a lie, and more than there is memory.
    var block = [UInt8](repeating: 0, count: min(count, 1 << 20))
    while bytes.count < count {
      let wanted = min(block.count, count - bytes.count)
      let size = block.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, wanted) }
      if size < 0 { throw failure() }
      if size == 0 { break }
      bytes += block.prefix(size)
    }
    return bytes
  }

  /// The whole entry.
  ///
  /// - Throws: `FileError` if it is larger than `limit`.
  package func readAll(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let block = try read(min(1 << 16, limit + 1 - bytes.count))
      bytes += block
      if bytes.count > limit { throw FileError(path: path, reason: "an entry has more than \(limit) bytes") }
      if block.isEmpty { return bytes }
    }
  }

  private func isRelative(_ name: String) -> Bool {
    !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
  }

  private func failure() -> FileError {
    FileError(path: path, reason: "is no tar or zip file, or is damaged: \(words(of: archive))")
  }
}

private func words(of archive: OpaquePointer?) -> String {
  archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
}

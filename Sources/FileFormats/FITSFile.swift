import CCFITSIO
import Glibc
import LensCore
import Synchronization

/// An open FITS file that is closed with its owner; each call's status is checked.
///
/// Files are made in memory and read from disk. So the disk's refusals come with the system's own words, and
/// CFITSIO, which takes brackets and `!` in a name for instructions, sees only names that it is told to open
/// as they are.
final class FITSFile {
  /// Headers and data come in blocks of this many bytes.
  static let blockSize = 2880
  /// Bytes of one header card.
  static let cardSize = 80

  private let path: String
  private var pointer: UnsafeMutablePointer<fitsfile>?
  /// CFITSIO writes into it until the file is closed, so the file keeps it.
  private let buffer: FITSBuffer?

  /// Opens a file for reading, at its first header.
  ///
  /// - Throws: `FileError` with the system's or CFITSIO's reason.
  init(reading path: String) throws {
    self.path = path
    buffer = nil
    // CFITSIO drops the system's reason, so the system is asked first.
    guard try OpenFile(path, O_RDONLY).isRegular() else {
      throw FileError(path: path, reason: "this is a directory or a device; give a FITS file")
    }
    // It also drops leading spaces and expands `~`.
    let name = path.hasPrefix("/") ? path : "./\(path)"
    try callFITS(path, "open the file") { ffdkopn(&pointer, name, READONLY, &$0) }
  }

  /// Opens a file to change its headers.
  init(changing path: String) throws {
    self.path = path
    buffer = nil
    let name = path.hasPrefix("/") ? path : "./\(path)"
    try callFITS(path, "open the file") { ffdkopn(&pointer, name, READWRITE, &$0) }
  }

  private init(path: String, _ buffer: FITSBuffer) throws {
    self.path = path
    self.buffer = buffer
    try callFITS(path, "begin the file in memory") {
      ffimem(&pointer, buffer.address, buffer.size, 1 << 20, realloc, &$0)
    }
  }

  deinit {
    if let pointer { try? callFITS(path, "close the file") { ffclos(pointer, &$0) } }
  }

  /// Makes a file in memory.
  ///
  /// - Parameter path: Where the file will be, for messages.
  /// - Throws: `FileError` with CFITSIO's reason.
  static func bytes(for path: String, _ build: (FITSFile) throws -> Void) throws -> [UInt8] {
    let buffer = FITSBuffer()
    let file = try FITSFile(path: path, buffer)
    try build(file)
    try file.call("finish the header") { ffflus($0, &$1) }
    let end = try file.extent().end
    guard let bytes = buffer.bytes(end) else {
      throw FileError(path: path, reason: "CFITSIO made fewer than the \(end) bytes that it announced")
    }
    return bytes
  }

  /// Calls CFITSIO.
  ///
  /// - Parameter attempt: What is tried, as the end of the sentence "cannot ...".
  func call(_ attempt: String, _ body: (UnsafeMutablePointer<fitsfile>, inout Int32) -> Void) throws {
    guard let pointer else { throw FileError(path: path, reason: "cannot \(attempt): the file is closed") }
    try callFITS(path, attempt) { body(pointer, &$0) }
  }

  /// Where the current header begins, and where its data begin and end, in bytes.
  func extent() throws -> (header: Int, data: Int, end: Int) {
    var (header, data, end): (LONGLONG, LONGLONG, LONGLONG) = (0, 0, 0)
    try call("find the data") { ffghadll($0, &header, &data, &end, &$1) }
    return (Int(header), Int(data), Int(end))
  }

  /// The lengths of the current image's axes, fastest first; empty for a header without data.
  func axes() throws -> [Int] {
    var count: Int32 = 0
    try call("read the number of axes") { ffgidm($0, &count, &$1) }
    var lengths = [LONGLONG](repeating: 0, count: Int(count))
    try call("read the lengths of the axes") { ffgiszll($0, count, &lengths, &$1) }
    return lengths.map(Int.init)
  }

  /// The smallest number of whole blocks that holds so many bytes, in bytes.
  static func padded(_ size: Int) -> Int { (size + blockSize - 1) / blockSize * blockSize }
}

/// The memory of a FITS file that is being made. CFITSIO keeps the places of both variables.
private final class FITSBuffer {
  let address = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
  let size = UnsafeMutablePointer<Int>.allocate(capacity: 1)

  init() {
    address.initialize(to: malloc(FITSFile.blockSize))
    size.initialize(to: FITSFile.blockSize)
  }

  deinit {
    free(address.pointee)
    address.deallocate()
    size.deallocate()
  }

  func bytes(_ count: Int) -> [UInt8]? {
    guard let start = address.pointee, count <= size.pointee else { return nil }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}

/// CFITSIO keeps one list of messages for all threads, and some builds of it are not safe for threads at all.
private let fitsLock = Mutex(())

/// Calls CFITSIO with a status that must stay zero.
private func callFITS(_ path: String, _ attempt: String, _ body: (inout Int32) -> Void) throws {
  try fitsLock.withLock { _ in
    ffcmsg()
    var status: Int32 = 0
    body(&status)
    if status > 0 { throw fitsError(path, attempt, status) }
  }
}

/// A failed CFITSIO call as a file error, with all that CFITSIO has to say about it.
private func fitsError(_ path: String, _ attempt: String, _ status: Int32) -> FileError {
  var text = [CChar](repeating: 0, count: Int(FLEN_ERRMSG))
  ffgerr(status, &text)
  var words = [string(text)]
  while ffgmsg(&text) != 0 { words.append(string(text)) }
  return FileError(
    path: path,
    reason: "cannot \(attempt): \(words.joined(separator: "; ")) (CFITSIO status \(status)); "
      + "check the file with fitsverify, or write it again")
}

/// The text before the first NUL.
func string(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The version of the CFITSIO library that is linked.
package var cfitsioVersion: String {
  var version: Float = 0
  ffvers(&version)
  return String(describing: version)
}

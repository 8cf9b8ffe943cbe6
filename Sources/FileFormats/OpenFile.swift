import Glibc
import LensCore

/// A file descriptor that is closed with its owner.
///
/// All writes name their position, so that a resumed run and a first run take the same path.
final class OpenFile {
  let path: String
  private var descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameter flags: As for `open(2)`; `O_CLOEXEC` is added.
  /// - Throws: `FileError` with the system's reason.
  init(_ path: String, _ flags: Int32) throws {
    self.path = path
    // An embedded NUL would end the name early and open another file.
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(path: path, reason: "the path is empty or holds a NUL; give the path of a file")
    }
    descriptor = retryingOnInterrupt { open(path, flags | O_CLOEXEC, 0o666) }
    if descriptor < 0 { throw systemError(path, flags & O_CREAT == 0 ? "open the file" : "create the file") }
  }

  deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

  func status() throws -> stat {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw systemError(path, "examine the file") }
    return status
  }

  func size() throws -> Int { Int(try status().st_size) }

  /// Whether the file is a plain file, not a folder, device or pipe.
  func isRegular() throws -> Bool { try status().st_mode & S_IFMT == S_IFREG }

  /// Writes all bytes at a position. Pipes and terminals, which have none, take them in order.
  func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      var count = retryingOnInterrupt { pwrite(descriptor, rest.baseAddress, rest.count, position + done) }
      if count < 0 && errno == ESPIPE {
        count = retryingOnInterrupt { Glibc.write(descriptor, rest.baseAddress, rest.count) }
      }
      if count < 0 { throw systemError(path, "write \(rest.count) bytes") }
      done += count
    }
  }

  func write(_ bytes: [UInt8], at position: Int) throws {
    try bytes.withUnsafeBytes { try write($0, at: position) }
  }

  /// Reads the next bytes into the buffer.
  ///
  /// - Returns: How many bytes were read; 0 at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = retryingOnInterrupt { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    if count < 0 { throw systemError(path, "read the file") }
    return count
  }

  /// Reads up to `count` bytes at a position; fewer at the end of the file.
  func read(count: Int, at position: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let size = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        return retryingOnInterrupt { pread(descriptor, rest.baseAddress, rest.count, position + done) }
      }
      if size < 0 { throw systemError(path, "read the file") }
      if size == 0 { break }
      done += size
    }
    return Array(bytes.prefix(done))
  }

  /// Sets the length, adding zeros or dropping the end.
  func setSize(_ size: Int) throws {
    if retryingOnInterrupt({ ftruncate(descriptor, size) }) != 0 {
      throw systemError(path, "set the length to \(size) bytes")
    }
  }

  /// Reserves disk blocks for the whole file, so that a full disk is met now and not after hours of work.
  func allocate(_ size: Int) throws {
    guard size > 0 else { return }
    var code = EINTR
    // posix_fallocate returns its error instead of setting errno.
    while code == EINTR { code = posix_fallocate(descriptor, 0, size) }
    switch code {
    case 0: return
    // Some network and FUSE file systems cannot reserve blocks.
    case EOPNOTSUPP, EINVAL, ENOSYS, ENODEV: try setSize(size)
    default:
      // A failed reservation may have taken all the space that there was.
      _ = ftruncate(descriptor, 0)
      throw systemError(path, "reserve \(size) bytes", code)
    }
  }

  /// Forces everything written to the disk.
  func synchronize() throws {
    // EINVAL: pipes and devices have nothing to force.
    if retryingOnInterrupt({ fsync(descriptor) }) != 0 && errno != EINVAL {
      throw systemError(path, "bring the file to the disk")
    }
  }

  /// Takes the lock of the file for this process.
  ///
  /// - Returns: False if another process has it.
  func lock() throws -> Bool {
    if retryingOnInterrupt({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw systemError(path, "lock the file")
  }

  /// Closes the file; closing twice is harmless, writing afterwards throws.
  func close() throws {
    guard descriptor >= 0 else { return }
    let closing = descriptor
    descriptor = -1
    // Linux closes the descriptor even when interrupted, so a retry could hit another thread's file.
    if Glibc.close(closing) != 0 && errno != EINTR { throw systemError(path, "close the file") }
  }
}

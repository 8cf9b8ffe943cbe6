import Foundation
import LensCore

/// To be called first by a program.
///
/// A pipe whose reader has seen enough must not kill: writing says so. And a stream that was closed gets a place-holder,
/// lest the next file that is opened takes its number and is written into.
package func prepareStandardStreams() {
  signal(SIGPIPE, SIG_IGN)
  for (number, flags) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] {
    if fcntl(number, F_GETFD) == -1 { _ = open("/dev/null", flags) }
  }
}

/// Writes a text and a line's end to standard output.
///
/// A reader that closed the pipe (`| head -1`) has what it wanted: that is no error.
/// - Throws: `FileError` if the text cannot be written.
package func printLine(_ text: String) throws { try printText(text + "\n") }

/// Writes a text to standard output; see `printLine`.
package func printText(_ text: String) throws {
  let problem = write(text, to: STDOUT_FILENO)
  if problem == 0 || problem == EPIPE { return }
  throw FileError(
    path: "standard output", reason: "cannot write: \(String(cString: strerror(problem)))")
}

/// Writes to standard error. If that fails, there is nobody to be told.
package func printError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

/// - Returns: 0, or the system's number of what went wrong.
private func write(_ text: String, to descriptor: Int32) -> Int32 {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      bytes = bytes.dropFirst(count)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}

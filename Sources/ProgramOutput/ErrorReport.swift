import ArgumentParser
import CMalloc
import Foundation
import LensCore

/// Of a help text: what the programs end with.
package let exitCodes =
  """
  Exit codes: 0 success, 1 unsuitable processor or something else, 2 bad input, 3 a file or standard output could not be \
  read or written, 4 a computation failed, 64 wrong usage, 130 stopped by Ctrl-C.
  """

extension ParsableCommand {
  /// Runs a program's root command with the arguments that it was called with.
  package static func runAsProgram() {
    prepareStandardStreams()
    keepFreedMemory()
    // A limit on file sizes then fails the write with a message, as a full disk does, instead of killing.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if exitCode(for: error) != .success { exit(withError: error) }
      // Help and version are printed, not merely sent on their way.
      do { try printLine(fullMessage(for: error)) } catch {
        complain("\(error)")
        Foundation.exit(status(of: .file))
      }
    }
  }
}

/// Tells the C library to keep what is freed, as it does of its own accord once a program has freed a block of this size: without,
/// the memory of every batch of images goes back to the system and is asked for again, page by page.
private func keepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20)
  mallopt(M_TRIM_THRESHOLD, 64 << 20)
}

/// Prints one line to standard error, behind the program's name.
package func complain(_ message: String) { printError("\(programName): \(message)\n") }

/// Something that a user wants to know before the work begins.
package func complainAbout(_ note: SpecNote) { complain("note: \(note)") }

private let programName =
  CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "lensing"

/// Runs a command's body; turns its errors into a message and an exit code.
///
/// - Parameter asJSON: The message goes to standard output, as an object.
package func reportingErrors(asJSON: Bool = false, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch is CancellationError {
    complain("stopped; nothing was written")
    throw ExitCode(130)
  } catch {
    let kind = (error as? any ClassifiedError)?.kind ?? .other
    let message = ["error": String(describing: error), "kind": kind.rawValue]
    // That it cannot be printed is told below; the code is that of the first error.
    let isTold = asJSON && (try? printJSON(message)) != nil
    if !isTold { tell(error) }
    throw ExitCode(status(of: kind))
  }
}

private func tell(_ error: any Error) {
  for line in String(describing: error).split(separator: "\n") { complain(String(line)) }
  if let advice = advice(on: error) { complain(advice) }
}

/// The library speaks of keys; how to change them is the programs' business.
private func advice(on error: any Error) -> String? {
  let removable = (error as? SpecErrors)?.errors.filter { $0.requirement.hasSuffix("remove the key") } ?? []
  if removable.isEmpty { return nil }
  return "a key is removed by: " + removable.map { "--set \($0.keyPath)=null" }.joined(separator: " ")
}

private func status(of kind: ErrorKind) -> Int32 {
  switch kind {
  case .spec: 2
  case .file: 3
  case .numerical: 4
  case .other: 1
  }
}

/// Prints an object as JSON with sorted keys to standard output.
package func printJSON(_ object: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  try printLine(String(decoding: try encoder.encode(object), as: UTF8.self))
}

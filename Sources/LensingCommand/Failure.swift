import ArgumentParser
import Foundation
import LensNumerics
import SwiftLensing

/// Prints one line to standard error.
func complain(_ message: String) {
  FileHandle.standardError.write(Data("lensing: \(message)\n".utf8))
}

/// Runs a command's body; turns its errors into a message and an exit code.
///
/// - Parameter continuing: What continues a run that was stopped.
func reportingErrors(
  asJSON: Bool = false, continuing: String = "the same command",
  _ body: () throws -> Void
) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch let stop as GenerationStopped {
    complain(
      "stopped with \(stop.samplesDone) of \(stop.sampleCount) images saved; \(continuing) continues"
    )
    throw ExitCode(130)
  } catch is CancellationError {
    complain("stopped; nothing was written")
    throw ExitCode(130)
  } catch {
    let (code, kind) = classification(of: error)
    if asJSON {
      printJSON(["error": String(describing: error), "kind": kind])
    } else {
      String(describing: error).split(separator: "\n").forEach { complain(String($0)) }
    }
    throw ExitCode(code)
  }
}

private func classification(of error: any Error) -> (Int32, String) {
  switch error {
  case is SpecError, is SpecErrors: (2, "spec")
  case is FileError: (3, "file")
  case is NumericalError, is SampleError: (4, "numerical")
  default: (1, "other")
  }
}

/// Prints an object as JSON with sorted keys to standard output.
func printJSON(_ object: some Encodable) {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  if let data = try? encoder.encode(object) { print(String(decoding: data, as: UTF8.self)) }
}

/// Versions of everything whose arithmetic or format is in the output.
func libraryVersions() -> [String: String] {
  [
    "swift_lensing": swiftLensingVersion, "fftw": fftwVersion, "gsl": gslVersionText,
    "cfitsio": cfitsioVersion, "libpng": libpngVersion,
  ]
}

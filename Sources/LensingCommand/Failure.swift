import ArgumentParser
import Foundation
import LensNumerics
import ProgramOutput
import SwiftLensing

/// Prints one line to standard error.
func complain(_ message: String) { printError("lensing: \(message)\n") }

/// The rule of all commands: files are never replaced unasked.
///
/// Only a dataset's own `preview.png` and `report.html` are, which follow from it.
func refuseExisting(_ paths: [String], overwrite: Bool) throws {
  if let path = paths.first(where: { fileExists($0) }), !overwrite {
    throw FileError(path: path, reason: "exists already; choose another --output, or --overwrite it")
  }
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
    // That it cannot be printed is told below; the code is that of the first error.
    let isTold = asJSON && (try? printJSON(["error": String(describing: error), "kind": kind])) != nil
    if !isTold { String(describing: error).split(separator: "\n").forEach { complain(String($0)) } }
    if !isTold, let advice = advice(on: error) { complain(advice) }
    throw ExitCode(code)
  }
}

/// The library speaks of keys; how to change them is the program's business.
private func advice(on error: any Error) -> String? {
  let removable = (error as? SpecErrors)?.errors.filter { $0.requirement.hasSuffix("remove the key") } ?? []
  if removable.isEmpty { return nil }
  return "a key is removed by: " + removable.map { "--set \($0.keyPath)=null" }.joined(separator: " ")
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
func printJSON(_ object: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.keyEncodingStrategy = .convertToSnakeCase
  try printLine(String(decoding: try encoder.encode(object), as: UTF8.self))
}

/// Versions of everything whose arithmetic or format is in the output.
func libraryVersions() -> [String: String] {
  [
    "swift_lensing": swiftLensingVersion, "fftw": fftwVersion, "gsl": gslVersionText,
    "cfitsio": cfitsioVersion, "libpng": libpngVersion,
  ]
}

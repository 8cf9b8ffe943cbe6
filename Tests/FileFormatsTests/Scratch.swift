import FileFormats
import Foundation
import LensCore
import Testing

/// Runs a test in a folder of its own, which is removed afterwards.
func withScratchFolder(_ body: (String) throws -> Void) throws {
  let name = "FileFormatsTests-\(UUID().uuidString)"
  let folder = FileManager.default.temporaryDirectory.appending(path: name)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// What Debian's Python, with numpy and astropy, prints for a program.
///
/// - Parameter arguments: The program's `sys.argv[1:]`.
func python(_ program: String, _ arguments: String...) throws -> String {
  let imports = """
    import sys, numpy, numpy.lib.format, warnings
    import astropy.io.fits as fits
    from astropy.table import Table

    """
  // Astropy only warns about files that break the standard.
  let strict = "warnings.simplefilter('error')\n"
  let result = try runPython(imports + strict + program, arguments)
  if result.errors.contains("ModuleNotFoundError") {
    Issue.record("these tests need the Debian packages python3-numpy python3-astropy: apt-get install them")
  }
  try #require(result.status == 0, "\(result.errors)")
  return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

private func runPython(
  _ program: String, _ arguments: [String]
) throws -> (status: Int32, output: String, errors: String) {
  let process = Process()
  let (output, errors) = (Pipe(), Pipe())
  process.executableURL = URL(filePath: "/usr/bin/python3")
  process.arguments = ["-c", program] + arguments
  (process.standardOutput, process.standardError) = (output, errors)
  do { try process.run() } catch {
    Issue.record("/usr/bin/python3 is missing: apt-get install python3-numpy python3-astropy")
    throw error
  }
  let texts = [output, errors].map { pipe in
    String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }
  process.waitUntilExit()
  return (process.terminationStatus, texts[0], texts[1])
}

/// The reason of the file error that the body must throw.
@discardableResult
func reason(
  _ words: String..., sourceLocation: SourceLocation = #_sourceLocation, from body: () throws -> Any
) -> String {
  let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { _ = try body() }
  let reason = error?.reason ?? ""
  for word in words {
    #expect(reason.contains(word), "'\(reason)' lacks '\(word)'", sourceLocation: sourceLocation)
  }
  return reason
}

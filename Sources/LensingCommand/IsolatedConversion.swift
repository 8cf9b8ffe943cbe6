import Foundation
import Interchange
import SwiftLensing

/// HDF5 and matio crash on some broken files; a crash in a process of its own is an error like any other.
enum IsolatedConversion {
  private static let variable = "LENSING_CONVERTS_HERE"

  static func isNeeded(_ source: String, _ format: CollectionFormat) -> Bool {
    (format == .hdf5 || format == .mat) && ProcessInfo.processInfo.environment[variable] == nil
  }

  /// Runs this program again with the same arguments.
  ///
  /// - Returns: The child's exit code.
  /// - Throws: `FileError` if it died.
  static func run(_ source: String, target: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = Array(CommandLine.arguments.dropFirst())
    // Swift's own report of a crash would say nothing to users.
    process.environment = ProcessInfo.processInfo.environment.merging([
      variable: "1", "SWIFT_BACKTRACE": "enable=no",
    ]) { $1 }
    do {
      try process.run()
    } catch {
      throw FileError(
        path: source, reason: "cannot be read in a process of its own: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else { return process.terminationStatus }
    // What the child had begun carries its number.
    let begun = Conversion.temporaryPath(of: target, process: process.processIdentifier)
    for path in [begun, begun + ".arrays"] { try? FileManager.default.removeItem(atPath: path) }
    throw FileError(
      path: source,
      reason: "is damaged: the library that reads it died of it (signal \(process.terminationStatus))")
  }
}

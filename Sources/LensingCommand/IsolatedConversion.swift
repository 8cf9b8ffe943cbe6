import ArgumentParser
import Foundation
import Interchange
import ProgramOutput
import SwiftLensing

/// HDF5 and matio crash on some broken files; a crash in a process of its own is an error like any other.
enum IsolatedConversion {
  /// In the environment of the child: the number of its parent.
  private static let variable = "LENSING_CONVERTS_FOR"

  static func isNeeded(_ source: String, _ format: CollectionFormat) -> Bool {
    (format == .hdf5 || format == .mat) && ProcessInfo.processInfo.environment[variable] == nil
  }

  /// Makes this process, if it converts for another, safe to be left alone with a hostile file: it gets little memory, and
  /// ends soon after the other, however that was ended, also while a library is caught in an endless loop.
  static func confine() {
    guard let parent = ProcessInfo.processInfo.environment[variable].flatMap({ Int32($0) }) else { return }
    limitMemory()
    Thread.detachNewThread {
      while getppid() == parent { usleep(100_000) }
      // It stops at the next image and cleans up, unless the library does not come back; then the next conversion does.
      Interruption.askFor()
      sleep(10)
      _exit(ExitCode.failure.rawValue)
    }
  }

  /// More than the largest image needs. A few changed bytes make HDF5 ask for all that there is.
  private static func limitMemory() {
    let most = rlim_t(3 << 30)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_cur, most)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// Runs this program again with the same arguments.
  ///
  /// - Returns: The child's exit code.
  /// - Throws: `FileError` if it died.
  static func run(_ source: String, target: ConversionTarget) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = Array(CommandLine.arguments.dropFirst())
    // Swift's own report of a crash would say nothing to users.
    process.environment = ProcessInfo.processInfo.environment.merging([
      variable: String(getpid()), "SWIFT_BACKTRACE": "enable=no",
    ]) { $1 }
    do {
      try process.run()
    } catch {
      throw FileError(
        path: source, reason: "cannot be read in a process of its own: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else { return process.terminationStatus }
    target.removePartial(process: process.processIdentifier)
    throw FileError(
      path: source,
      reason: "is damaged: the library that reads it died of it (signal \(process.terminationStatus))")
  }
}

import Dispatch
import Foundation
import Testing

/// What Debian's Python, with numpy and astropy, prints for a program.
///
/// - Parameter arguments: The program's `sys.argv[1:]`.
public func python(_ program: String, _ arguments: String...) throws -> String {
  let imports = """
    import sys, numpy, numpy.lib.format, warnings
    import astropy.io.fits as fits
    from astropy.table import Table

    """
  // Astropy only warns about files that break the standard.
  let strict = "warnings.simplefilter('error')\n"
  let result: ProcessResult
  do {
    result = try runProcess("/usr/bin/python3", ["-c", imports + strict + program] + arguments)
  } catch {
    Issue.record("/usr/bin/python3 is missing: apt-get install python3-numpy python3-astropy")
    throw error
  }
  if result.errors.contains("ModuleNotFoundError") {
    Issue.record("these tests need the Debian packages python3-numpy python3-astropy: apt-get install them")
  }
  try #require(result.status == 0, "\(result.errors)")
  return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// What a process left behind.
public struct ProcessResult: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String
}

/// Seconds after which a process is stuck: none of the tests takes a third of it on the slowest machine.
private let longestRun = 2400.0

/// Runs a process to its end, without standard input. One that is stuck is ended, which is an issue.
///
/// - Parameter folder: Its working folder; nil for this process's own.
public func runProcess(
  _ executable: String, _ arguments: [String], in folder: String? = nil
) throws -> ProcessResult {
  let process = Process()
  process.executableURL = URL(filePath: executable)
  process.arguments = arguments
  if let folder { process.currentDirectoryURL = URL(filePath: folder) }
  // Files instead of pipes: a pipe that nobody reads while the other is drained would block the process.
  return try withScratchFolder { scratch in
    let paths = ["\(scratch)/output", "\(scratch)/errors"]
    let handles = try paths.map { path in
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      return try FileHandle(forWritingTo: URL(filePath: path))
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let end = DispatchWorkItem {
      Issue.record("\(executable) \(arguments.joined(separator: " ")) was stuck")
      kill(process.processIdentifier, SIGKILL)
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + longestRun, execute: end)
    defer { end.cancel() }
    process.waitUntilExit()
    let texts = try paths.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
    return ProcessResult(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}

/// Runs the program `lensing` that was built together with the tests.
public func lensing(_ arguments: String..., in folder: String? = nil) throws -> ProcessResult {
  try lensing(arguments, in: folder)
}

public func lensing(_ arguments: [String], in folder: String? = nil) throws -> ProcessResult {
  try runBuilt("lensing", arguments, in: folder)
}

/// Runs the program with files of at most some bytes, which stands for a full disk and needs no right to mount one.
///
/// - Parameter disposition: Of the signal that such a limit sends. Ignored, the system call fails as on a full
///   disk; by default the signal ends the program. A shell could not choose: it inherits
///   what is ignored, and what Swift's threads block.
public func lensing(
  _ arguments: [String], fileSizeLimit: Int, disposition: String = "SIG_IGN"
) throws -> ProcessResult {
  let script = """
    import os, resource, signal, sys
    signal.signal(signal.SIGXFSZ, signal.\(disposition))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    resource.setrlimit(resource.RLIMIT_FSIZE, (\(fileSizeLimit), \(fileSizeLimit)))
    os.execv(sys.argv[1], sys.argv[1:])
    """
  return try runProcess("/usr/bin/python3", ["-c", script, builtProgram("lensing").path] + arguments)
}

/// Runs a program that was built together with the tests.
public func runBuilt(_ name: String, _ arguments: [String], in folder: String? = nil) throws -> ProcessResult
{
  let program = builtProgram(name).path
  try #require(FileManager.default.isExecutableFile(atPath: program), "there is no program at \(program)")
  return try runProcess(program, arguments, in: folder)
}

public func builtProgram(_ name: String) -> URL {
  URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
}

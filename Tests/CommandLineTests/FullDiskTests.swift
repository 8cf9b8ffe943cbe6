import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A disk that is full is told, and a run goes on once there is room.
///
/// The limit on the size of a file stands for the disk; it needs no right to mount one.
struct FullDiskTests {
  /// Tiny images, so that the tables are the largest files.
  private static let arguments = [
    "generate", "model-a", "--count", "800", "--threads", "1", "--set", "instrument.width=4", "--set",
    "instrument.height=4", "--set", "instrument.psf=none",
  ]

  /// Runs the program with files of at most some bytes.
  ///
  /// - Parameter disposition: Of the signal that such a limit sends. Ignored, the system call fails as on a full
  ///   disk; by default the signal ends the program. A shell could not choose: it inherits
  ///   what is ignored, and what Swift's threads block.
  private func limited(
    _ bytes: Int, _ arguments: [String], disposition: String = "SIG_IGN"
  ) throws -> ProcessResult {
    let tests = URL(filePath: CommandLine.arguments[0])
    let program = tests.deletingLastPathComponent().appending(path: "lensing").path
    let script = """
      import os, resource, signal, sys
      signal.signal(signal.SIGXFSZ, signal.\(disposition))
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      resource.setrlimit(resource.RLIMIT_FSIZE, (\(bytes), \(bytes)))
      os.execv(sys.argv[1], sys.argv[1:])
      """
    return try runProcess("/usr/bin/python3", ["-c", script, program] + arguments)
  }

  private func remains(_ folder: String) throws -> [String] { try listFolder(folder) }

  @Test func `a disk that fills up is told, and the run resumes`() throws {
    try withScratchFolder { folder in
      let arguments = Self.arguments + ["--output", "\(folder)/set"]
      let result = try limited(200_000, arguments)
      #expect(result.status == 3)
      #expect(result.errors.contains("set.partial/substructure.csv: cannot write"), "\(result.errors)")
      #expect(result.errors.contains("File too large"))
      #expect(try remains(folder) == ["set.partial"])
      let resumed = try lensing(arguments + ["--resume"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      let whole = try lensing(Self.arguments + ["--output", "\(folder)/whole"])
      #expect(whole.status == 0 && result.status != 0)
      #expect(try remains(folder) == ["set", "whole"])
      for name in try listFolder("\(folder)/whole") where name != "manifest.json" {
        let isSame = try readFile("\(folder)/set/\(name)") == readFile("\(folder)/whole/\(name)")
        #expect(isSame, "\(name)")
      }
    }
  }

  @Test func `a disk that is too small from the start is told at once, and nothing is left`() throws {
    try withScratchFolder { folder in
      let result = try limited(20_000, Self.arguments + ["--output", "\(folder)/set"])
      #expect(result.status == 3)
      #expect(result.errors.contains("cannot reserve"), "\(result.errors)")
      let left = try remains(folder)
      #expect(left == [])
    }
  }

  @Test func `a limit on the size of files does not kill without a word`() throws {
    try withScratchFolder { folder in
      let result = try limited(
        200_000, Self.arguments + ["--output", "\(folder)/set"], disposition: "SIG_DFL")
      #expect(result.status == 3 && result.errors.contains("cannot write"), "status \(result.status)")
    }
  }
}

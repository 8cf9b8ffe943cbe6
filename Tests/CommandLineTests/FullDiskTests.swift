import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A disk that is full is told, and a run goes on once there is room.
struct FullDiskTests {
  /// Tiny images, so that the tables are the largest files.
  private static let arguments = [
    "generate", "model-a", "--count", "800", "--threads", "1", "--set", "instrument.width=4", "--set",
    "instrument.height=4", "--set", "instrument.psf=none",
  ]

  private func remains(_ folder: String) throws -> [String] { try listFolder(folder) }

  @Test func `a disk that fills up is told, and the run resumes`() throws {
    try withScratchFolder { folder in
      let arguments = Self.arguments + ["--output", "\(folder)/set"]
      let result = try lensing(arguments, fileSizeLimit: 200_000)
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
      let result = try lensing(
        Self.arguments + ["--output", "\(folder)/set"], fileSizeLimit: 20_000)
      #expect(result.status == 3)
      #expect(result.errors.contains("cannot reserve"), "\(result.errors)")
      let left = try remains(folder)
      #expect(left == [])
    }
  }

  @Test func `a limit on the size of files does not kill without a word`() throws {
    try withScratchFolder { folder in
      let result = try lensing(
        Self.arguments + ["--output", "\(folder)/set"], fileSizeLimit: 200_000, disposition: "SIG_DFL")
      #expect(result.status == 3 && result.errors.contains("cannot write"), "status \(result.status)")
    }
  }
}

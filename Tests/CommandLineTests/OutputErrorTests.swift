import FileFormats
import Foundation
import LensTestSupport
import Testing

/// What cannot be printed is told; a reader that has seen enough is none of the program's business.
struct OutputErrorTests {
  private static let printing: [[String]] = [
    ["show", "model-a"], ["show", "quad"], ["profiles"], ["profiles", "--json"], ["doctor"],
    ["doctor", "--json"], ["--help"], ["generate", "--help"], ["help", "render"], ["--version"],
    ["--generate-completion-script", "bash"],
  ]

  /// Commands that make something in `set`, `shard` or beside them, in this order.
  private static let making: [[String]] = [
    ["generate", "model-a", "--count", "2", "-o", "again"] + smallImages,
    ["generate", "model-a", "--count", "2", "-o", "json", "--json"] + smallImages,
    ["merge", "set", "-o", "merged"], ["merge", "set", "-o", "merged-json", "--json"], ["verify", "set"],
    ["verify", "set", "--json"], ["convert", "set", "--to", "npz", "-o", "set.npz"], ["report", "set"],
    ["preview", "set"], ["preview", "model-a", "--columns", "1"] + smallImages,
    ["render", "model-a", "--index", "0"] + smallImages,
  ]

  private func run(_ redirection: String, _ program: String, _ arguments: [String], in folder: String)
    throws -> ProcessResult
  {
    try runProcess(
      "/bin/bash", ["-c", "\"$0\" \"$@\" \(redirection)", builtProgram(program).path] + arguments, in: folder)
  }

  @Test func `a full disk behind standard output is an error of every command`() throws {
    try withScratchFolder { folder in
      _ = try output(of: ["generate", "model-a", "--count", "2", "-o", "set"] + smallImages, in: folder)
      for arguments in Self.printing + Self.making {
        let result = try run("> /dev/full", "lensing", arguments, in: folder)
        #expect(result.status == 3, "\(arguments): \(result.status), \(result.errors)")
        #expect(
          result.errors.contains("lensing: standard output: cannot write: No space left on device"),
          "\(arguments): \(result.errors)")
      }
      // What was asked for was made nevertheless.
      #expect(try lensing("verify", "\(folder)/again").status == 0)
    }
  }

  @Test func `an error that cannot be printed as JSON keeps its code`() throws {
    try withScratchFolder { folder in
      let arguments = ["generate", "model-a", "--json", "--set", "planes.lens.mass.shear.shear.strength=2"]
      let result = try run("> /dev/full", "lensing", arguments, in: folder)
      #expect(
        result.status == 2 && result.errors.contains("planes.lens.mass.shear.shear.strength: 2 given"),
        "\(result.errors)")
    }
  }

  @Test func `standard output that is closed is an error, and no file takes its place`() throws {
    try withScratchFolder { folder in
      let arguments = ["generate", "model-a", "--count", "2", "-o", "set"] + smallImages
      let result = try run(">&-", "lensing", arguments, in: folder)
      #expect(result.status == 3 && result.errors.contains("standard output"), "\(result.errors)")
      #expect(try lensing("verify", "\(folder)/set").status == 0)
    }
  }

  @Test func `standard error that takes nothing stops nothing`() throws {
    try withScratchFolder { folder in
      for (name, redirection) in [("full", "2> /dev/full"), ("closed", "2>&-")] {
        let arguments = ["generate", "model-a", "--count", "40", "-o", name] + smallImages
        let result = try run(redirection, "lensing", arguments, in: folder)
        #expect(result.status == 0 && result.output.hasPrefix("120 images"), "\(result)")
      }
    }
  }

  @Test(arguments: printing)
  func `a reader that closes the pipe is no error`(_ arguments: [String]) throws {
    try withScratchFolder { folder in
      // The reader is gone before the first word.
      let result = try run("| true; echo ${PIPESTATUS[0]}", "lensing", arguments, in: folder)
      #expect(result.output == "0\n" && result.errors.isEmpty, "\(result)")
    }
  }

  @Test func `lensing-learn tells it too`() throws {
    try withScratchFolder { folder in
      for arguments in [["--help"], ["train", "--help"], ["help", "compare"]] {
        let result = try run("> /dev/full", "lensing-learn", arguments, in: folder)
        #expect(result.status == 3 && result.errors.contains("standard output: cannot write"), "\(result)")
        let piped = try run("| true; echo ${PIPESTATUS[0]}", "lensing-learn", arguments, in: folder)
        #expect(piped.output == "0\n" && piped.errors.isEmpty, "\(piped)")
      }
    }
  }
}

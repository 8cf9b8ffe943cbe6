import Foundation
import LensTestSupport
import SwiftLensing
import Testing

/// Those who use the project from outside: a Swift package that depends on a version, and a Python with the wheel.
@Suite(.serialized) struct DependantTests {
  private let root = repositoryRoot.path

  /// Without any flags, and so without this processor's instructions: the bytes are the same.
  @Test func `a package that depends on a version renders a batch`() throws {
    try withScratchFolder { folder in
      try clone(to: "\(folder)/SwiftLensing")
      try FileManager.default.copyItem(
        atPath: "\(root)/Tests/LibraryTests/Example", toPath: "\(folder)/example")
      let manifest = "\(folder)/example/Package.swift"
      let text = try readText(manifest)
        .replacing("https://example.org/SwiftLensing", with: "file://\(folder)/SwiftLensing")
      try writeFileAtomically(Array(text.utf8), to: manifest)
      let (program, rest) = try articleCode()
      #expect(try readText("\(folder)/example/Sources/example/main.swift") == program)
      try writeFileAtomically(Array(rest.utf8), to: "\(folder)/example/Sources/example/Articles.swift")
      let result = try run(["swift", "run", "--package-path", "\(folder)/example"])
      let batch = try Simulator(
        "model-a", seed: 5, settings: ["instrument.width=40", "instrument.height=40"]
      ).batch(0..<4)
      let bits = batch.images.reduce(UInt32(0)) { $0 &* 31 &+ $1.bitPattern }
      #expect(result.output.contains("6400 pixels, labels [0, 1, 2, 0], bits \(bits)"), "\(result.output)")
    }
  }

  /// The sources as they stand, committed or not, under a version's tag.
  private func clone(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for part in ["Package.swift", "Sources", "Tests", "Profiles"] {
      try FileManager.default.copyItem(atPath: "\(root)/\(part)", toPath: "\(folder)/\(part)")
    }
    try? FileManager.default.removeItem(atPath: "\(folder)/Tests/Benchmarks/.build")
    try? FileManager.default.removeItem(atPath: "\(folder)/Tests/Benchmarks/.peers")
    let author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in [
      ["init", "--quiet"], ["add", "."], author + ["commit", "--quiet", "-m", "all"], ["tag", "0.2.0"],
    ] {
      _ = try run(["git", "-C", folder] + command)
    }
  }

  /// A fresh virtual environment, to which pip adds nothing but NumPy.
  @Test func `the wheel is all that Python needs`() throws {
    try withScratchFolder { folder in
      _ = try run(
        [
          "sh", "\(root)/Sources/Python/build-wheel", try sharedLibrary(), "\(folder)/work",
          "\(folder)/wheel",
        ])
      let wheel = try #require(try listFolder("\(folder)/wheel").first)
      let names = try run(["/usr/bin/python3", "-m", "zipfile", "-l", "\(folder)/wheel/\(wheel)"]).output
      for notice in ["libfftw3-double3", "libgsl27", "libcfitsio10", "libpng16-16", "libssl3", "swift"] {
        #expect(names.contains("licenses/notices/\(notice).txt"))
      }
      _ = try run(["/usr/bin/python3", "-m", "venv", "\(folder)/python"])
      let python = "\(folder)/python/bin/python"
      _ = try run([python, "-m", "pip", "install", "--quiet", "\(folder)/wheel/\(wheel)"])
      let script = "\(root)/Tests/LibraryTests/Python/test_package.py"
      // Away from the sources, and without the folder of Swift's own libraries.
      _ = try runProcess("/usr/bin/env", ["-i", python, script, "check"], in: folder).expectSuccess()
      let maps = try runProcess(
        "/usr/bin/env",
        [
          "-i", python, "-c",
          "import swiftlensing; swiftlensing.Simulator(); print(open('/proc/self/maps').read())",
        ],
        in: folder
      ).expectSuccess()
      let libraries = maps.output.split(separator: "\n").filter {
        $0.contains("swiftCore") || $0.contains("fftw3")
      }
      #expect(!libraries.isEmpty && libraries.allSatisfy { $0.contains("/python/lib") }, "\(libraries)")
    }
  }

  private func run(_ words: [String]) throws -> ProcessResult {
    try runProcess("/usr/bin/env", words, in: root).expectSuccess()
  }
}

extension ProcessResult {
  fileprivate func expectSuccess() throws -> ProcessResult {
    try #require(status == 0, "\(output)\(errors)")
    return self
  }
}

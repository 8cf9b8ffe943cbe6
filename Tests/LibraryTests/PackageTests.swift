import Foundation
import LensTestSupport
import Testing

/// The Python package, in Python.
struct PackageTests {
  @Test func `the package keeps its promises`() throws { _ = try runPackage("check") }

  @Test func `Ctrl-C comes within a second`() throws { _ = try runPackage(script: "test_interrupts") }

  @Test func `mistakes are told in Python's words`() throws { _ = try runPackage("messages") }

  @Test func `its types are checked`() throws {
    let mypy = repositoryRoot.appending(path: ".build/learning-python/bin/mypy").path
    try #require(FileManager.default.fileExists(atPath: mypy), "\(mypy) is missing: make test prepares it")
    try withScratchFolder { folder in
      let result = try runProcess(
        mypy, ["--strict", "--cache-dir", folder, "swiftlensing"],
        in: repositoryRoot.appending(path: "Sources/Python").path)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
  }

  /// docs/tutorials/train_on_the_fly.py as it stands, for fewer steps.
  @Test func `the tutorial's classifier learns`() throws {
    try withScratchFolder { folder in
      let script = repositoryRoot.appending(path: "docs/tutorials/train_on_the_fly.py").path
      let result = try runPython(script, ["--steps", "120", "--output", "\(folder)/roc.png"])
      try #require(result.status == 0, "\(result.errors)")
      let line = try #require(result.output.split(separator: "\n").last)
      let area = try #require(Double(line.split(separator: " ").last ?? ""))
      print("worst error: area under the tutorial's curve: \(area)")
      #expect(area > 0.85)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/roc.png"))
    }
  }

  /// With Debian's PyTorch, which `make test` installs for the classifier.
  @Test func `loaders of forked and spawned workers give the same samples`() throws {
    _ = try runPackage(script: "test_torch")
  }
}

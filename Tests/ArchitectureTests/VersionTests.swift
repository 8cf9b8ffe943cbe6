import Foundation
import LensTestSupport
import Testing

/// The version stands in two files.
struct VersionTests {
  @Test func `the citation names the version of the program`() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: repositoryRoot.appending(path: path), encoding: .utf8)
    }
    let source = try text("Sources/LensCore/Version.swift")
    let version = try #require(source.firstMatch(of: /swiftLensingVersion = "([0-9.]+)"/)?.output.1)
    #expect(try text("CITATION.cff").contains("\nversion: \(version)\n"))
  }
}

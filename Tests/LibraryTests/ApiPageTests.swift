import FileFormats
import Foundation
import LensTestSupport
import Testing

/// What is written about the library in Swift.
struct ApiPageTests {
  /// DocC's warnings are errors here: links that lead nowhere, parameters that are not documented.
  @Test func `the pages of the library can be made`() throws {
    try withScratchFolder { folder in
      let build = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
      let result = try runProcess(
        "/bin/sh", ["\(repositoryRoot.path)/docs/build-api-pages", build, "\(folder)/api"])
      try #require(result.status == 0, "\(result.output)\(result.errors)")
      let pages = "\(folder)/api/data/documentation/swiftlensing"
      for page in ["simulator", "samplebatch", "populationspec", "renderingbatches"] {
        #expect(fileExists("\(pages)/\(page).json"), "\(page)")
      }
      #expect(!fileExists("\(pages)/fillnormals(_:from:firstblock:words:radius:turns:).json"))
    }
  }

  /// What the umbrella gives is what its page lists: the rest of the modules is `package`.
  @Test func `everything that is public is on the page of the library`() throws {
    let sources = repositoryRoot.appending(path: "Sources")
    let catalog = try readText(
      sources.appending(path: "SwiftLensing/SwiftLensing.docc/SwiftLensing.md").path)
    let listed = catalog.split(separator: "## Topics")[1].matches(of: /- ``([A-Za-z]+)/).map {
      String($0.output.1)
    }
    let modules = try readText(sources.appending(path: "SwiftLensing/SwiftLensing.swift").path)
      .matches(of: /@_exported import ([A-Za-z]+)/).map { String($0.output.1) }
    #expect(modules.count > 10 && listed.count > 100)
    let kind = "(?:final |indirect )*(?:struct|class|enum|protocol|func|var|let|typealias)"
    let declaration = try Regex<(Substring, Substring)>("^(?:@[a-z]+ )?public \(kind) ([A-Za-z0-9]+)")
      .anchorsMatchLineEndings()
    var declared: Set<String> = []
    for module in modules + ["SwiftLensing"] {
      let folder = sources.appending(path: module).path
      for file in try listFolder(folder) where file.hasSuffix(".swift") {
        declared.formUnion(
          try readText("\(folder)/\(file)").matches(of: declaration).map { String($0.output.1) })
      }
    }
    #expect(
      declared.subtracting(listed).sorted() == [], "public, but not on the page: list it or make it package")
    #expect(Set(listed).subtracting(declared).sorted() == [], "on the page, but not public")
  }
}

/// The Swift of the articles: the first block of the first article is the example program, the others are compiled
/// beside it.
func articleCode() throws -> (program: String, rest: String) {
  let catalog = repositoryRoot.appending(path: "Sources/SwiftLensing/SwiftLensing.docc").path
  let blocks = try ["RenderingBatches", "DescribingPopulations"].flatMap { name in
    try readText("\(catalog)/\(name).md").components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
  }
  let functions = blocks.dropFirst().enumerated().map { number, block in
    "func block\(number)(simulator: Simulator) throws {\n\(block)}\n"
  }
  return (blocks[0], "import SwiftLensing\n\n" + functions.joined(separator: "\n"))
}

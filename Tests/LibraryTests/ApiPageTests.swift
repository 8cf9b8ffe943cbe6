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

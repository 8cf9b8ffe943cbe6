import Foundation
import LensTestSupport
import Testing

/// Asks SwiftPM what Package.swift says.
struct ManifestTests {
  private struct Manifest: Decodable {
    struct Target: Decodable {
      /// On another target, or on another package's product.
      struct Dependency: Decodable {
        let target: String?

        private enum CodingKeys: String, CodingKey { case byName, target }

        init(from decoder: any Decoder) throws {
          let container = try decoder.container(keyedBy: CodingKeys.self)
          // A list of the name and a condition.
          let key = container.allKeys.first
          var parts = try key.map { try container.nestedUnkeyedContainer(forKey: $0) }
          target = try parts?.decode(String.self)
        }
      }
      let name: String
      let type: String
      let dependencies: [Dependency]
    }
    struct Product: Decodable {
      let name: String
      let targets: [String]
    }
    let targets: [Target]
    let products: [Product]
  }

  private func manifest() throws -> Manifest {
    try withScratchFolder { folder in
      let result = try runProcess(
        "/usr/bin/env", ["swift", "package", "--scratch-path", "\(folder)/build", "dump-package"],
        in: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent().path)
      try #require(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Manifest.self, from: Data(result.output.utf8))
    }
  }

  /// SwiftPM compiles a module again only when one has changed that it names, but memory layouts come from all below.
  @Test func `each module names all modules below it`() throws {
    let manifest = try manifest()
    let modules = Set(manifest.targets.filter { $0.type != "system" }.map(\.name))
    let named = Dictionary(
      uniqueKeysWithValues: manifest.targets.map {
        ($0.name, Set($0.dependencies.compactMap(\.target)).intersection(modules))
      })
    #expect(named.count > 25 && named["Simulation"]?.contains("LensCore") == true)
    for (module, names) in named {
      for name in names {
        let missing = (named[name] ?? []).subtracting(names)
        #expect(missing.isEmpty, "\(module) names \(name), but not \(missing.sorted()), which \(name) names")
      }
    }
    let library = try #require(manifest.products.first { $0.name == "SwiftLensing" })
    #expect(Set(library.targets) == (named["SwiftLensing"] ?? []).union(["SwiftLensing"]))
  }
}

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

        private enum CodingKeys: String, CodingKey { case byName }

        init(from decoder: any Decoder) throws {
          let container = try decoder.container(keyedBy: CodingKeys.self)
          // A list of the name and a condition.
          var parts = try? container.nestedUnkeyedContainer(forKey: .byName)
          target = try parts?.decode(String.self)
        }
      }
      let name: String
      let type: String
      let dependencies: [Dependency]
    }
    let targets: [Target]
  }

  /// From each target to those that it names.
  private func dependencies() throws -> [String: Set<String>] {
    try withScratchFolder { folder in
      let result = try runProcess(
        "/usr/bin/env", ["swift", "package", "--scratch-path", "\(folder)/build", "dump-package"],
        in: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent().path)
      try #require(result.status == 0, "\(result.errors)")
      let manifest = try JSONDecoder().decode(Manifest.self, from: Data(result.output.utf8))
      let modules = Set(manifest.targets.filter { $0.type != "system" }.map(\.name))
      return Dictionary(
        uniqueKeysWithValues: manifest.targets.map { target in
          (target.name, Set(target.dependencies.compactMap(\.target)).intersection(modules))
        })
    }
  }

  /// SwiftPM compiles a module again only when one has changed that it names, but memory layouts come from all below.
  @Test func `each module names all modules below it`() throws {
    let dependencies = try dependencies()
    #expect(dependencies.count > 25 && dependencies["Simulation"]?.contains("LensCore") == true)
    for (module, names) in dependencies {
      for name in names {
        let missing = (dependencies[name] ?? []).subtracting(names)
        #expect(missing.isEmpty, "\(module) names \(name), but not \(missing.sorted()), which \(name) names")
      }
    }
  }
}

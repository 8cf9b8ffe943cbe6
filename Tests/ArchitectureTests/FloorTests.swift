import Foundation
import Testing

/// Reads what every module imports from its sources and holds it against the floors of docs/architecture.md.
@Suite struct FloorTests {
  /// A module may import modules of lower floors only.
  private static let floors: [[String]] = [
    [
      "CFFTW", "CGSL", "CCFITSIO", "CPNG", "CCrypto", "CSVM", "CArchive", "CHDF5", "CMatIO", "CLensMath",
      "CLensTorch", "CMalloc", "CSwiftLensing",
    ],
    ["LensCore", "EmbedProfiles", "EmbedProfilesPlugin"],
    ["LensNumerics", "ProgramOutput"],
    ["Cosmology", "LightProfiles", "Priors"],
    ["MassProfiles", "Instrument", "StructureFormation"],
    ["RayTracing", "Substructure"],
    ["Legacy"],
    ["Simulation"],
    ["Populations", "FileFormats"],
    ["Dataset", "Pictures", "Charts", "Tensors"],
    ["SwiftLensing", "Learning", "DatasetReports", "Interchange"],
    ["LensingCommand", "LensingForC", "LearningReports"],
    ["LearningCommand"],
  ]

  /// What may come from outside the package, and where.
  private static let outside: [String: Set<String>] = [
    "Yams": ["FileFormats"], "ArgumentParser": ["ProgramOutput", "LensingCommand", "LearningCommand"],
    "Foundation": [
      "Charts", "Dataset", "DatasetReports", "Interchange", "Learning", "LearningReports", "LensingCommand",
      "LearningCommand", "ProgramOutput", "EmbedProfiles", "EmbedProfilesPlugin",
    ],
    "PackagePlugin": ["EmbedProfilesPlugin"],
    "Dispatch": ["Dataset", "LensingForC"],
  ]
  private static let everywhere: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]

  private let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources")

  @Test func `arrows only point down`() throws {
    for module in try modules() {
      let floor = try #require(Self.floor(of: module), "\(module) stands on no floor: add it to this test")
      for imported in try imports(of: module) {
        if let below = Self.floor(of: imported) {
          #expect(below < floor, "\(module) imports \(imported), which is not below it")
        } else if !Self.everywhere.contains(imported) {
          let allowed = Self.outside[imported] ?? []
          #expect(allowed.contains(module), "\(module) imports \(imported)")
        }
      }
    }
  }

  @Test func `each system library is imported by one module`() throws {
    let modules = try modules()
    for library in Self.floors[0] {
      let users = try modules.filter { try imports(of: $0).contains(library) }
      #expect(users.count == 1, "\(library) is imported by \(users)")
    }
  }

  @Test func `the manifest uses no unsafe flags`() throws {
    let manifest = sources.deletingLastPathComponent().appending(path: "Package.swift")
    #expect(!(try String(contentsOf: manifest, encoding: .utf8)).contains("unsafeFlags"))
  }

  @Test func `the library neither prints nor ends the process`() throws {
    let forbidden = ["print(", "exit(", "abort(", "fatalError(", "try!", "as!"]
    // What only programs use may end them.
    for module in try modules() where !module.hasSuffix("Command") && module != "ProgramOutput" {
      for file in try files(of: module) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for word in forbidden {
          let calls = text.split(separator: "\n").filter { line in
            line.contains(word) && !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
          }
          #expect(calls.isEmpty, "\(file.lastPathComponent): \(calls.joined(separator: " | "))")
        }
      }
    }
  }

  private static func floor(of module: String) -> Int? {
    floors.firstIndex { $0.contains(module) }
  }

  /// Modules with Swift sources; the C module has none.
  private func modules() throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: sources.path)
    let modules = try names.filter { !(try files(of: $0)).isEmpty }
    #expect(modules.count >= 15, "only \(modules.count) modules were found")
    return modules.sorted()
  }

  private func files(of module: String) throws -> [URL] {
    let folder = sources.appending(path: module)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0) }
  }

  private func imports(of module: String) throws -> Set<String> {
    var imports: Set<String> = []
    for file in try files(of: module) {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position <= 1, position + 1 < words.count,
          position == 0 || words[0].hasPrefix("@") || words[0] == "public"
        else { continue }
        imports.insert(String(words[position + 1]))
      }
    }
    return imports
  }
}

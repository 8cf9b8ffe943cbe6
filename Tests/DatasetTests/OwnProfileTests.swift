import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Testing

/// Profiles in folders of the user's are meant by their names, as presets are.
struct OwnProfileTests {
  private static let population = """
    name: mine
    description: Hosts of one kind.
    classes: {no_sub: {}}
    planes: {lens: {mass: {host: {sie: {einstein_radius: 1.1}}}}, source: {redshift: 1, light: {galaxy: sersic}}}
    instrument: {width: 24, height: 20, pixel_scale: 0.2, psf: {file: {path: kernel.npy}}}
    """
  private static let scene =
    "planes: {lens: {redshift: 0.5}, source: {redshift: 1, light: {galaxy: sersic}}}\n"

  private func withFolder(_ body: (String) throws -> Void) throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/below")
      try write(Self.population, to: "\(folder)/mine.yaml")
      try write(Self.scene, to: "\(folder)/below/arc.yaml")
      try write("populations: [{population: mine}]\n", to: "\(folder)/lesson.yaml")
      try write("not mine", to: "\(folder)/notes.txt")
      let kernel = try NpyWriter(creating: "\(folder)/kernel.npy", shape: [1, 1], elementType: .float64)
      try kernel.write(doubles: [1], at: 0)
      try kernel.close()
      try body(folder)
    }
  }

  private func write(_ text: String, to path: String) throws {
    try writeFileAtomically(Array(text.utf8), to: path)
  }

  private func profiles(_ folders: String) throws -> [OwnProfile] {
    try OwnProfile.all(environment: [OwnProfile.variable: folders])
  }

  /// Runs the program with the variable.
  private func run(_ folder: String, _ arguments: String...) throws -> ProcessResult {
    let program = builtProgram("lensing").path
    return try runProcess(
      "/usr/bin/env", ["\(OwnProfile.variable)=\(folder)", program] + arguments, in: folder)
  }

  @Test func `names lead to files, relative kernels included, from every folder`() throws {
    try withFolder { folder in
      #expect(try profiles(folder).map(\.name) == ["arc", "lesson", "mine"])
      #expect(try profiles(folder).map { try $0.kind } == [.scene, .training, .population])
      let shown = try run(folder, "show", "mine", "--set", "planes.lens.mass.host.sie.axis_ratio=0.8")
      #expect(shown.status == 0 && shown.output.contains("path: \(folder)/kernel.npy"), "\(shown.errors)")
      #expect(try run(folder, "show", "arc").output.contains("sersic"))
      let made = try run(folder, "generate", "mine", "--count", "1", "--output", "made")
      #expect(made.status == 0 && fileExists("\(folder)/made/manifest.json"), "\(made.errors)")
      let refused = try run(folder, "generate", "arc", "--count", "1")
      #expect(refused.status == 2 && refused.errors.contains("arc is a scene"), "\(refused.errors)")
      let listed = try run(folder, "profiles").output
      for line in ["mine                 Hosts of one kind. (\(folder)/mine.yaml)", "a scene", "a training"] {
        #expect(listed.contains(line), "\(listed)")
      }
      let near = try run(folder, "show", "mime")
      #expect(near.errors.contains("did you mean mine?"), "\(near.errors)")
    }
  }

  @Test func `what is not there, or has a name that is taken, is told`() throws {
    try withFolder { folder in
      func refusal(_ folders: String) throws -> String {
        try #require(#expect(throws: SpecError.self) { try profiles(folders) }).description
      }
      #expect(
        try refusal("\(folder)/none").contains("LENSING_PROFILES: '\(folder)/none' given, must name folders"))
      try write(Self.population, to: "\(folder)/below/mine.yaml")
      #expect(try refusal(folder).contains("has that name"))
      try removeFile("\(folder)/below/mine.yaml")
      try write(Self.population, to: "\(folder)/model-a.yaml")
      #expect(try refusal(folder).contains("model-a.yaml given, must be called otherwise: a preset"))
      try removeFile("\(folder)/model-a.yaml")
      try write("planes: {lens: {mass: {host: {none: {}}}}}\nclasses: {a: {}}", to: "\(folder)/wrong.yaml")
      let listed = try run(folder, "profiles")
      #expect(listed.status == 0 && listed.output.contains("cannot be read, see lensing show wrong"))
      #expect(try run(folder, "show", "wrong").errors.contains("planes.lens.mass.host: 'none' given"))
    }
  }

  /// The folder Profiles holds the presets and nothing else: a new file needs no code.
  @Test func `every file of Profiles comes with the program`() throws {
    let folder = repositoryRoot.appending(path: "Profiles").path
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    let texts = try files.map { try readText("\(folder)/\($0)") }
    #expect(Preset.all.map(\.yaml).sorted() == texts.sorted() && files.count >= 12)
    #expect(Set(Preset.all.map(\.name)).count == files.count, "two files of Profiles have one name")
    #expect(
      Preset.populations.first?.name == "model-a"
        && Preset.scenes.map(\.name) == ["double_ring", "quad", "ring"])
  }
}

import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// Documents that say what they are based on, and what they change there.
struct DerivationTests {
  private static let clump = "classes.clump.planes.lens.mass.clump"

  private func write(_ text: String, to path: String) throws {
    try createFolder(folder(of: path))
    try writeFileAtomically(Array(text.utf8), to: path)
  }

  @Test func `a document with a base is the base with its settings`() throws {
    try withScratchFolder { folder in
      let text = """
        name: clumps
        description: Model A with one more class.
        based_on: model-a
        set:
          classes: [no_sub, vortex]
          \(Self.clump): {sis: {einstein_radius: {uniform: [0.01, 0.1]}, center: [{uniform: [-1, 1]}, 0.5]}}
          classes.clump.weight: 3
          signal_to_noise.value: 30
          planes.lens.mass.shear: null
        """
      try write(text, to: "\(folder)/clumps.yaml")
      let expected = try loadPopulation(
        "model-a",
        settings: [
          "name=clumps", "description=Model A with one more class.", "classes=[no_sub, vortex]",
          "\(Self.clump)={sis: {einstein_radius: {uniform: [0.01, 0.1]}, center: [{uniform: [-1, 1]}, 0.5]}}",
          "classes.clump.weight=3", "signal_to_noise.value=30", "planes.lens.mass.shear=null",
        ])
      let spec = try loadPopulation("\(folder)/clumps.yaml")
      let written = SpecVisitor.write(spec)
      #expect(
        written == SpecVisitor.write(expected) && spec.classes.map(\.weight) == [1, 1, 3]
          && spec.name == "clumps")
      #expect(try SpecVisitor.write(loadPopulation(yaml: text)) == written)
      let changed = try loadPopulation("\(folder)/clumps.yaml", settings: ["signal_to_noise.value=7"])
      #expect(SpecVisitor.write(changed) != written)
      // What a dataset keeps stands for itself.
      try write(writeYAML(written), to: "\(folder)/kept.yaml")
      #expect(try SpecVisitor.write(loadPopulation("\(folder)/kept.yaml")) == written)
    }
  }

  @Test func `bases have bases, and paths start where they are written`() throws {
    try withScratchFolder { folder in
      try write("camera: {width: 22, height: 21, pixel_scale: 0.1}\n", to: "\(folder)/deep/cameras/mine.yaml")
      try write("based_on: model-a\nset: {instrument: cameras/mine.yaml}\n", to: "\(folder)/deep/base.yaml")
      try write("z\n0.9\n1.1\n", to: "\(folder)/catalog.csv")
      let top = """
        name: top
        based_on: deep/base.yaml
        set:
          tables: {galaxies: {path: catalog.csv}}
          planes.source.redshift: {table: {name: galaxies, column: z}}
        """
      try write(top, to: "\(folder)/top.yaml")
      let spec = try loadPopulation("\(folder)/top.yaml")
      #expect(spec.instrument.width == 22 && spec.name == "top")
      let redshifts = try (0..<8).map {
        try PopulationPlan(spec, seed: 1).scene($0)["planes.source.redshift"]
      }
      #expect(Set(redshifts) == [0.9, 1.1])
      // A scene may be a base, too.
      try write("based_on: quad\nset: {planes.lens.redshift: 0.3}\n", to: "\(folder)/scene.yaml")
      #expect(try loadScene("\(folder)/scene.yaml").lens.redshift == 0.3)
    }
  }

  @Test(arguments: [
    ("based_on: model-a\npairs: true\n", "pairs: a key beside based_on given, must stand below set"),
    ("based_on: model-c\n", "there is no such preset and no such file; did you mean model-"),
    ("based_on: [model-a]\n", "based_on: a list of 1 given, must be a name or a path"),
    ("based_on: model-a\nset: [pairs]\n", "set: a list of 1 given, must be a mapping of key paths"),
    ("based_on: model-a\nset: {piars: true}\n", "did you mean pairs?"),
    ("based_on: mine.yaml\n", "perhaps in a circle"),
    ("based_on: generic\n", "generic is a camera"),
  ])
  func `what cannot be based on anything is refused`(text: String, message: String) throws {
    try withScratchFolder { folder in
      try write(text, to: "\(folder)/mine.yaml")
      let error = #expect(throws: (any Error).self) { try loadPopulation("\(folder)/mine.yaml") }
      #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
    }
  }

  @Test func `only what a person has typed is noted`() throws {
    try withScratchFolder { folder in
      try write(
        "based_on: model-a\nset: {accuracy.subpixels: 3, instrument: generic}\n", to: "\(folder)/a.yaml")
      var notes: [String] = []
      _ = try loadPopulation("\(folder)/a.yaml") { notes.append($0.keyPath) }
      #expect(notes == ["instrument.brightness_unit"], "\(notes)")
    }
  }
}

import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import Testing

struct PyLensingParametersTests {
  /// PyLensing writes a whole turn with twelve digits.
  private static let rounding = 1e-11

  /// Every key of a written spec with its value, without what only describes.
  private func entries(_ spec: PopulationSpec) -> [String: String] {
    var flat: [String: String] = [:]
    func flatten(_ value: SpecValue, _ path: String) {
      switch value {
      case .scalar(let text): flat[path] = text
      case .list(let items):
        for (position, item) in items.enumerated() { flatten(item, "\(path).\(position)") }
      case .map(let entries): for entry in entries { flatten(entry.value, "\(path).\(entry.key)") }
      }
    }
    flatten(SpecVisitor.write(spec), "")
    return flat.filter { ![".name", ".description"].contains($0.key) && !$0.key.hasPrefix(".split") }
  }

  private func expectSame(_ read: PopulationSpec, _ preset: PopulationSpec) {
    let (first, second) = (entries(read), entries(preset))
    var worst = WorstError("numbers of \(preset.name) from its parameter file")
    for key in Set(first.keys).union(second.keys).sorted() {
      let (a, b) = (first[key] ?? "nothing", second[key] ?? "nothing")
      if let x = Double(a), let y = Double(b) {
        worst.note(x - y, at: "\(key): \(a), preset \(b)")
      } else {
        #expect(a == b, "\(key)")
      }
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test(arguments: ["base", "vortex", "spherical"])
  func `PyLensing's default files read as the presets`(_ substructure: String) throws {
    try withScratchFolder { folder in
      let paths = try PyLensingFile(substructure).write(to: folder)
      let preset = try loadPopulation("pylensing-\(substructure)")
      for path in [paths.csv, paths.json] {
        let read = try loadPopulation(path)
        expectSame(read, preset)
        #expect(read.name == preset.name)
      }
    }
  }

  @Test func `both forms give the same images`() throws {
    try withScratchFolder { folder in
      let paths = try PyLensingFile("vortex").write(to: folder)
      let images = try [paths.csv, paths.json].map { path in
        let plan = try PopulationPlan(try loadPopulation(path, settings: smallImages), seed: 1)
        return try plan.sample(3, workspace: try plan.makeWorkspace()).observation.image
      }
      #expect(images[0] == images[1])
    }
  }

  @Test func `coordinates are swapped, and angles about a centre turn from y`() throws {
    try withScratchFolder { folder in
      var file = PyLensingFile("vortex")
      for (number, row) in file.rows.enumerated()
      where row.profile.hasPrefix("Dark") || row.profile == "Vortex" {
        if row.parameter == "x_pos" { file.rows[number].priors = ["0.25"] }
        if row.parameter == "y_pos" { file.rows[number].priors = ["-0.5"] }
        if row.parameter == "orientation" { file.rows[number].priors = ["0.0", "0.5"] }
      }
      let spec = try loadPopulation(try file.write(to: folder).csv)
      func value(_ path: String) -> SpecValue? { spec.planes.value(at: path) }
      #expect(value("lens.mass.host.sis.center") == .list([.scalar("-0.5"), .scalar("0.25")]))
      let chain = spec.classes[0].changes[0].value["pylensing_chain"]
      #expect(
        chain?.value(at: "center.x") == .scalar("-0.5") && chain?.value(at: "center.y") == .scalar("0.25"))
      let scene = try PopulationPlan(spec, seed: 1).scene(0)
      #expect((scene.masses[1] as? ExternalShearSpec)?.center == [-0.5, 0.25])
      #expect(scene.lensLight?.center == [-0.5, 0.25])
      let angle = scene["planes.lens.halos.vortex.pylensing_chain.position_angle"]
      #expect(angle > .pi / 2 - 0.5 && angle < .pi / 2)
    }
  }

  @Test func `settings apply to parameter files as well`() throws {
    try withScratchFolder { folder in
      let path = try PyLensingFile("base").write(to: folder).csv
      let settings = [
        "planes.lens.mass.host.sis.einstein_radius=0.9", "\(ModelPaths.shear).strength.pool=null",
      ]
      let scene = try PopulationPlan(
        try loadPopulation(path, settings: settings + ["\(ModelPaths.shear).strength=0.1"]), seed: 1
      ).scene(0)
      #expect((scene.masses[0] as? SingularIsothermalSphereSpec)?.einsteinRadius == 0.9)
      #expect((scene.masses[1] as? ExternalShearSpec)?.strength == 0.1)
    }
  }

  struct Broken: CustomTestStringConvertible, Sendable {
    let find: String
    let replacement: String
    let words: [String]
    var testDescription: String { "\(find) -> \(replacement)" }
  }

  /// In the CSV file; line 1 is the heading.
  static let brokenRows = [
    Broken(
      find: "redshift,fixed,1,[0.5]", replacement: "redshift,fixed,1,[a]",
      words: ["line 4", "fixed with one"]),
    Broken(
      find: "redshift,fixed,1,[0.5]", replacement: "redshift,fixed,1,[]", words: ["line 4", "fixed with one"]),
    Broken(
      find: "redshift,fixed,1,[0.5]", replacement: "redshift,fixed,0,[0.5]", words: ["line 4", "above 0"]),
    Broken(
      find: "redshift,fixed,1,[0.5]", replacement: "redshift,fixed,one,[0.5]", words: ["line 4", "'one'"]),
    Broken(find: "redshift,fixed,1,[0.5]", replacement: "redshift,fixed,1", words: ["line 4", "4 cells"]),
    Broken(
      find: "redshift,fixed,1,[0.5]", replacement: "redshift,normal,1,[0.5]", words: ["line 4", "normal"]),
    Broken(
      find: "axis_ratio,uniform,5,\"[0.5, 1.0]\"", replacement: "axis_ratio,uniform,5,[0.5]",
      words: ["line 5", "uniform with two"]),
    Broken(
      find: "External Shear,angle", replacement: "External Shear,phi",
      words: ["'phi'", "External Shear", "unknown", "angle"]),
    Broken(
      find: "External Shear,angle", replacement: "Extrenal Shear,angle",
      words: ["Extrenal Shear", "unknown", "External Shear"]),
    Broken(
      find: "Spherical Isothermal,x_pos", replacement: "NFW,x_pos",
      words: ["NFW", "must be Spherical Isothermal"]),
    Broken(
      find: "External Shear,angle,uniform,5,\"[0, 6.28318530718]\"\n", replacement: "",
      words: ["angle", "External Shear", "missing"]),
    Broken(find: "profile,parameter", replacement: "profile,name", words: ["heading"]),
  ]

  @Test(arguments: brokenRows)
  func `broken rows are named`(_ broken: Broken) throws {
    try withScratchFolder { folder in
      let (path, text) = ("\(folder)/p.csv", PyLensingFile("base").csv)
      #expect(text.contains(broken.find))
      let range = try #require(text.firstRange(of: broken.find))
      try writeFileAtomically(
        Array(text.replacingCharacters(in: range, with: broken.replacement).utf8), to: path)
      let error = #expect(throws: FileError.self) { try loadPopulation(path) }
      let message = error?.description ?? ""
      for word in broken.words + [path] { #expect(message.contains(word), "'\(message)' lacks '\(word)'") }
    }
  }

  @Test func `broken entries of JSON are named`() throws {
    try withScratchFolder { folder in
      let (path, text) = ("\(folder)/p.json", PyLensingFile("base").json)
      for (find, replacement, words) in [
        ("\"parameter\": \"redshift\",", "", ["entry 2", "lacks a key"]),
        ("0.5\n", "0.5, 0.6\n", ["entry 2", "fixed with one"]),
        ("\"population\": 5", "\"population\": -5", ["entry 3", "'-5'"]),
      ] {
        let range = try #require(text.firstRange(of: find))
        try writeFileAtomically(Array(text.replacingCharacters(in: range, with: replacement).utf8), to: path)
        let error = #expect(throws: FileError.self) { try loadPopulation(path) }
        for word in words {
          #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        }
      }
    }
  }

  @Test func `priors that no lens can have are refused with the key`() throws {
    try withScratchFolder { folder in
      var file = PyLensingFile("base")
      let position = try #require(file.rows.firstIndex { $0.parameter == "einstein_radius" })
      file.rows[position].priors = ["-1.2"]
      let path = try file.write(to: folder).json
      let error = #expect(throws: SpecErrors.self) { try loadPopulation(path) }
      #expect(error?.errors.map(\.keyPath) == ["planes.lens.mass.host.sis.einstein_radius"])
    }
  }
}

import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// A key that is given changes a sample, or is refused, or somebody is told. And null is no value.
struct KeysWithoutEffectTests {
  private static let small = [
    "instrument.width=14", "instrument.height=12", "instrument.pixel_scale=0.3", "split.validation=0.3",
    "split.test=0.3",
  ]

  private static let lens = ModelPaths.lensLight
  private static let source = ModelPaths.source
  private static let subhalos = ModelPaths.sphericalOfClass
  private static let noLight = "planes.lens.light.galaxy=null"

  /// Galaxies that single rays of large pixels hold.
  private static let wide = ["\(lens).effective_radius=2", "\(source).effective_radius=2"]

  private static func host(_ profile: String) -> [String] { [noLight, "planes.lens.mass.host={\(profile)}"] }

  /// Specs in which other keys matter: each lies beside a branch of drawing, rendering or exposing.
  static let bases: [[String]] =
    [
      [], ["pairs=true"], ["signal_to_noise=null"], ["instrument.noise=false"],
      ["accuracy.precision=float64"],
      ["accuracy.sampling=uniform"] + wide, ["accuracy.subpixels=1"] + wide,
      ["instrument.psf_sampling=subpixel"] + wide,
      ["instrument.psf=none"], ["instrument.psf={moffat: {fwhm: 0.5, kernel_pixels: 5}}"], [noLight],
      ["instrument.noise=false", "signal_to_noise=null"],
      ["instrument.psf={gaussian: {fwhm: 0.5, kernel_pixels: 1}}"],
      ["instrument.psf={moffat: {fwhm: 0.5, kernel_pixels: 1}}"],
      ["cosmology.distances=luminosity"], ["classes=[no_sub]"], ["classes=[vortex]"],
    ] + hosts + substructure

  private static let hosts: [[String]] = [
    ["\(lens).axis_ratio=0.7", "\(lens).position_angle=0.4"], ["\(ModelPaths.host).axis_ratio=1"],
    ["\(ModelPaths.shear).strength=0"], ["\(source).center=[0, 0]"], ["\(source).axis_ratio=1"],
    host("sis: {velocity_dispersion: 300}"), host("sis: {einstein_radius: 1}"),
    host("sie: {einstein_mass: 2e11}"),
    host("elliptical_nfw: {effective_einstein_radius: 1.1, axis_ratio: 0.8}"),
    host("elliptical_nfw: {virial_mass: 1e14, concentration: 8}"),
    host("nfw: {virial_mass: 2e14, concentration: 8}") + ["signal_to_noise=null"],
    ["\(lens).intensity=0", "\(lens).axis_ratio=0.7", "\(lens).position_angle=0.4"],
    [
      "\(lens).intensity={normal: {mean: 0, standard_deviation: 0, minimum: 0, maximum: 1}}",
      "\(ModelPaths.host).axis_ratio=1",
    ],
    ["\(ModelPaths.host).axis_ratio={normal: {mean: 1, standard_deviation: 0, minimum: 0.5, maximum: 1}}"],
    ["\(ModelPaths.host).axis_ratio=1", noLight],
    ["\(ModelPaths.host).axis_ratio=1", "\(ModelPaths.shear).strength=0", "\(source).axis_ratio=1", noLight],
    ["\(ModelPaths.shear).strength=0", "classes.spherical={\(ModelPaths.shear).strength: 0.1}"],
  ]

  private static let substructure: [[String]] = [
    [ModelPaths.chain(points: 5)],
    ["\(ModelPaths.vortexOfClass).mass_fraction=null", "\(ModelPaths.vortexOfClass).mass=1e10"],
    ["\(subhalos).mass=1e8"], ["\(subhalos).mass=1e8", "\(subhalos).total_mass_fraction=null"],
    ["\(subhalos).radius=0"], ["\(subhalos).profile=sis"], ["\(subhalos).profile=truncated_nfw"],
    ["classes=[spherical]", "\(subhalos).profile=nfw"], ["\(subhalos).count=1"],
    ["\(subhalos).count={choice: [0, 1, 1, 1]}"],
    [
      "classes={a: {planes.lens.halos.points: {pylensing_points: {}}}, b: {planes.lens.halos.chain: {pylensing_chain: {}}}}"
    ],
    [
      "classes={a: {planes.lens.halos.points: {pylensing_points: {count: 1}}}, "
        + "b: {planes.lens.halos.chain: {pylensing_chain: {points: 1, mass: 1e9}}}}"
    ],
  ]

  /// Names of things, and what happens to samples that this spec does not have.
  private static let untried: Set<String> = ["name", "description"]

  @Test(arguments: bases)
  func `a key that is given changes something, or is noted`(_ base: [String]) throws {
    let settings = Self.small + base
    let spec = try loadPopulation("model-a", settings: settings)
    let plain = try Outcome(spec)
    let keys = leaves(SpecVisitor.write(try spec.withDefaults()))
    var tried = 0
    #expect(keys.count > 50)
    for (key, value) in keys where !Self.untried.contains(key) {
      let first = other(value, of: key)
      // What another key excludes is refused; but the values here are good ones.
      guard let (outcome, isNoted) = try outcome(settings, key, first) else { continue }
      tried += 1
      if !isNoted {
        let isOther = try outcome.differs(from: plain, besides: key)
        #expect(isOther, "\(key)=\(first) changes nothing with \(base), and nobody is told")
      } else if let (again, _) = try self.outcome(settings, key, other(.scalar(first), of: key)) {
        #expect(again.isSame(as: outcome, besides: key), "the note on \(key) is not true with \(base)")
        if key.hasSuffix("position_angle") {
          #expect(again.images == plain.images, "\(key) turns what is round with \(base)")
        }
      }
    }
    #expect(tried > 40)
  }

  /// - Returns: Also whether somebody is told that the key has no effect; nil for values that are refused.
  private func outcome(
    _ settings: [String], _ key: String, _ value: String
  ) throws -> (Outcome, isNoted: Bool)? {
    var notes: [SpecNote] = []
    let spec = try? loadPopulation(
      "model-a", settings: settings + ["\(key)=\(value)"], note: { notes.append($0) })
    let isNoted = notes.contains { key == $0.keyPath || key.hasPrefix($0.keyPath + ".") }
    return try spec.map { (try Outcome($0), isNoted) }
  }

  @Test func `keys of a source that never shines are noted`() throws {
    let keys = [
      "effective_radius=2", "sersic_index=2", "axis_ratio=0.5", "position_angle=1", "center=[1, 0]",
    ]
    var notes: [String] = []
    _ = try loadPopulation(
      "model-a",
      settings: ["signal_to_noise=null", "\(Self.source).intensity=0"] + keys.map { "\(Self.source).\($0)" }
    ) { notes.append($0.keyPath) }
    let expected = keys.map { "\(Self.source).\($0.prefix { $0 != "=" })" }
    #expect(notes.sorted() == expected.sorted())
  }

  /// An example of what is drawn is not what all samples have.
  @Test func `what may shine, and what may be elongated, is not noted`() throws {
    var notes: [SpecNote] = []
    for number in 0..<20 {
      let choice = "{weighted_choice: {values: [0, 0.8], weights: [\(20 - number), 1]}}"
      let settings = [
        "\(Self.source).intensity=\(choice)", "\(Self.source).axis_ratio={choice: [1, 0.9]}",
        "redraw.attempts=99",
        "\(Self.source).effective_radius=0.3", "\(Self.source).position_angle=1",
      ]
      _ = try loadPopulation("model-a", settings: settings) { notes.append($0) }
    }
    #expect(notes.isEmpty, "\(notes)")
  }

  /// Shear that only one class has makes its angle matter.
  @Test func `a key that matters for one class is not noted`() throws {
    let none = "\(ModelPaths.shear).strength=0"
    func notes(_ settings: [String]) throws -> [String] {
      var notes: [String] = []
      _ = try loadPopulation("model-a", settings: settings + ["\(ModelPaths.shear).angle=1"]) {
        notes.append($0.keyPath)
      }
      return notes
    }
    #expect(try notes([none]) == ["\(ModelPaths.shear).angle"])
    #expect(try notes([none, "classes.vortex.\(ModelPaths.shear).strength=0.1"]) == [])
    #expect(try notes([none, "classes.vortex.\(ModelPaths.shear)={strength: 0, angle: 2}"]).count == 2)
  }

  @Test(arguments: [
    ("instrument.exposure_time=50", "signal_to_noise decides"),
    ("\(subhalos).truncation=5", "profile is point_mass"), ("\(subhalos).mass=1e7", "scaled"),
    ("accuracy.far_field=direct", "no point masses"),
  ])
  func `a setting without effect says why`(setting: String, reason: String) throws {
    var notes: [SpecNote] = []
    let classes = reason.hasPrefix("no") ? ["classes=[no_sub]"] : []
    _ = try loadPopulation("model-a", settings: classes + [setting], note: { notes.append($0) })
    #expect(notes.count == 1 && notes.first.map { "\($0)".contains(reason) } == true, "\(notes)")
    #expect(notes.first.map { setting.hasPrefix($0.keyPath + "=") } == true)
  }

  @Test func `a key that matters by being there is not said to have no effect`() throws {
    let said =
      "\(Self.subhalos).mass makes all masses equal, its value does not matter: they are scaled to add up to total_mass_fraction"
    for mass in ["1e7", "3e9"] {
      var notes: [SpecNote] = []
      let spec = try loadPopulation(
        "model-a", settings: ["classes.spherical.planes.lens.halos.spherical.subhalos.mass=\(mass)"],
        note: { notes.append($0) })
      #expect(notes.map(\.description) == [said])
      let masses = try PopulationPlan(spec, seed: 1).scene(2).substructure.map(\.mass)
      #expect(masses.count > 1)
      let rounding = 1e-14
      #expect(masses.allSatisfy { abs($0 / masses[0] - 1) < rounding })
    }
  }

  @Test func `what presets give and what show prints is read without a note`() throws {
    for preset in Preset.populations {
      for base in Self.bases {
        let told = base + ["pairs=false"]
        guard let spec = try? loadPopulation(preset.name, settings: told) else { continue }
        var notes: [SpecNote] = []
        let shown = writeSpec(spec)
        _ = try loadPopulation(yaml: shown, note: { notes.append($0) })
        // Values that were noted when they were given are so again; defaults never.
        #expect(notes.allSatisfy { !$0.isDefault })
      }
      var notes: [SpecNote] = []
      _ = try loadPopulation(preset.name, note: { notes.append($0) })
      #expect(notes.isEmpty, "\(preset.name): \(notes)")
    }
    var notes: [SpecNote] = []
    let shown = writeSpec(try loadPopulation("model-a"))
    _ = try loadPopulation(yaml: shown, note: { notes.append($0) })
    #expect(notes.isEmpty, "\(notes)")
  }

  @Test func `a key in a spec file is noted`() throws {
    var notes: [String] = []
    let yaml = """
      planes:
        lens: {mass: {host: {sis: {einstein_radius: 1.1}}, shear: {shear: {strength: 0, angle: 1}}}}
        source: {redshift: 1, light: {galaxy: {sersic: {}}}}
      classes: {no_sub: {}, cloud: {planes.lens.halos.cloud: {subhalos: {radius: 0, angle: 1}}}}
      signal_to_noise: {value: 10}
      instrument: {exposure_time: 300}
      """
    _ = try loadPopulation(yaml: yaml, note: { notes.append($0.keyPath) })
    let expected = [
      "classes.cloud.planes.lens.halos.cloud.subhalos.angle", "instrument.exposure_time",
      "\(ModelPaths.shear).angle",
    ]
    #expect(notes.sorted() == expected)
  }

  /// Nothing said of a class is a class without changes, in a file.
  private static func isClass(_ key: String) -> Bool {
    key.hasPrefix("classes.") && !key.dropFirst("classes.".count).contains(".")
  }

  @Test(arguments: bases)
  func `null removes a key or is refused`(_ base: [String]) throws {
    let written = SpecVisitor.write(try loadPopulation("model-a", settings: Self.small + base))
    var removed = 0
    for key in paths(written) {
      guard let spec = try? loadPopulation("model-a", settings: Self.small + base + ["\(key)=null"]) else {
        continue
      }
      removed += 1
      #expect([nil, .scalar("")].contains(SpecVisitor.write(spec).value(at: key)), "\(key)")
    }
    #expect(removed >= 3, "lens_light, signal_to_noise and others may be left out")
    for key in paths(written) where !Self.isClass(key) {
      var document = written
      try document.set(key.split(separator: "."), to: .scalar(""))
      guard let spec = try? SpecVisitor.read(PopulationSpec.self, from: document) else { continue }
      #expect([nil, .scalar("")].contains(SpecVisitor.write(spec).value(at: key)), "\(key) in a document")
    }
  }

  @Test(arguments: [[], ["\(lens).axis_ratio=0.7"], ["redraw.attempts=3", "\(subhalos).truncation=7"]])
  func `null means the same in a file and in a setting`(_ base: [String]) throws {
    func read(_ document: SpecValue, _ settings: [String]) -> String {
      do {
        return writeSpec(try loadPopulation(yaml: writeYAML(document), settings: settings))
      } catch { return "\(error)" }
    }
    let written = SpecVisitor.write(try loadPopulation("model-a", settings: base))
    for key in paths(written) where !Self.isClass(key) {
      var document = written
      try document.set(key.split(separator: "."), to: .scalar(""))
      #expect(read(document, []) == read(written, ["\(key)=null"]), "\(key)")
    }
  }

  @Test func `null makes no section, and swaps alternatives`() throws {
    let error = #expect(throws: SpecError.self) {
      try loadPopulation("model-a", settings: [Self.noLight, "\(Self.lens).axis_ratio=null"])
    }
    #expect(
      error?.description.contains("nothing to leave out: the spec gives no planes.lens.light.galaxy") == true)
    let shear = "\(ModelPaths.shear).strength"
    let limits = ["mean=0.1", "standard_deviation=0.01", "minimum=0.05", "maximum=0.15"]
    let spec = try loadPopulation(
      "model-a", settings: ["\(shear).uniform=null"] + limits.map { "\(shear).normal.\($0)" })
    #expect(try PopulationPlan(spec, seed: 1).scene(0)[shear] < 0.15)
    let yaml = """
      {redraw: , classes: {a: , b: {planes.lens.mass.host: null}},
      planes: {lens: {mass: {host: {sie: {axis_ratio: {choice: [1, null]}}}, none: null}}, source: {redshift: 1, light: {galaxy: gaussian}}}}
      """
    let bare = try loadPopulation(yaml: yaml)
    let plan = try PopulationPlan(bare, seed: 1)
    #expect(bare.redraw == nil && plan.classes == ["a", "b"] && plan.smoothClass == 0)
    let shears = try [[], ["classes.vortex.planes.lens.mass.shear=null", "classes.vortex.weight=null"]].map {
      try PopulationPlan(try loadPopulation("model-a", settings: $0), seed: 1).scene(1).scene.lens.mass.names
    }
    #expect(shears == [["host", "shear", "vortex"], ["host", "vortex"]])
    #expect(try plan.scene(0).scene.lens.mass.names == ["host"] && plan.scene(1).scene.lens.mass.isEmpty)
  }

  @Test func `classes are picked by a list of names, or left out one by one`() throws {
    func classes(_ settings: [String]) throws -> [String] {
      try loadPopulation("model-a", settings: settings).classes.map(\.name)
    }
    #expect(try classes(["classes=[spherical, no_sub]"]) == ["spherical", "no_sub"])
    #expect(try classes(["classes.vortex=null"]) == ["no_sub", "spherical"])
    for (given, message) in [
      ("[vortx]", "did you mean vortex?"), ("[]", "must be a mapping of names to changes"),
      ("[vortex, vortex]", "must be given once"), ("[{a: 1}]", "classes: a mapping"),
    ] {
      let error = #expect(throws: (any Error).self) { try classes(["classes=\(given)"]) }
      #expect(error.map { "\($0)".contains(message) } == true, "\(given): \(String(describing: error))")
    }
  }

  @Test func `null for what has a default says what would stand`() throws {
    let error = #expect(throws: SpecErrors.self) {
      try loadPopulation("model-a", settings: ["planes.source=null"])
    }
    #expect(error?.errors.first?.keyPath == "planes")
    #expect(error?.description.contains("must be two or more") == true)
    // Given again, it is no default that stands.
    _ = try loadPopulation("model-a", settings: ["instrument.psf=null", "instrument.psf.moffat.fwhm=0.2"])
    #expect(throws: SpecErrors.self) { try loadPopulation("model-a", settings: ["instrument.psf=null"]) }
  }

  @Test func `the library speaks of keys, not of the program's options`() throws {
    for settings in [
      ["planes.lens.mass.host.sie.einstein_radius=1.2"], ["planes.lens.mass.host.sie.virial_mass=1e13"],
      ["x"],
    ] {
      let error = #expect(throws: (any Error).self) { try loadPopulation("model-a", settings: settings) }
      #expect(error.map { !"\($0)".contains("--") } == true)
    }
  }
}

/// All that a dataset would hold of a few samples.
private struct Outcome {
  private var drawn: [DrawnScene] = []
  fileprivate var images: [[Float]] = []
  /// Without noise.
  private var expected: [[Float]] = []
  private var labels: [String] = []
  /// By column; nil for what a sample does not have.
  private var table: [String: [Double?]] = [:]

  init(_ spec: PopulationSpec) throws {
    let plan = try PopulationPlan(spec, seed: 4)
    let (workspace, tables) = (try plan.makeWorkspace(), try DatasetTables(plan))
    // Enough for each split to be drawn.
    for index in 0..<9 {
      let sample = try plan.sample(index, workspace: workspace)
      let observation = sample.observation
      images.append(observation.image.pixels)
      expected.append(zip(observation.sourceLight.pixels, observation.lensLight.pixels).map { $0 + $1 })
      drawn.append(sample.drawn)
      labels.append("\(sample.drawn.label) \(sample.drawn.split) \(sample.drawn.pair ?? -1)")
      for (column, number) in zip(tables.numberColumns, try tables.numbers(of: sample)) {
        table[column.name, default: []].append(number)
      }
    }
  }

  /// Whether anything is different but the column that lists what was drawn for a key. Where only masses can be, their maps
  /// are asked.
  func differs(from other: Outcome, besides key: String) throws -> Bool {
    if labels != other.labels || images != other.images { return true }
    if drawn.map(\.substructure) != other.drawn.map(\.substructure) { return true }
    if columns(besides: key) != other.columns(besides: key) { return true }
    func maps(_ drawn: DrawnScene) throws -> [Double] {
      try drawn.truthMaps(hasCriticalCurves: false).named.flatMap(\.image.pixels)
    }
    return try zip(drawn, other.drawn).contains { try maps($0) != maps($1) }
  }

  /// Whether all is the same but for rounding: masses that are scaled to a sum are not the same bits.
  func isSame(as other: Outcome, besides key: String) -> Bool {
    let (mine, theirs) = (columns(besides: key), other.columns(besides: key))
    let isTold = mine.keys == theirs.keys && mine.allSatisfy { areClose($1, theirs[$0] ?? []) }
    let pieces = zip(drawn.flatMap(\.substructure), other.drawn.flatMap(\.substructure))
    return isTold && labels == other.labels
      && drawn.map(\.substructure.count) == other.drawn.map(\.substructure.count)
      && pieces.allSatisfy { $0.kind == $1.kind && areClose($0.numbers, $1.numbers) }
      && isAsBright(as: other)
  }

  private func columns(besides key: String) -> [String: [Double?]] {
    // The lens light follows the shape of the mass.
    let followers = ["axis_ratio", "position_angle"].filter { key == "\(ModelPaths.host).\($0)" }
    let own = followers.map { "\(ModelPaths.lensLight).\($0)" } + [key]
    return table.filter { !own.map { $0.replacing(".", with: "_") }.contains($0.key) }
  }

  private func areClose(_ mine: [Double?], _ theirs: [Double?]) -> Bool {
    mine.count == theirs.count
      && zip(mine, theirs).allSatisfy { mine, theirs in
        guard let mine, let theirs else { return mine == theirs }
        return abs(mine - theirs) <= 1e-4 * abs(theirs)
      }
  }

  private func isAsBright(as other: Outcome) -> Bool {
    zip(expected, other.expected).allSatisfy { mine, theirs in
      let peak = mine.reduce(0) { max($0, $1) }
      return zip(mine, theirs).allSatisfy { abs($0 - $1) <= 1e-5 * peak }
    }
  }
}

extension SubstructureRecord {
  fileprivate var numbers: [Double?] { [mass, einsteinRadius, x, y, length, angle] }
}

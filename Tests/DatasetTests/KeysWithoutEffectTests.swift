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

  /// Galaxies that single rays of large pixels hold.
  private static let wide = ["lens_light.effective_radius=2", "source.effective_radius=2"]

  /// Specs in which other keys matter: each lies beside a branch of drawing, rendering or exposing.
  static let bases: [[String]] = [
    [], ["pairs=true"], ["signal_to_noise=null"], ["instrument.noise=false"], ["accuracy.precision=float64"],
    ["accuracy.sampling=uniform"] + wide, ["accuracy.subpixels=1"] + wide,
    ["instrument.psf_sampling=subpixel"] + wide,
    ["instrument.psf=none"], ["instrument.psf={moffat: {fwhm: 0.5, kernel_pixels: 5}}"], ["lens_light=null"],
    ["lens_light.axis_ratio=0.7", "lens_light.position_angle=0.4"], ["host.axis_ratio=1"],
    ["shear.strength=0"], ["source.radius=0"], ["source.axis_ratio=1"], ["host.profile=sis"],
    ["host.profile=sis", "lens_light=null"], ["host.velocity_dispersion=null", "host.einstein_mass=2e11"],
    ["host.velocity_dispersion=null", "host.profile=nfw", "host.einstein_radius=1.1"],
    ["host.velocity_dispersion=null", "host.profile=nfw", "host.virial_mass=1e14"],
    ["vortex.representation=chain"], ["vortex.mass_reference=total"], ["spherical.mass=1e8"],
    ["spherical.mass=1e8", "spherical.total_mass_fraction=null"], ["spherical.radius=0"],
    ["spherical.profile=sis"], ["spherical.profile=truncated_nfw"], ["classes=[no_sub]"],
    ["classes=[vortex]"], ["classes=[spherical]", "spherical.profile=nfw"],
    ["instrument.noise=false", "signal_to_noise=null"],
    ["instrument.psf={gaussian: {fwhm: 0.5, kernel_pixels: 1}}"],
    ["instrument.psf={moffat: {fwhm: 0.5, kernel_pixels: 1}}"],
    ["lens_light.intensity=0", "lens_light.axis_ratio=0.7", "lens_light.position_angle=0.4"],
    [
      "lens_light.intensity={normal: {mean: 0, standard_deviation: 0, minimum: 0, maximum: 1}}",
      "host.axis_ratio=1",
    ],
    ["host.axis_ratio={normal: {mean: 1, standard_deviation: 0, minimum: 0.5, maximum: 1}}"],
    ["host.axis_ratio=1", "lens_light=null"],
    ["host.total_mass=1e12"], ["host.total_mass=1e12", "vortex.mass_reference=total"],
    [
      "host.total_mass=1e12", "spherical.mass_reference=total", "spherical.total_mass_fraction=null",
      "spherical.mass=1e8",
    ],
    ["host.total_mass=1e12", "spherical.mass_reference=total"], ["spherical.count=1"],
    ["spherical.count={choice: [0, 1]}", "faults.point_mass_radius_over_count=true"],
    ["faults.point_mass_radius_over_count=true", "spherical.profile=sis"],
    ["faults.point_mass_radius_over_count=true", "vortex.representation=chain", "spherical.profile=nfw"],
    [
      "faults.point_mass_radius_over_count=true", "vortex.representation=chain", "vortex.mass_fraction=0.01",
      "vortex.points=1",
      "classes=[vortex]",
    ],
    ["faults.luminosity_distances=true", "classes=[no_sub, spherical]", "spherical.profile=sis"],
    ["faults.luminosity_distances=true", "classes=[spherical]"],
    ["faults.radians_used_as_degrees=true"],
    ["host.axis_ratio=1", "shear.strength=0", "source.axis_ratio=1", "lens_light=null"],
    ["host.axis_ratio=1", "shear.angle=0", "source.axis_ratio=1", "lens_light.axis_ratio=0.7"],
  ]

  /// Names of things, and what happens to samples that this spec does not have.
  private static let untried: Set<String> = ["name", "description"]

  @Test(arguments: bases)
  func `a key that is given changes something, or is noted`(_ base: [String]) throws {
    let settings = Self.small + base
    let spec = try loadPopulation("model-a", settings: settings)
    let plain = try Outcome(spec)
    let keys = leaves(SpecVisitor.write(spec))
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
      "effective_radius=2", "sersic_index=2", "axis_ratio=0.5", "position_angle=1", "radius=1", "angle=1",
    ]
    var notes: [String] = []
    _ = try loadPopulation(
      "model-a", settings: ["signal_to_noise=null", "source.intensity=0"] + keys.map { "source.\($0)" }
    ) { notes.append($0.keyPath) }
    let expected = keys.map { "source.\($0.prefix { $0 != "=" })" }
    #expect(notes.sorted() == expected.sorted())
  }

  @Test func `total_mass is asked for where a fraction refers to it`() throws {
    let total = ["host.total_mass=null", "spherical.mass_reference=total"]
    #expect(throws: SpecErrors.self) { try loadPopulation("model-a", settings: total) }
    var notes: [String] = []
    _ = try loadPopulation("model-a", settings: total + ["spherical.total_mass_fraction=null"]) {
      notes.append($0.keyPath)
    }
    #expect(notes == ["spherical.mass_reference"])
  }

  @Test(arguments: [
    ("instrument.exposure_time=50", "signal_to_noise decides"),
    ("host.total_mass=2e12", "no mass fraction refers"),
    ("host.concentration=7", "profile is sie"),
    ("host.scale_radius=5", "profile is sie"), ("vortex.points=7", "representation is line"),
    ("spherical.truncation=5", "profile is point_mass"), ("spherical.mass=1e7", "scaled"),
    ("faults.vortex_start_in_degrees=true", "chain"),
  ])
  func `a setting without effect says why`(setting: String, reason: String) throws {
    var notes: [SpecNote] = []
    _ = try loadPopulation("model-a", settings: [setting], note: { notes.append($0) })
    #expect(notes.count == 1 && notes.first.map { "\($0)".contains(reason) } == true, "\(notes)")
    #expect(notes.first.map { setting.hasPrefix($0.keyPath + "=") } == true)
  }

  @Test func `a key that matters by being there is not said to have no effect`() throws {
    let said =
      "spherical.mass makes all masses equal, its value does not matter: they are scaled to add up to total_mass_fraction"
    for mass in ["1e7", "3e9"] {
      var notes: [SpecNote] = []
      let spec = try loadPopulation(
        "model-a", settings: ["spherical.mass=\(mass)"], note: { notes.append($0) })
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

  @Test func `a key in a spec file is noted, its section once`() throws {
    var notes: [String] = []
    let yaml = """
      host: {profile: sis, einstein_radius: 1.1, core_radius: 0.2}
      classes: [no_sub]
      signal_to_noise: {value: 10}
      instrument: {exposure_time: 300}
      vortex: {points: 3}
      """
    _ = try loadPopulation(yaml: yaml, note: { notes.append($0.keyPath) })
    #expect(Set(notes) == ["host.core_radius", "instrument.exposure_time", "vortex"] && notes.count == 3)
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
    for key in paths(written) {
      var document = written
      try document.set(key.split(separator: "."), to: .scalar(""))
      guard let spec = try? SpecVisitor.read(PopulationSpec.self, from: document) else { continue }
      #expect([nil, .scalar("")].contains(SpecVisitor.write(spec).value(at: key)), "\(key) in a document")
    }
  }

  @Test(arguments: [[], ["lens_light.axis_ratio=0.7"], ["redraw.attempts=3", "spherical.truncation=7"]])
  func `null means the same in a file and in a setting`(_ base: [String]) throws {
    func read(_ document: SpecValue, _ settings: [String]) -> String {
      do {
        return writeSpec(try loadPopulation(yaml: writeYAML(document), settings: settings))
      } catch { return "\(error)" }
    }
    let written = SpecVisitor.write(try loadPopulation("model-a", settings: base))
    for key in paths(written) {
      var document = written
      try document.set(key.split(separator: "."), to: .scalar(""))
      #expect(read(document, []) == read(written, ["\(key)=null"]), "\(key)")
    }
  }

  @Test func `null makes no section, and swaps alternatives`() throws {
    let error = #expect(throws: SpecError.self) {
      try loadPopulation("model-a", settings: ["lens_light=null", "lens_light.axis_ratio=null"])
    }
    #expect(error?.description.contains("nothing to leave out: the spec gives no lens_light") == true)
    let settings = ["shear.strength.uniform=null", "shear.strength.normal.mean=0.1"]
    let limits = ["standard_deviation=0.01", "minimum=0.05", "maximum=0.15"]
    let spec = try loadPopulation(
      "model-a", settings: settings + limits.map { "shear.strength.normal.\($0)" })
    #expect(spec.shear.strength.support == 0.05...0.15)
    let yaml = "{host: {einstein_radius: 1, axis_ratio: {choice: [1, null]}}, lens_light: null, redraw: }"
    let bare = try loadPopulation(yaml: yaml)
    #expect(bare.lensLight == nil && bare.redraw == nil && bare.host.axisRatio == .choice([1]))
  }

  @Test func `null for what has a default says what would stand`() throws {
    let error = #expect(throws: SpecErrors.self) { try loadPopulation("model-a", settings: ["source=null"]) }
    #expect(error?.errors.first?.keyPath == "source")
    #expect(error?.description.contains("cannot be left out") == true)
    // Given again, it is no default that stands.
    _ = try loadPopulation("model-a", settings: ["instrument.psf=null", "instrument.psf.moffat.fwhm=0.2"])
    #expect(throws: SpecErrors.self) { try loadPopulation("model-a", settings: ["instrument.psf=null"]) }
  }

  @Test func `the library speaks of keys, not of the program's options`() throws {
    for settings in [["host.profile=nfw", "host.einstein_radius=1.2"], ["host.virial_mass=1e13"], ["x"]] {
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
      expected.append(zip(observation.source.pixels, observation.lens.pixels).map { $0 + $1 })
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
    table.filter { $0.key != key.replacing(".", with: "_") }
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

import Dataset
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
  ]

  /// Names of things, and what happens to samples that this spec does not have.
  private static let untried: Set<String> = ["name", "description"]

  @Test(arguments: bases)
  func `a key that is given changes something, or is noted`(_ base: [String]) throws {
    let settings = Self.small + base
    let spec = try loadPopulation("model-a", settings: settings)
    let plain = try Outcome(spec)
    let keys = leaves(SpecVisitor.write(spec), "")
    #expect(keys.count > 50)
    for (key, value) in keys where !Self.untried.contains(key) {
      let first = other(value, of: key)
      // What another key excludes is refused; but the values here are good ones.
      guard let (outcome, isNoted) = try outcome(settings, key, first) else { continue }
      if !isNoted {
        #expect(outcome != plain, "\(key)=\(first) changes nothing with \(base), and nobody is told")
      } else if let (again, _) = try self.outcome(settings, key, other(.scalar(first), of: key)) {
        #expect(again.isAsBright(as: outcome), "the note on \(key) is not true with \(base)")
        if key.hasSuffix("position_angle") {
          #expect(again.images == plain.images, "\(key) turns what is round with \(base)")
        }
      }
    }
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

  @Test(arguments: [
    ("instrument.exposure_time=50", "signal_to_noise decides"), ("host.concentration=7", "profile is sie"),
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
    for key in paths(written, "") {
      guard let spec = try? loadPopulation("model-a", settings: Self.small + base + ["\(key)=null"]) else {
        continue
      }
      removed += 1
      #expect([nil, .scalar("")].contains(SpecVisitor.write(spec).value(at: key)), "\(key)")
    }
    #expect(removed >= 3, "lens_light, signal_to_noise and others may be left out")
    for key in paths(written, "") {
      var document = written
      try document.set(key.split(separator: "."), to: .scalar(""))
      guard let spec = try? SpecVisitor.read(PopulationSpec.self, from: document) else { continue }
      #expect([nil, .scalar("")].contains(SpecVisitor.write(spec).value(at: key)), "\(key) in a document")
    }
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
private struct Outcome: Equatable {
  var images: [[Float]] = []
  /// Without noise.
  private var expected: [[Float]] = []
  var table: [[String]] = []

  init(_ spec: PopulationSpec) throws {
    let plan = try PopulationPlan(spec, seed: 4)
    let (workspace, tables) = (try plan.makeWorkspace(), try DatasetTables(plan))
    // Enough for each split to be drawn.
    for index in 0..<9 {
      let sample = try plan.sample(index, workspace: workspace)
      let observation = sample.observation
      images.append(observation.image.pixels)
      expected.append(zip(observation.source.pixels, observation.lens.pixels).map { $0 + $1 })
      let drawn = sample.drawn
      table.append(
        ["\(drawn.label) \(drawn.split) \(drawn.pair ?? -1)"]
          + tables.numbers(of: sample).map { $0.map { "\($0)" } ?? "" } + drawn.substructure.map { "\($0)" })
    }
  }

  /// Whether images are the same but for rounding: masses that are scaled to a sum are not the same bits.
  func isAsBright(as other: Outcome) -> Bool {
    zip(expected, other.expected).allSatisfy { mine, theirs in
      let peak = mine.reduce(0) { max($0, $1) }
      return zip(mine, theirs).allSatisfy { abs($0 - $1) <= 1e-5 * peak }
    }
  }
}

private func writeSpec(_ spec: PopulationSpec) -> String {
  // JSON is YAML: one line will do.
  func text(_ value: SpecValue) -> String {
    switch value {
    case .scalar(let text): "\"\(text)\""
    case .list(let items): "[" + items.map(text).joined(separator: ", ") + "]"
    case .map(let entries): "{" + entries.map { "\($0.key): " + text($0.value) }.joined(separator: ", ") + "}"
    }
  }
  return text(SpecVisitor.write(spec))
}

private let priors: Set<String> = ["uniform", "log_uniform", "normal", "power_law", "poisson", "choice"]

/// Keys with a value of their own: a number, a word, a list or a prior.
private func leaves(_ value: SpecValue, _ path: String) -> [(key: String, value: SpecValue)] {
  guard case .map(let entries) = value, !entries.contains(where: { priors.contains($0.key) }) else {
    return [(path, value)]
  }
  return entries.flatMap { leaves($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
}

/// All keys and sections, but not what is inside of priors.
private func paths(_ value: SpecValue, _ path: String) -> [String] {
  guard case .map(let entries) = value, !entries.contains(where: { priors.contains($0.key) }) else {
    return [path]
  }
  return (path.isEmpty ? [] : [path])
    + entries.flatMap { paths($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
}

/// Another good value for a key.
private func other(_ value: SpecValue, of key: String) -> String {
  let words = [
    "float32": "float64", "float64": "float32", "adaptive": "uniform", "uniform": "adaptive", "peak": "total",
    "per_pixel": "per_square_arcsec", "pixel": "subpixel", "subpixel": "pixel", "sie": "sis", "sis": "sie",
    "half_light": "linear", "einstein": "total", "total": "einstein", "line": "chain", "chain": "line",
    "point_mass": "sis", "truncated_nfw": "point_mass", "nfw": "point_mass", "automatic": "coarse",
    "coarse": "direct",
    "true": "false", "false": "true",
  ]
  switch value {
  case .scalar(let text):
    if let word = words[text] { return word }
    if ["width", "height", "points", "kernel_pixels"].contains(where: { key.hasSuffix($0) }) {
      return "\((Int(text) ?? 0) + 2)"
    }
    if key.hasPrefix("split.") { return "0.7" }
    if key.hasSuffix("subpixels") { return text == "3" ? "2" : "3" }
    if key == "faults.distinct_values" { return "3" }
    if key.hasSuffix("count") { return "\((Int(text) ?? 0) + 1)" }
    guard let number = Double(text) else { return "none" }
    if key == "accuracy.refinement_threshold" { return "1e-5" }
    return "\(number == 0 ? 0.11 : number * 0.83)"
  case .list(let items): return items.count > 1 ? "[vortex]" : "[no_sub, spherical]"
  case .map:
    return key.hasSuffix("mass")
      ? "3e7" : key.hasSuffix("count") ? "3" : key.hasSuffix("fraction") ? "0.02" : "0.77"
  }
}

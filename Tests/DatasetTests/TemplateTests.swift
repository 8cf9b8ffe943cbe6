import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Populations
import Priors
import Simulation
import Testing

/// Populations as scenes in which any number may be drawn.
struct TemplateTests {
  private static let planes = """
    lens:
      redshift: {uniform: [0.3, 0.5]}
      mass:
        host: {sie: {velocity_dispersion: {uniform: [250, 320]}, axis_ratio: {uniform: [0.5, 1]}, center: [{uniform: [-0.1, 0.1]}, 0.05]}}
        shear: {shear: {strength: {uniform: [0, 0.1]}, angle: 0.3}}
      light:
        galaxy: {sersic: {axis_ratio: {same_as: planes.lens.mass.host.sie.axis_ratio}, center: {same_as: planes.lens.mass.host.sie.center}}}
    source:
      redshift: {uniform: [0.8, 1.2]}
      light:
        galaxy: {sersic: {intensity: 5, effective_radius: {linear: {of: planes.source.redshift, slope: 0.1, offset: 0.1}}, center: {radius: {uniform: [0, 0.2]}, angle: {uniform: [0, 6]}, about: planes.lens.mass.host.sie.center}}}
    """

  private func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  private func document(_ classes: String, planes: String = Self.planes) -> String {
    """
    name: test
    classes:
    \(indented(classes))
    instrument: {width: 24, height: 20, pixel_scale: 0.2}
    planes:
    \(indented(planes))
    """
  }

  private static let classes = """
    no_sub: {}
    dwarf:
      planes.lens.mass.dwarf: {point_mass: {mass: {log_uniform: [1e9, 1e10]}, center: {x: {normal: {}}, y: 0.2, about: planes.lens.mass.host.sie.center}}}
    vortex:
      planes.lens.mass.line: {line_mass: {mass_fraction: {uniform: [0.03, 0.05]}, length: 1}}
      planes.lens.mass.shear: null
    """

  private func spec(_ classes: String = Self.classes, _ settings: [String] = []) throws -> PopulationSpec {
    try loadPopulation(yaml: document(classes), settings: settings)
  }

  private func plan(_ classes: String = Self.classes, _ settings: [String] = []) throws -> PopulationPlan {
    try PopulationPlan(try spec(classes, settings), seed: 4)
  }

  private func field<Kind>(_ scene: SceneSpec, mass name: String) throws -> Kind {
    try #require(scene.lens.mass[name]?.parameters as? Kind)
  }

  @Test func `classes take turns, and have what they change`() throws {
    let plan = try plan()
    #expect(plan.classes == ["no_sub", "dwarf", "vortex"])
    #expect((0..<6).map { plan.label(of: $0) } == plan.classes + plan.classes)
    #expect(plan.classes.map { plan.hasSubstructure($0) } == [false, true, true])
    let scenes = try (0..<3).map { try plan.scene($0) }
    #expect(
      scenes.map { $0.scene.lens.mass.names } == [
        ["host", "shear"], ["host", "shear", "dwarf"], ["host", "line"],
      ])
    #expect(scenes.map(\.isSmooth) == [true, false, false])
    #expect(scenes.map { $0.substructure.map(\.kind) } == [[], ["point_mass"], ["line_mass"]])
  }

  @Test func `what was drawn is in the scene, and what refers to it follows`() throws {
    let plan = try plan()
    for index in 0..<60 {
      let drawn = try plan.scene(index)
      let scene = drawn.scene
      let host: IsothermalEllipsoidSpec = try field(scene, mass: "host")
      let (lens, source) = (scene.lens.redshift, scene.source.redshift)
      #expect(drawn["planes.lens.redshift"] == lens && drawn["planes.source.redshift"] == source)
      let cosmology = SimpsonCosmology(lens: lens, source: source)
      let radius = cosmology.einsteinRadius(
        velocityDispersion: drawn["planes.lens.mass.host.sie.velocity_dispersion"])
      #expect(abs(host.einsteinRadius / radius - 1) < SimpsonCosmology.tolerance)
      #expect(abs(drawn["derived.einstein_radius"] / radius - 1) < SimpsonCosmology.tolerance)
      #expect(host.axisRatio == drawn["planes.lens.mass.host.sie.axis_ratio"])
      #expect(host.center == [drawn["planes.lens.mass.host.sie.center.0"], 0.05])
      let light = try #require(scene.lens.light[0].parameters as? SersicSpec)
      #expect(light.axisRatio == host.axisRatio && light.center == host.center)
      let galaxy = try #require(scene.source.light[0].parameters as? SersicSpec)
      #expect(abs(galaxy.effectiveRadius - (0.1 * source + 0.1)) < 1e-15)
      let (r, phi) = (
        drawn["planes.source.light.galaxy.sersic.center.radius"],
        drawn["planes.source.light.galaxy.sersic.center.angle"]
      )
      #expect(abs(galaxy.center[0] - host.center[0] - r * cos(phi)) < 1e-12)
      #expect(abs(galaxy.center[1] - host.center[1] - r * sin(phi)) < 1e-12)
      if index % 3 == 1 {
        let point: PointMassSpec = try field(scene, mass: "dwarf")
        let mass = drawn["planes.lens.mass.dwarf.point_mass.mass"]
        #expect(
          abs(cosmology.mass(einsteinRadius: point.einsteinRadius) / mass - 1) < SimpsonCosmology.tolerance)
        let x = drawn["planes.lens.mass.dwarf.point_mass.center.x"]
        #expect(point.center == [host.center[0] + x, host.center[1] + 0.2])
        #expect(drawn.substructure[0].x == point.center[0])
        #expect(abs(drawn.substructure[0].mass / mass - 1) < 1e-12)
        #expect(abs(drawn["derived.substructure_mass"] / mass - 1) < 1e-12)
      } else if index % 3 == 2 {
        let line: UniformLineSpec = try field(scene, mass: "line")
        let fraction = drawn["planes.lens.mass.line.line_mass.mass_fraction"]
        #expect(abs(pow(line.einsteinRadius / radius, 2) / fraction - 1) < SimpsonCosmology.tolerance)
      }
      // Bare numbers are no columns.
      #expect(
        !drawn.parameters.contains {
          $0.name.hasSuffix("length") || $0.name.hasSuffix("planes.lens.mass.shear.shear.angle")
        })
    }
  }

  @Test func `drawn numbers follow their priors, independently of each other`() throws {
    let plan = try plan("only: {}")
    let scenes = try (0..<2000).map { try plan.scene($0) }
    let names = scenes[0].parameters.map(\.name).filter { $0.hasPrefix("planes.") }
    #expect(names.count == 10)
    let ranges: [(String, Double, Double)] = [
      ("planes.lens.redshift", 0.3, 0.5), ("planes.lens.mass.host.sie.axis_ratio", 0.5, 1),
      ("planes.source.light.galaxy.sersic.center.angle", 0, 6),
    ]
    for (name, low, high) in ranges {
      let tail = kolmogorovSmirnovTail(scenes.map { $0[name] }) { ($0 - low) / (high - low) }
      #expect(tail > smallestTail, "\(name): chance \(tail)")
    }
    let (a, b) = (scenes.map { $0[ranges[0].0] - 0.4 }, scenes.map { $0[ranges[1].0] - 0.75 })
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / 2000
    #expect(abs(product) < 4.5 * (0.2 * 0.5 / 12) / 2000.0.squareRoot())
  }

  @Test func `what is added elsewhere moves no draw, and pairs share the sky`() throws {
    let (plain, more) = (
      try plan("only: {}"),
      try plan("only: {}", ["planes.lens.mass.halo={nfw: {scale_radius: {uniform: [1, 2]}}}", "pairs=true"])
    )
    for index in 0..<10 {
      let (a, b) = (try plain.scene(index), try more.scene(index))
      for parameter in a.parameters where parameter.name.hasPrefix("planes.") {
        #expect(b[parameter.name] == parameter.value, "\(parameter.name)")
      }
    }
    let pairs = try plan(Self.classes, ["pairs=true", "signal_to_noise={value: {uniform: [10, 30]}}"])
    let workspace = try pairs.makeWorkspace()
    let tuple = try (0..<3).map { try pairs.sample(3 + $0, workspace: workspace) }
    for name in [
      "planes.lens.redshift", "planes.source.light.galaxy.sersic.center.radius", "signal_to_noise.value",
    ] {
      #expect(Set(tuple.map { $0.drawn[name] }).count == 1)
    }
    #expect(Set(tuple.map(\.observation.exposureTimes)).count == 1)
    #expect(Set(tuple.map(\.drawn.pair)) == [1])
    // On its own, each is exposed the same.
    let alone = try pairs.sample(5, workspace: try pairs.makeWorkspace())
    #expect(alone.observation.image == tuple[2].observation.image)
  }

  @Test(arguments: [
    (
      "planes.lens.mass.host.sie.axis_ratio={uniform: [0, 1]}",
      "planes.lens.mass.host.sie.axis_ratio: values from 0 to 1 given, must be at least 0.05"
    ),
    (
      "planes.source.redshift={uniform: [0.4, 1]}",
      "planes.source.redshift: as low as 0.4 given, must be greater than the lens redshift 0.5"
    ),
    (
      "planes.lens.light.galaxy.sersic.axis_ratio={same_as: planes.lens.mass.hots.sie.axis_ratio}",
      "planes.lens.light.galaxy.sersic.axis_ratio: 'planes.lens.mass.hots.sie.axis_ratio' given, must be the path of a number"
    ),
    (
      "planes.lens.light.galaxy.sersic.axis_ratio={same_as: planes.source.redshift}",
      "planes.lens.light.galaxy.sersic.axis_ratio: values from 0.8 to 1.2 given"
    ),
    ("planes.lens.light.galaxy.sersic.center={same_as: planes.lens.redshift}", "must be the path of a place"),
    (
      "planes.lens.mass.shear.shear.strength={same_as: planes.lens.mass.shear.shear.strength}",
      "planes.lens.mass.shear.shear.strength: a reference given, must not lead back to itself"
    ),
    (
      "planes.lens.mass.shear.shear.angle={linear: {slope: 2}}",
      "planes.lens.mass.shear.shear.angle.linear.of: nothing given"
    ),
    ("planes.lens.mass.shear.shear.angle={sameas: planes.lens.redshift}", "did you mean same_as?"),
    (
      "planes.lens.mass.shear.shear.angle={uniform: [0, {uniform: [1, 2]}]}",
      "planes.lens.mass.shear.shear.angle.uniform.1: a prior given, must be a number"
    ),
    (
      "planes.lens.mass.shear.shear.center={radius: 1}",
      "planes.lens.mass.shear.shear.center.angle: nothing given, must be given"
    ),
    (
      "planes.lens.mass.shear.shear.center={radius: -1, angle: 0}",
      "planes.lens.mass.shear.shear.center.radius: -1 given"
    ),
    ("planes.lens.mass.shear.shear.centre=[0, 0]", "did you mean center?"),
    ("classes.dwarf=3", "classes.dwarf: '3' given, must be a mapping of paths"),
    ("classes.no-sub={}", "classes: the name 'no-sub' given, must be of up to 32 letters, digits and '_'"),
    ("classes={}", "classes: "),
    (
      "classes={a: {instrument.width: 3}}",
      "classes.a: 'instrument.width' given, must be weight or the path of something in planes"
    ),
    (
      "classes={a: {planes.lens.mass.x: {sie: {axis_ratio: 2}}}}",
      "classes.a.planes.lens.mass.x.sie.axis_ratio: 2 given"
    ),
    ("host={profile: sis}", "host: an unknown key given"),
    (
      "classes={a: {planes.lens.mass.x: {truncated_nfw: {scale_radius: {uniform: [1, 2]}}}, "
        + "planes.lens.mass.x_truncated: {nfw: {scale_radius: {uniform: [1, 2]}}}}}",
      "the column planes_lens_mass_x_truncated_nfw_scale_radius given, must not be that of"
    ),
    (
      "classes={a: {planes.lens.redshift: 0.2, planes: {lens: {redshift: 0.3}}}}",
      "classes.a.planes.lens.redshift: two values given, must be given once"
    ),
    (
      "classes={a: {planes.lens.mass.sheer: null}}",
      "classes.a.planes.lens.mass.sheer: null given, there is nothing"
    ),
    ("classes={a: {planes: {lens: {mass: {}}}}}", "classes.a.planes.lens.mass: an empty mapping given"),
    (
      "planes.lens.redshift={truncated: {prior: {pool: {prior: {uniform: [0.1, 0.4]}}}, maximum: 0.3}}",
      "a pool given, must be another prior"
    ),
    ("classes=[dwarf, vortx]", "did you mean vortex?"),
    ("instrument.width={uniform: [10, 20]}", "instrument.width"),
  ])
  func `what cannot be drawn is refused at its place`(setting: String, message: String) throws {
    let error = #expect(throws: (any Error).self) { _ = try spec(Self.classes, [setting]) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  @Test func `a key without effect is noted, in planes too`() throws {
    var notes: [SpecNote] = []
    _ = try loadPopulation(
      yaml: document("only: {}"), settings: ["planes.lens.mass.shear.shear={strength: 0, angle: 1}"]
    ) { notes.append($0) }
    #expect(notes.map(\.keyPath) == ["planes.lens.mass.shear.shear.angle"])
  }

  @Test func `columns have the units of their keys`() throws {
    let tables = try DatasetTables(try plan())
    let units = Dictionary(uniqueKeysWithValues: tables.sampleColumns.map { ($0.name, $0.unit) })
    #expect(units["planes_lens_mass_host_sie_velocity_dispersion"] == "km/s")
    #expect(units["planes_lens_mass_host_sie_axis_ratio"] == "")
    #expect(units["planes_source_light_galaxy_sersic_center_radius"] == "arcsec")
    #expect(units["planes_lens_mass_dwarf_point_mass_mass"] == "solMass")
    #expect(units["derived_einstein_mass"] == "solMass")
  }

  @Test func `a dataset resumes, merges and verifies, and its forecast stands beside it`() throws {
    try withScratchFolder { folder in
      var spec = try spec()
      (spec.forecast, spec.split.validation) = (true, 0.3)
      try generate(spec, count: 8, to: "\(folder)/whole")
      let plan = try PopulationPlan(spec, seed: 1)
      for number in 1...3 {
        let shard = try SampleShard(number: number, count: 3)
        let samples = try shard.samples(of: 24)
        let generator = try DatasetGenerator(
          plan, samples: samples, of: 24, threads: 1, output: shard.folder(of: "\(folder)/parts"))
        _ = try generator.run(.refuse, versions: ["swift_lensing": "test"], instructionSet: "test") { _ in }
      }
      let names = try (1...3).map { try SampleShard(number: $0, count: 3).folder(of: "\(folder)/parts") }
      _ = try DatasetMerge(names, output: "\(folder)/merged").run(.refuse) { _ in }
      try expectSameFiles("\(folder)/whole", "\(folder)/merged")
      let reader = try DatasetReader("\(folder)/whole")
      #expect(SpecVisitor.write(reader.spec) == SpecVisitor.write(spec))
      #expect(reader.manifest.files.contains { $0.name == "dwarf_train.npy" })
    }
  }

  @Test func `classes of unequal weight take turns by their weights, and growth moves none`() throws {
    let weighted = """
      no_sub: {}
      dwarf: {weight: 3, planes.lens.mass.dwarf: {point_mass: {mass: 1e9}}}
      vortex: {weight: 6, planes.lens.mass.line: {line_mass: {mass: 1e9}}}
      """
    let plan = try plan(weighted)
    #expect(plan.turnLength == 10 && !plan.hasTuples)
    let labels = (0..<1000).map { plan.label(of: $0) }
    #expect(["no_sub", "dwarf", "vortex"].map { label in labels.count { $0 == label } } == [100, 300, 600])
    // Evenly: no class is ever ahead of its share by more than one sample.
    for (label, share) in [("no_sub", 0.1), ("dwarf", 0.3), ("vortex", 0.6)] {
      var count = 0.0
      for (index, found) in labels.enumerated() {
        if found == label { count += 1 }
        #expect(abs(count - share * Double(index + 1)) < 1)
      }
    }
    for (position, name) in plan.classes.enumerated() {
      let indices = (0..<60).map { plan.index(of: $0, ofClass: position) }
      #expect(indices == Array((0..<1000).filter { labels[$0] == name }.prefix(60)))
    }
    // In lowest terms, so that a common factor changes nothing.
    let halves = """
      no_sub: {weight: 2}
      dwarf: {weight: 6, planes.lens.mass.dwarf: {point_mass: {mass: 1e9}}}
      vortex: {weight: 12, planes.lens.mass.line: {line_mass: {mass: 1e9}}}
      """
    let other = try self.plan(halves)
    #expect((0..<50).map { other.label(of: $0) } == Array(labels.prefix(50)))
    try withScratchFolder { folder in
      let spec = try spec(weighted)
      let manifest = try generate(spec, count: 2, to: "\(folder)/a")
      #expect(manifest.sampleCount == 20)
      #expect(manifest.parts.map { "\($0.label) \($0.count)" } == ["no_sub 2", "dwarf 6", "vortex 12"])
    }
  }

  @Test(arguments: [
    ("classes={a: {weight: 0}}", "classes.a.weight: '0' given, must be a whole number from 1 to 1000"),
    ("classes={a: {weight: 1.5}}", "classes.a.weight: '1.5' given"),
    ("classes={a: {weight: [2]}}", "classes.a.weight: a list of 1 given"),
  ])
  func `a weight that is none is refused`(setting: String, message: String) throws {
    let error = #expect(throws: SpecErrors.self) { _ = try spec(Self.classes, [setting]) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  @Test func `tuples need every class once`() throws {
    let error = #expect(throws: SpecErrors.self) {
      _ = try spec("a: {}\nb: {weight: 2, planes.lens.mass.x: {sis: {}}}", ["pairs=true"])
    }
    #expect(error.map { "\($0)" } == "pairs: true given, needs classes of the same weight")
  }

  /// Halos of the shared scene are expanded behind its masses, those of a class behind what the class adds.
  @Test func `the substructure of a class is what the class adds, whatever all classes have`() throws {
    let halos = "planes.lens.halos={field: {subhalos: {count: 5, mass: {uniform: [1e8, 1e9]}}}}"
    let classes = """
      no_sub: {}
      line: {planes.lens.mass.line: {line_mass: {mass: 1e10, length: 1}}}
      cloud: {planes.lens.halos.cloud: {subhalos: {count: 3, mass: {uniform: [1e8, 1e9]}}}}
      sheared: {planes.lens.mass.shear.shear.strength: 0.2}
      """
    let plan = try plan(classes, [halos, "instrument.noise=false"])
    let scenes = try (0..<4).map { try plan.scene($0) }
    #expect(scenes.map { $0.substructure.count } == [0, 1, 3, 0])
    #expect(scenes[1].scene.lens.mass.names.last == "line" && scenes[1].scene.lens.mass.count == 8)
    for (scene, kind) in [(scenes[1], "line_mass"), (scenes[2], "point_mass")] {
      let last = scene.scene.lens.mass.suffix(scene.substructure.count)
      #expect(last.map { $0.written() } == scene.substructureMasses.map { $0.written() })
      #expect(scene.substructure.allSatisfy { $0.kind == kind })
    }
    #expect(scenes[2].scene.lens.mass.names.suffix(3) == ["cloud_0", "cloud_1", "cloud_2"])
    // A change that adds no mass is seen by a forecast all the same.
    let forecast = try DetectabilityForecast(plan)
    let workspace = try plan.makeWorkspace()
    let known = try (0..<4).map { try forecast(plan.sample($0, workspace: workspace)).known }
    #expect(known[0] == 0 && known.dropFirst().allSatisfy { $0 > 0 }, "\(known)")
  }

  @Test(arguments: ["halo_1", "halo"])
  func `halos that would take the name of a mass are refused`(name: String) throws {
    let error = #expect(throws: SpecErrors.self) {
      _ = try spec("a: {}", ["planes.lens.mass.\(name)={sis: {}}", "planes.lens.halos={halo: subhalos}"])
    }
    #expect(
      error.map { "\($0)".contains("must not be that of a mass or its beginning, as of \(name)") } == true)
  }

  /// Random populations: whatever is read can be drawn, and every value lies in what its key allows, since it reads back.
  @Test func `what was drawn can be read as a scene`() throws {
    let priors = [
      "0.6", "{uniform: [0.5, 0.9]}", "{beta: {a: 0.05, b: 3, minimum: 0.05}}", "{choice: [0.1, 1]}",
      "{truncated: {prior: {half_normal: {standard_deviation: 3, minimum: 0.05}}, maximum: 1}}",
      "{same_as: planes.lens.mass.host.sie.axis_ratio}",
      "{linear: {of: planes.lens.redshift, slope: -1, offset: 1, scatter: 0.02}}",
      "{power: {of: planes.lens.redshift, factor: 0.5, pivot: 0.4, exponent: -1.5, scatter: 0.02}}",
    ]
    for number in 0..<60 {
      let stream = RandomKey(seed: 77, sample: UInt64(number)).stream("choice")
      func pick(_ k: UInt32, _ count: Int) -> String { priors[Int(stream.uniform(k) * Double(count))] }
      let settings = [
        "planes.lens.mass.host.sie.axis_ratio=\(pick(0, 5))",
        "planes.lens.light.galaxy.sersic.axis_ratio=\(pick(1, 8))",
        "planes.source.light.galaxy.sersic.axis_ratio=\(pick(2, 8))",
        "planes.lens.mass.shear.shear.center={radius: \(pick(3, 8)), angle: \(pick(4, 8)), about: planes.source.light.galaxy.sersic.center}",
      ]
      let plan = try plan(Self.classes, settings)
      for index in 0..<12 {
        let written = SpecVisitor.write(try plan.scene(index).scene)
        let again = try SpecVisitor.read(SceneSpec.self, from: written)
        #expect(SpecVisitor.write(again) == written, "\(settings)")
      }
    }
  }

  @Test func `the example of docs/spec.md draws`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try readText(folder.appending(path: "docs/spec.md").path)
    let section = try #require(page.range(of: "## Populations"))
    let start = try #require(page.range(of: "```yaml\n", range: section.upperBound..<page.endIndex))
    let end = try #require(page.range(of: "```", range: start.upperBound..<page.endIndex))
    let plan = try PopulationPlan(try loadPopulation(yaml: String(page[start.upperBound..<end.lowerBound])))
    #expect(plan.classes == ["no_sub", "dwarf"])
    for index in 0..<20 { _ = try plan.scene(index) }
  }
}

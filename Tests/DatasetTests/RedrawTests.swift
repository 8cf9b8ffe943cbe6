import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// Samples that cannot be rendered are drawn again where the spec says so: bounded, counted, and the same from everywhere.
struct RedrawTests {
  /// Every other source has no light, so that no exposure time gives the signal-to-noise ratio.
  private static let dark = ["planes.source.light.galaxy.sersic.intensity={choice: [0.8, 0]}"]
  private static let settings = dark + ["redraw.attempts=60"]

  private func plan(_ settings: [String] = settings, seed: UInt64 = 8) throws -> PopulationPlan {
    try PopulationPlan(try smallPopulation("model-a", settings), seed: seed)
  }

  private func samples(_ plan: PopulationPlan, _ indices: Range<Int>) throws -> [Sample] {
    let workspace = try plan.makeWorkspace()
    return try indices.map { try plan.sample($0, workspace: workspace) }
  }

  @Test func `without the key a dark sample is an error that names the key`() throws {
    let plan = try plan(Self.dark)
    let error = #expect(throws: SampleError.self) { try samples(plan, 0..<40) }
    #expect(error?.description.hasSuffix("the key redraw.attempts makes such samples be drawn again") == true)
  }

  @Test func `every sample has light, and those that had it at once are as without the key`() throws {
    let (plan, plain) = (try plan(), try plan(Self.dark))
    let all = try samples(plan, 0..<90)
    #expect(all.allSatisfy { $0.drawn["planes.source.light.galaxy.sersic.intensity"] == 0.8 })
    let once = all.filter { $0.drawn.redraws == 0 }
    // A half, give or take five standard deviations of 4.7.
    #expect((22...68).contains(once.count) && all.contains { $0.drawn.redraws > 1 })
    let workspace = try plain.makeWorkspace()
    for sample in once {
      let same = try plain.sample(sample.drawn.index, workspace: workspace)
      #expect(same.observation.image == sample.observation.image)
    }
    // A redrawn sky is another sky: nothing of a first draw is kept, and no two are alike.
    #expect(Set(all.map { $0.drawn["planes.source.light.galaxy.sersic.center.angle"] }).count == all.count)
  }

  @Test func `whoever draws a scene draws the same one`() throws {
    let plan = try plan()
    for sample in try samples(plan, 0..<24) {
      let index = sample.drawn.index
      #expect(try plan.scene(index).parameters == sample.drawn.parameters)
      #expect(try plan.scene(index).redraws == sample.drawn.redraws)
      let scene = try plan.observedScene(index).scene
      let light = SpecVisitor.write(scene)["planes"]
      #expect(light == SpecVisitor.write(sample.drawn.scene)["planes"])
    }
  }

  @Test func `threads, shards, an interruption and growth give the same bytes, and verify finds them`() throws
  {
    try withScratchFolder { folder in
      let plan = try plan()
      func run(_ samples: Range<Int>, _ name: String, threads: Int, stop: Bool = false) throws {
        var contents = DatasetContents()
        contents.truthMaps = [.deflection, .noiseFree]
        let generator = try DatasetGenerator(
          plan, samples: samples, of: 300, contents: contents, threads: threads, output: "\(folder)/\(name)")
        _ = try generator.run(
          .resume, versions: [:], instructionSet: "", shouldStop: { stop }, progress: { _ in })
      }
      try run(0..<300, "whole", threads: 1)
      #expect(throws: GenerationStopped.self) { try run(0..<300, "again", threads: 1, stop: true) }
      try run(0..<300, "again", threads: 3)
      try expectSameFiles("\(folder)/whole", "\(folder)/again")
      try run(0..<110, "a", threads: 2)
      try run(110..<300, "b", threads: 2)
      _ = try DatasetMerge(["\(folder)/a", "\(folder)/b"], output: "\(folder)/m").run(.refuse) { _ in }
      try expectSameFiles("\(folder)/whole", "\(folder)/m")
      let verification = try DatasetVerification("\(folder)/whole")
      #expect(try verification.faultsOfImages(verification.samples(60), threads: 2).isEmpty)
      try expectCounts("\(folder)/whole")
    }
  }

  /// The table, the manifest and the samples tell the same.
  private func expectCounts(_ dataset: String) throws {
    let table = try CSVTableReader("\(dataset)/samples.csv")
    let column = try #require(table.heading.firstIndex(of: "redraws"))
    var counts: [Double] = []
    while let row = try table.next() { counts.append(try #require(Double(row[column]))) }
    let redraws = try #require(try Manifest(ofDataset: dataset).redraws)
    #expect(redraws.samples == counts.count { $0 > 0 } && redraws.draws == Int(counts.reduce(0, +)))
    #expect(redraws.samples > 100 && redraws.draws > redraws.samples)
  }

  @Test func `the samples of a pair are drawn again together`() throws {
    // Some skies, or some members of them alone, are brighter than an exposure can hold.
    let settings = [
      "pairs=true", "redraw.attempts=60", "signal_to_noise=null", "instrument.exposure_time=1e8",
      "planes.source.light.galaxy.sersic.intensity={uniform: [5, 40]}",
      "classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction={choice: [1e-12, 1]}",
    ]
    let plan = try plan(settings)
    let all = try samples(plan, 0..<60)
    for start in stride(from: 0, to: 60, by: 3) {
      let group = all[start..<start + 3]
      for name in [
        "planes.source.light.galaxy.sersic.center.angle", "planes.source.light.galaxy.sersic.center.radius",
        "planes.lens.mass.shear.shear.strength", "planes.lens.mass.host.sie.axis_ratio",
      ] {
        #expect(Set(group.map { $0.drawn[name] }).count == 1, "\(name) of pair \(start / 3)")
      }
      #expect(Set(group.map(\.drawn.redraws)).count == 1)
      #expect(Set(group.map(\.observation.exposureTimes)).count == 1)
    }
    #expect(Set(all.map(\.drawn.redraws)).count > 1)
    #expect(try plan.scene(3).parameters == all[3].drawn.parameters)
  }

  @Test func `attempts that run out are the error of the last one`() throws {
    let plan = try plan(["planes.source.light.galaxy.sersic.intensity=0", "redraw.attempts=3"])
    let error = #expect(throws: SampleError.self) { try samples(plan, 4..<5) }
    #expect(error?.index == 4 && error?.redraws == 3)
    #expect(error?.description.hasSuffix("(and so with 3 further draws)") == true)
  }

  @Test func `a set that combines few values combines the same ones`() throws {
    let few =
      Self.settings + [
        "\(ModelPaths.source).center.angle={pool: {prior: {uniform: [0, 6]}, values: 4}}",
        "\(ModelPaths.source).intensity={choice: [0, 0.8, 0.8, 0.8]}",
      ]
    let angles = Set(
      try samples(try plan(few), 0..<80).map { $0.drawn["planes.source.light.galaxy.sersic.center.angle"] })
    #expect(angles.count <= 4, "\(angles.count) values")
  }

  @Test func `counts that cannot be are refused, in tables and in the manifest`() throws {
    try withScratchFolder { folder in
      let dataset = "\(folder)/a"
      _ = try DatasetGenerator(try plan(), samples: 0..<6, of: 6, threads: 1, output: dataset)
        .run(.refuse, versions: [:], instructionSet: "") { _ in }
      let (table, manifest) = ("\(dataset)/samples.csv", "\(dataset)/manifest.json")
      var lines = try readText(table).split(separator: "\n").map(String.init)
      let last = try #require(lines[3].lastIndex(of: ","))
      let row = lines[3][...last]
      for count in ["-1", "61", "0.5", "1e300", ""] {
        lines[3] = row + count
        try writeFileAtomically(Array((lines.joined(separator: "\n") + "\n").utf8), to: table)
        let reader = try DatasetReader(dataset)
        _ = try (0..<2).map { _ in try reader.next() }
        let error = #expect(throws: FileError.self) { try reader.next() }
        #expect(error?.reason.contains("sample 2 was drawn again more often") == true, "\(count)")
      }
      let text = try readText(manifest)
      let draws = try #require(text.firstMatch(of: /"draws" : \d+/)).output
      for lie in ["-1", "0", "9223372036854775807"] {
        try writeFileAtomically(Array(text.replacing(draws, with: "\"draws\" : \(lie)").utf8), to: manifest)
        #expect(throws: FileError.self) { try Manifest(ofDataset: dataset) }
      }
    }
  }

  @Test func `a table without the key has no column for it`() throws {
    let tables = try DatasetTables(try plan([]))
    #expect(!tables.sampleColumns.contains { $0.name == "redraws" })
  }
}

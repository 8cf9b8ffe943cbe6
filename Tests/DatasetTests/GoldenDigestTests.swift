import Dataset
import FileFormats
import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import Populations
import Simulation
import Testing

/// The images of the presets stay the same, bit by bit, from version to version.
///
/// `RECORD_GOLDEN=1 swift test ...` writes Golden/digests.json anew, and fails so that nobody forgets the variable.
struct GoldenDigestTests {
  private static let path = repositoryRoot.appending(path: "Tests/DatasetTests/Golden/digests.json").path
  private static let seed: UInt64 = 7
  private static let samples = 0..<6
  private static let images = ["instrument.width=48", "instrument.height=48", "instrument.pixel_scale=0.15"]

  private func digest(_ images: [Frames<Float>]) throws -> String {
    let bytes = images.flatMap { image in
      image.pixels.flatMap { pixel in withUnsafeBytes(of: pixel.bitPattern.littleEndian) { Array($0) } }
    }
    return try sha256(bytes)
  }

  private func digests() throws -> [String: String] {
    var digests: [String: String] = [:]
    for preset in Preset.populations {
      let spec = try loadPopulation(preset.name, settings: Self.images)
      let plan = try PopulationPlan(spec, seed: Self.seed)
      let workspace = try plan.makeWorkspace()
      digests[preset.name] = try digest(
        Self.samples.map { try plan.sample($0, workspace: workspace).observation.image })
    }
    for preset in Preset.scenes {
      let scene = try loadScene(preset.name, settings: Self.images)
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      let key = RandomKey(seed: Self.seed, sample: 0)
      let image = try simulator.simulate(scene, key: key, workspace: try simulator.makeWorkspace()).image
      digests[preset.name] = try digest([image])
    }
    for preset in Preset.cameras {
      let settings = ["instrument=\(preset.name)"] + Self.images
      let plan = try PopulationPlan(loadPopulation("model-a", settings: settings), seed: Self.seed)
      let workspace = try plan.makeWorkspace()
      digests[preset.name] = try digest(
        Self.samples.map { try plan.sample($0, workspace: workspace).observation.image })
    }
    return digests
  }

  private func golden() throws -> GoldenDigests {
    try JSONDecoder().decode(GoldenDigests.self, from: Data(try readFile(Self.path)))
  }

  @Test func `the presets' images have not changed`() throws {
    let (golden, digests) = (try golden(), try digests())
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let recorded = try golden.recording(
        digests, revision: renderingRevision, instructionSet: BuildInformation.instructionSet)
      try writeFileAtomically(Array(try encoder.encode(recorded)) + [0x0A], to: Self.path)
      Issue.record("\(Self.path) was written; look at the difference, unset RECORD_GOLDEN and run again")
      return
    }
    #expect(
      digests.keys.sorted() == golden.digests.keys.sorted(),
      "a preset was added or removed: record the digests with RECORD_GOLDEN=1 (CONTRIBUTING.md)")
    for (name, digest) in digests {
      #expect(
        digest == golden.digests[name],
        "\(name): recorded with \(golden.instructionSet), this is \(BuildInformation.instructionSet)")
    }
  }

  /// What the program says of itself is what was recorded, and no two revisions make the same images.
  @Test func `the rendering revision belongs to the recorded images`() throws {
    let golden = try golden()
    #expect(
      golden.revisions.last?.number == renderingRevision, "see renderingRevision (docs/reproducibility.md)")
    #expect(try golden.revisions.last?.digest == GoldenDigests.sum(of: golden.digests))
    #expect(zip(golden.revisions, golden.revisions.dropFirst()).allSatisfy { $0.number < $1.number })
    #expect(Set(golden.revisions.map(\.digest)).count == golden.revisions.count)
  }

  @Test func `other images are not recorded under the old revision`() throws {
    let old = GoldenDigests(digests: ["a": "1", "b": "2"], instructionSet: "x", revisions: [])
    let first = try old.recording(old.digests, revision: 3, instructionSet: "x")
    #expect(first.revisions.map(\.number) == [3])
    #expect(throws: FileError.self) {
      try first.recording(["a": "1", "b": "3"], revision: 3, instructionSet: "x")
    }
    #expect(throws: FileError.self) {
      try first.recording(["a": "1", "b": "3"], revision: 2, instructionSet: "x")
    }
    #expect(throws: FileError.self) {
      try first.recording(["a": "1", "b": "2"], revision: 4, instructionSet: "x")
    }
    let raised = try first.recording(["a": "1", "b": "3"], revision: 4, instructionSet: "x")
    #expect(raised.revisions.map(\.number) == [3, 4])
    // A preset that is new or gone changes no image of the others.
    let more = try raised.recording(["a": "1", "b": "3", "c": "4"], revision: 4, instructionSet: "x")
    #expect(more.revisions.map(\.number) == [3, 4] && more.revisions[1] != raised.revisions[1])
    #expect(try more.recording(["a": "1"], revision: 4, instructionSet: "x").revisions.count == 2)
  }

  @Test func `a digest tells images apart`() throws {
    let image = Frames<Float>(bandCount: 1, width: 2, height: 1, pixels: [1, 2])
    let other = Frames<Float>(bandCount: 1, width: 2, height: 1, pixels: [1, (2 as Float).nextUp])
    #expect(try digest([image]) != digest([other]))
    // printf '\x00\x00\x80\x3f\x00\x00\x00\x40' | sha256sum
    #expect(try digest([image]) == "b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37")
  }
}

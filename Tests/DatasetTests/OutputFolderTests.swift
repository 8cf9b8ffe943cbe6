import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// Nobody's files are touched, and what fails leaves nothing behind.
struct OutputFolderTests {
  private let spec: PopulationSpec

  init() throws { spec = try smallPopulation("model-a") }

  private func population(_ settings: [String]) throws -> PopulationSpec {
    try smallPopulation("model-a", settings)
  }

  /// Hosts of which a share makes no ring, so that no fraction of their mass can be meant.
  private static func weakHosts(_ weight: Int, of all: Int) -> String {
    "\(ModelPaths.host).core_radius={weighted_choice: {values: [0, 2], weights: [\(all - weight), \(weight)]}}"
  }

  private func write(_ text: String, to path: String) throws {
    try writeFileAtomically(Array(text.utf8), to: path)
  }

  @Test func `an existing dataset is kept unless it is to be replaced`() throws {
    try withScratchFolder { folder in
      let first = try generate(spec, count: 2, to: "\(folder)/a/")
      let before = try snapshot(folder)
      reason("exists already", "--overwrite") { try generate(spec, count: 3, to: "\(folder)/a") }
      try generate(spec, count: 2, to: "\(folder)/a", .resume)
      reason("a whole dataset of something else") { try generate(spec, count: 3, to: "\(folder)/a", .resume) }
      #expect(try snapshot(folder) == before)
      let second = try generate(spec, seed: 2, count: 3, to: "\(folder)/a", .overwrite)
      #expect(try Manifest(ofDataset: "\(folder)/a") == second)
      #expect(second.files != first.files && second.seed == 2 && second.sampleCount == 9)
      #expect(try listFolder(folder) == ["a"])
      try generate(spec, seed: 2, count: 3, to: "\(folder)/b")
      try expectSameFiles("\(folder)/a", "\(folder)/b")
    }
  }

  /// One as it was before the number of samples of the whole was written, and one of the future.
  @Test(arguments: ["\"whole_sample_count\"", "\"format_version\" : 3"])
  func `a dataset of another version of the program is not read, but can be replaced`(_ entry: String) throws
  {
    try withScratchFolder { folder in
      try generate(spec, count: 2, to: "\(folder)/a")
      let path = "\(folder)/a/manifest.json"
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
        line.contains(entry) ? line.contains("format") ? "\"format_version\" : 99," : "" : String(line)
      }
      try write(lines.joined(separator: "\n"), to: path)
      reason("another version", "--overwrite") { _ = try Manifest(ofDataset: "\(folder)/a") }
      try write("mine", to: "\(folder)/a/notes.txt")
      let before = try snapshot(folder)
      reason("notes.txt") { try generate(spec, count: 2, to: "\(folder)/a", .overwrite) }
      #expect(try snapshot(folder) == before)
      try removeFile("\(folder)/a/notes.txt")
      let second = try generate(spec, seed: 2, count: 2, to: "\(folder)/a", .overwrite)
      #expect(try Manifest(ofDataset: "\(folder)/a") == second)
    }
  }

  @Test func `a manifest of another tool does not let its folder be replaced`() throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/a")
      try write("mine", to: "\(folder)/a/notes.txt")
      try write(
        #"{"format_version": 2, "files": [{"name": "notes.txt", "sha256": "00"}]}"#,
        to: "\(folder)/a/manifest.json")
      let before = try snapshot(folder)
      reason("damaged") { try generate(spec, count: 2, to: "\(folder)/a", .overwrite) }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test func `a failed replacement keeps the old dataset`() throws {
    try withScratchFolder { folder in
      try generate(spec, count: 2, to: "\(folder)/a")
      let before = try snapshot("\(folder)/a")
      let broken = try population([Self.weakHosts(1, of: 3)])
      #expect(throws: SampleError.self) { try generate(broken, count: 50, to: "\(folder)/a", .overwrite) }
      #expect(try snapshot("\(folder)/a") == before)
    }
  }

  @Test(arguments: [ExistingOutput.refuse, .resume, .overwrite])
  func `a folder with other files is never touched`(_ existing: ExistingOutput) throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/work/thesis")
      try write("mine", to: "\(folder)/work/notes.txt")
      let before = try snapshot(folder)
      reason { try generate(spec, count: 2, to: "\(folder)/work", existing) }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test(arguments: [ExistingOutput.refuse, .resume, .overwrite])
  func `a folder that merely ends in partial is never touched`(_ existing: ExistingOutput) throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/a.partial")
      try write("mine", to: "\(folder)/a.partial/notes.txt")
      let before = try snapshot(folder)
      reason { try generate(spec, count: 2, to: "\(folder)/a", existing) }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test(arguments: [ExistingOutput.refuse, .overwrite])
  func `an empty folder is filled`(_ existing: ExistingOutput) throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/a")
      try generate(spec, count: 2, to: "\(folder)/a", existing)
      #expect(try listFolder(folder) == ["a"])
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 6)
    }
  }

  @Test func `folders above the output are made`() throws {
    try withScratchFolder { folder in
      try generate(spec, count: 1, to: "\(folder)/b/c/d")
      #expect(try listFolder("\(folder)/b/c") == ["d"])
    }
  }

  @Test(arguments: [ExistingOutput.refuse, .resume, .overwrite])
  func `a file in the way stays`(_ existing: ExistingOutput) throws {
    try withScratchFolder { folder in
      try write("mine", to: "\(folder)/a")
      let before = try snapshot(folder)
      reason { try generate(spec, count: 2, to: "\(folder)/a", existing) }
      reason { try generate(spec, count: 2, to: "\(folder)/a/b", existing) }
      #expect(try snapshot(folder) == before)
    }
  }

  @Test func `unwritable places are told with the system's reason`() {
    reason("cannot create the folder") { try generate(spec, count: 2, to: "/proc/lensing") }
    reason("cannot create the folder") { try generate(spec, count: 2, to: "/sys/kernel/lensing/a") }
  }

  @Test func `a run that cannot begin leaves nothing`() throws {
    try withScratchFolder { folder in
      let broken = try population(["classes=[vortex]", Self.weakHosts(99, of: 100)])
      #expect(throws: SampleError.self) { try generate(broken, count: 2, to: "\(folder)/a") }
      // More bytes than any disk has, found when the first array is reserved.
      var huge = try population(["classes=[vortex]"])
      (huge.instrument.width, huge.instrument.height) = (4096, 4096)
      reason("reserve") { try generate(huge, count: 1_000_000, to: "\(folder)/a") }
      let left = try listFolder(folder)
      #expect(left == [])
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `a sample that fails before any is saved leaves no folder, and the mended command goes on`(
    seed: UInt64
  ) throws {
    try withScratchFolder { folder in
      // One of the first ten has no ring.
      let broken = try population([Self.weakHosts(2, of: 3)])
      for existing in [ExistingOutput.refuse, .resume, .overwrite] {
        #expect(throws: SampleError.self) {
          try generate(broken, seed: seed, count: 400, to: "\(folder)/a", existing)
        }
        #expect(try listFolder(folder) == [])
      }
      try generate(spec, seed: seed, count: 2, to: "\(folder)/a")
    }
  }

  @Test func `a replaced dataset that could not be removed does not spoil the next replacement`() throws {
    try withScratchFolder { folder in
      // As after a loss of power between the renames of a replacement and its end.
      try generate(spec, count: 2, to: "\(folder)/a")
      try generate(spec, count: 1, to: "\(folder)/b")
      try moveFile("\(folder)/b", to: "\(folder)/a.replaced")
      let second = try generate(spec, seed: 2, count: 2, to: "\(folder)/a", .overwrite)
      #expect(try Manifest(ofDataset: "\(folder)/a") == second)
    }
  }

  @Test func `absurd counts, threads and names are refused`() throws {
    let plan = try PopulationPlan(spec, seed: 1)
    for (count, threads, output, key) in [
      (0, 1, "a", "count"), (-1, 1, "a", "count"), (1_000_000_001, 1, "a", "count"), (1, 0, "a", "threads"),
      (1, 1025, "a", "threads"), (1, 1, "", "output"),
    ] {
      let error = #expect(throws: SpecError.self) {
        try DatasetGenerator(plan, countPerClass: count, threads: threads, output: output)
      }
      #expect(error?.keyPath == key)
    }
  }

  @Test func `a dataset that stepped aside for one that never came is put back`() throws {
    try withScratchFolder { folder in
      // As after a loss of power between the two renames of a replacement.
      try generate(spec, count: 2, to: "\(folder)/a.replaced")
      reason("exists already") { try generate(spec, count: 2, to: "\(folder)/a") }
      #expect(try listFolder(folder) == ["a"])
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 6)
    }
  }
}

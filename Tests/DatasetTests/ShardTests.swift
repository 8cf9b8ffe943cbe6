import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// Shards are datasets; merged they are the dataset that one run makes. Growing one changes nothing that it has.
struct ShardTests {
  private static let settings = ["split.test=0.3"]

  private func plan(seed: UInt64 = 1) throws -> PopulationPlan {
    try PopulationPlan(try smallPopulation("model-b", Self.settings), seed: seed)
  }

  private var contents: DatasetContents {
    var contents = DatasetContents()
    contents.truthMaps = [.deflection, .noiseFree]
    return contents
  }

  private func make(
    _ range: Range<Int>, seed: UInt64 = 1, threads: Int = 2, to folder: String
  ) throws {
    let generator = try DatasetGenerator(
      try plan(seed: seed), samples: range, contents: contents, threads: threads, output: folder)
    _ = try generator.run(.refuse, versions: ["swift_lensing": "test"], instructionSet: "test") { _ in }
  }

  @Test(arguments: [(1, 1), (7, 3), (90, 4), (100_003, 64)])
  func `shards share out all samples`(total: Int, count: Int) throws {
    let ranges = try (1...count).map { try SampleShard(number: $0, count: count).samples(of: total) }
    #expect(ranges.flatMap(Array.init) == Array(0..<total))
    let sizes = ranges.map(\.count)
    #expect(try #require(sizes.max()) - #require(sizes.min()) <= 1)
  }

  @Test(arguments: ["0/3", "4/3", "3", "1/2/3", "-1/3", "a/b", "1/0", ""])
  func `what is no shard is refused`(text: String) {
    #expect(throws: SpecError.self) { try SampleShard(text) }
  }

  /// What Slurm says in a task of an array.
  private func environment(_ task: Int, of tasks: [Int]) -> [String: String] {
    let steps = zip(tasks.dropFirst(), tasks).map { $0 - $1 }
    return [
      "ID": task, "COUNT": tasks.count, "MIN": tasks[0], "MAX": tasks[tasks.count - 1],
      "STEP": steps.first ?? 1,
    ].reduce(into: [:]) { $0["SLURM_ARRAY_TASK_" + $1.key] = "\($1.value)" }
  }

  @Test func `the tasks of a whole array are shards, and no others`() throws {
    #expect(try SampleShard(slurm: [:]) == nil)
    // Every array of tasks from 0 to 6: those that repeat some tasks of a larger one among them.
    for bits in 1..<128 {
      let tasks = (0..<7).filter { bits >> $0 & 1 == 1 }
      let isWhole = tasks.count > 1 && tasks == Array(tasks[0]..<tasks[0] + tasks.count) && tasks[0] <= 1
      for task in tasks {
        let shard = try? SampleShard(slurm: environment(task, of: tasks))
        let expected = isWhole ? try SampleShard(number: task - tasks[0] + 1, count: tasks.count) : nil
        #expect(shard == expected, "task \(task) of \(tasks)")
      }
    }
    for missing in ["COUNT", "MIN", "MAX"] {
      var incomplete = environment(2, of: [1, 2, 3])
      incomplete["SLURM_ARRAY_TASK_" + missing] = nil
      #expect(throws: SpecError.self) { try SampleShard(slurm: incomplete) }
    }
    #expect(throws: SpecError.self) { try SampleShard(slurm: ["SLURM_ARRAY_TASK_ID": "x"]) }
  }

  @Test func `repeating one task is refused with the shard to give`() throws {
    let error = #expect(throws: SpecError.self) { try SampleShard(slurm: environment(2, of: [2])) }
    #expect(error?.description.contains("--shard 2/4 for task 2 of --array=1-4") == true)
    try withScratchFolder { folder in
      try createFolder("\(folder)/lenses.shard-3-of-8")
      try createFolder("\(folder)/lenses.shard-4-of-8.partial")
      let output = "\(folder)/lenses/"
      // Tasks 1 and 2 of eight look like a whole array, but for what stands beside.
      for tasks in [[2], [1, 2]] {
        let error = #expect(throws: SpecError.self) {
          try SampleShard(slurm: environment(2, of: tasks), output: output)
        }
        #expect(
          error?.description.contains("shards of 8; to make one of them again give --shard 2/8") == true)
      }
      #expect(try SampleShard(slurm: environment(2, of: Array(1...8)), output: output)?.number == 2)
    }
  }

  @Test func `merged shards are one run's dataset`() throws {
    try withScratchFolder { folder in
      try make(0..<75, to: "\(folder)/whole")
      let ranges = [0..<1, 1..<31, 31..<75]
      for (k, range) in ranges.enumerated() { try make(range, threads: k + 1, to: "\(folder)/shard\(k)") }
      let merge = try DatasetMerge([2, 0, 1].map { "\(folder)/shard\($0)" }, output: "\(folder)/merged")
      var last: GenerationProgress?
      _ = try merge.run(.refuse) { last = $0 }
      #expect(last?.samplesDone == 75 && last?.sampleCount == 75)
      try expectSameFiles("\(folder)/whole", "\(folder)/merged")
    }
  }

  @Test func `a shard that is missing at either end is missed`() throws {
    try withScratchFolder { folder in
      for number in 1...3 {
        let shard = try SampleShard(number: number, count: 3)
        let generator = try DatasetGenerator(
          try plan(), samples: try shard.samples(of: 30), of: 30, threads: 1,
          output: shard.folder(of: "\(folder)/a"))
        _ = try generator.run(.refuse, versions: [:], instructionSet: "") { _ in }
      }
      let folders = (1...3).map { "\(folder)/a.shard-\($0)-of-3" }
      reason("samples 20 to 29 of 30 are missing") {
        try DatasetMerge(Array(folders.prefix(2)), output: "\(folder)/m")
      }
      reason("samples 0 to 9 of 30 are missing") {
        try DatasetMerge(Array(folders.suffix(2)), output: "\(folder)/m")
      }
      #expect(try DatasetMerge(folders, output: "\(folder)/m").run(.refuse) { _ in }.wholeSampleCount == 30)
    }
  }

  @Test func `shards that do not belong together are refused`() throws {
    try withScratchFolder { folder in
      try make(0..<6, to: "\(folder)/a")
      try make(6..<12, to: "\(folder)/b")
      try make(6..<12, seed: 2, to: "\(folder)/seed")
      try make(5..<12, to: "\(folder)/overlap")
      try make(7..<12, to: "\(folder)/gap")
      let other = try DatasetGenerator(try plan(), samples: 6..<12, threads: 1, output: "\(folder)/contents")
      _ = try other.run(.refuse, versions: ["swift_lensing": "test"], instructionSet: "test") { _ in }
      for (name, words) in [
        ("seed", "seed 2"), ("overlap", "which \(folder)/a has too"), ("gap", "samples 6 to 6 are missing"),
        ("contents", "than \(folder)/a: "), ("nothing", "no dataset"), ("a", "has sample 0"),
      ] {
        reason(words) { try DatasetMerge(["\(folder)/a", "\(folder)/\(name)"], output: "\(folder)/m") }
      }
      // Damage is found before anything is written, and nothing is left behind.
      try flipBit("\(folder)/b/samples.csv", at: 3000)
      reason("other content") {
        try DatasetMerge(["\(folder)/a", "\(folder)/b"], output: "\(folder)/m").run(.refuse) { _ in }
      }
      #expect(try !listFolder(folder).contains { $0.hasPrefix("m") })
    }
  }

  @Test func `a dataset grows to what one run makes`() throws {
    try withScratchFolder { folder in
      try make(0..<12, to: "\(folder)/a")
      try make(0..<75, to: "\(folder)/whole")
      let first = try NpySliceReader("\(folder)/a/vortex_train.npy").read(at: 0)
      func grow(to count: Int, shouldStop: () -> Bool = { false }) throws {
        _ = try DatasetExtension(
          try plan(), countPerClass: count, contents: contents, threads: 1, output: "\(folder)/a"
        ).run(
          versions: ["swift_lensing": "test"], instructionSet: "test", shouldStop: shouldStop,
          progress: { _ in })
      }
      #expect(throws: GenerationStopped.self) { try grow(to: 40, shouldStop: { true }) }
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 12)
      // Another count begins anew.
      try grow(to: 25)
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 75)
      try grow(to: 40)
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 120)
      #expect(try NpySliceReader("\(folder)/a/vortex_train.npy").read(at: 0) == first)
      #expect(try listFolder(folder) == ["a", "whole"])
      // The same command again finds that all is done.
      try grow(to: 40)
      reason("has 120 images already") { try grow(to: 30) }
      // As after a kill between the merge and the removal of what was merged.
      try make(12..<120, to: "\(folder)/a.extension")
      try grow(to: 41)
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 123)
      // As after a kill between the two renames of the merge, with samples of another count beside it.
      try moveFile("\(folder)/a", to: "\(folder)/a.replaced")
      try make(123..<126, to: "\(folder)/a.extension")
      try grow(to: 43)
      #expect(try Manifest(ofDataset: "\(folder)/a").sampleCount == 129)
      #expect(try listFolder(folder) == ["a", "whole"])
      try make(0..<129, to: "\(folder)/all")
      try expectSameFiles("\(folder)/a", "\(folder)/all")
    }
  }
}

/// Changes one bit of a file.
func flipBit(_ path: String, at position: Int) throws {
  var bytes = try readFile(path)
  bytes[position] ^= 1
  try writeFileAtomically(bytes, to: path)
}

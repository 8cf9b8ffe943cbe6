import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// A run that is killed at any instant continues to the bytes of an unbroken one.
struct ResumeTests {
  /// Rendering is made slow, so that there is time to kill.
  private static let settings =
    smallImages + ["accuracy.subpixels=24", "accuracy.sampling=uniform", "split.test=0.2"]
  private static let count = 200

  /// Bytes that the samples table's heading has at most.
  private static let headingSize = 5000

  private func tableSize(_ folder: String) -> Int { (try? fileSize("\(folder)/samples.csv")) ?? 0 }

  private func arguments(_ folder: String, _ more: String...) -> [String] {
    ["generate", "model-a", "--count", "\(Self.count)", "--seed", "3", "--threads", "1", "--output", folder]
      + Self.settings.flatMap { ["--set", $0] } + more
  }

  private func finish(_ arguments: [String]) throws {
    let result = try lensing(arguments)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func `a run killed again and again resumes to the same bytes`() throws {
    try withScratchFolder { folder in
      try finish(arguments("\(folder)/unbroken"))
      let whole = tableSize("\(folder)/unbroken")
      let broken = "\(folder)/broken"
      for (number, fraction) in [0.3, 0.8, 0, 0.6].enumerated() {
        let before = tableSize("\(broken).partial")
        let run = try InterruptedRun(arguments(broken, number == 0 ? "--json" : "--resume"))
        // A run that resumes drops the rows behind the last checkpoint before it adds any.
        try run.wait { tableSize("\(broken).partial") != before }
        try run.wait { Double(tableSize("\(broken).partial")) >= fraction * Double(whole) }
        pause(seconds: 0.03)
        run.end()
        #expect(!fileExists(broken), "a killed run must not look whole")
      }
      try finish(arguments(broken, "--resume"))
      try expectSameFiles("\(folder)/unbroken", broken)
      #expect(try listFolder(folder) == ["broken", "unbroken"])
    }
  }

  private func killAfterCheckpoint(_ output: String) throws {
    let run = try InterruptedRun(arguments(output))
    // Rendering has begun when the table has more than its heading.
    try run.wait { tableSize("\(output).partial") > Self.headingSize }
    // Checkpoints go by the clock, every five seconds; a sleeping program's clock goes on.
    run.signal(SIGSTOP)
    pause(seconds: 5.2)
    run.signal(SIGCONT)
    try run.wait { journalledSamples("\(output).partial") ?? 0 > 0 }
    run.end()
  }

  @Test func `a run killed after a checkpoint continues behind it`() throws {
    try withScratchFolder { folder in
      let broken = "\(folder)/broken"
      try killAfterCheckpoint(broken)
      let done = try #require(journalledSamples("\(broken).partial"))
      #expect(done > 0 && done < 3 * Self.count)
      var firstReport: GenerationProgress?
      let generator = try DatasetGenerator(
        try PopulationPlan(try loadPopulation("model-a", settings: Self.settings), seed: 3),
        countPerClass: Self.count, threads: 2, output: broken)
      let whole = try DatasetGenerator(
        generator.plan, countPerClass: Self.count, threads: 2, output: "\(folder)/whole")
      for (generator, existing) in [(generator, ExistingOutput.resume), (whole, .refuse)] {
        _ = try generator.run(existing, versions: [:], instructionSet: "") { firstReport = firstReport ?? $0 }
      }
      #expect(firstReport?.samplesResumed == done)
      #expect((firstReport?.samplesDone ?? 0) > done)
      try expectSameFiles("\(folder)/whole", broken)
    }
  }

  @Test func `a run killed right at its start can be begun anew`() throws {
    try withScratchFolder { folder in
      let output = "\(folder)/a"
      for attempt in 0..<8 {
        let run = try InterruptedRun(arguments(output, "--overwrite"))
        // The first file, and the first array, which comes before the first checkpoint.
        let name = attempt % 2 == 0 ? "spec.yaml" : "no_sub_train.npy"
        try run.wait { fileExists("\(output).partial/\(name)") }
        run.end()
        // What the program advises when it finds the remains must work.
        try generate(try smallPopulation("model-a"), count: 2, to: output, .overwrite)
        try FileManager.default.removeItem(atPath: output)
        if fileExists("\(output).partial") { try FileManager.default.removeItem(atPath: "\(output).partial") }
      }
    }
  }

  @Test func `another seed, spec or count is not resumed`() throws {
    try withScratchFolder { folder in
      let output = "\(folder)/a"
      let run = try InterruptedRun(arguments(output))
      try run.wait { journalledSamples("\(output).partial") != nil }
      run.end()
      let spec = try loadPopulation("model-a", settings: Self.settings)
      let other = try loadPopulation(
        "model-a", settings: Self.settings + ["planes.lens.mass.shear.shear.strength=0.1"])
      let before = try snapshot(folder)
      reason("was begun otherwise: seed is 3 there and 4 here, noise seed is 3 there and 4 here; resume") {
        try generate(spec, seed: 4, count: Self.count, to: output, .resume)
      }
      reason(
        "was begun otherwise: planes.lens.mass.shear.shear.strength is {uniform: [0, 0.3]} there and 0.1 here; resume"
      ) {
        try generate(other, seed: 3, count: Self.count, to: output, .resume)
      }
      reason("samples is 0 to \(3 * Self.count - 1) of \(3 * Self.count) there and 0 to 596 of 597 here") {
        try generate(spec, seed: 3, count: 199, to: output, .resume)
      }
      reason("--resume", "--overwrite") { try generate(spec, seed: 3, count: Self.count, to: output) }
      #expect(try snapshot(folder) == before)
      try generate(spec, seed: 4, count: 2, to: output, .overwrite)
      #expect(try listFolder(folder) == ["a"])
      let whole = try snapshot(output)
      try generate(spec, seed: 4, count: 2, to: output, .resume)
      #expect(try snapshot(output) == whole)
      reason("a whole dataset of something else: ", "samples is 0 to 5 of 6 there and 0 to 8 of 9 here") {
        try generate(spec, seed: 4, count: 3, to: output, .resume)
      }
    }
  }

  @Test func `a kernel that has changed meanwhile is not resumed`() throws {
    try withScratchFolder { folder in
      let (output, kernel) = ("\(folder)/a", "\(folder)/kernel.npy")
      func writeKernel(side: Int) throws {
        let writer = try NpyWriter(creating: kernel, shape: [side, side])
        for row in 0..<side { try writer.write(Array(repeating: 1, count: side), at: row) }
        try writer.close()
      }
      let setting = "instrument.psf={file: {path: \(kernel)}}"
      try writeKernel(side: 3)
      let run = try InterruptedRun(arguments(output, "--set", setting))
      try run.wait { journalledSamples("\(output).partial") != nil }
      run.end()
      try writeKernel(side: 5)
      let resumed = try lensing(arguments(output, "--set", setting, "--resume"))
      #expect(resumed.status == 3, "the dataset has images with two kernels")
    }
  }

  @Test func `damaged remains are refused, not continued`() throws {
    try withScratchFolder { folder in
      let output = "\(folder)/a"
      try killAfterCheckpoint(output)
      let spec = try loadPopulation("model-a", settings: Self.settings)
      let array = "\(output).partial/vortex_train.npy"
      let bytes = try readFile(array)
      try writeFileAtomically(Array(bytes.dropLast()), to: array)
      reason("is not the float32 array") {
        try generate(spec, seed: 3, count: Self.count, to: output, .resume)
      }
      try writeFileAtomically(bytes, to: array)
      let journal = "\(output).partial/journal.json"
      let text = try readText(journal)
      let numbers = text.matches(of: /"(\w+)" : \d+/).map { (entry: $0.output.0, name: $0.output.1) }
      #expect(numbers.count == 6)
      let lies = numbers.flatMap { number in
        ["-1", "9223372036854775807"].map {
          text.replacing(number.entry, with: "\"\(number.name)\" : \($0)")
        }
      }
      let more = text.replacing(/"samplesDone" : \d+/, with: "\"samplesDone\" : 1000000")
      for lie in ["{", more] + lies {
        try writeFileAtomically(Array(lie.utf8), to: journal)
        reason("damaged", "--overwrite") {
          try generate(spec, seed: 3, count: Self.count, to: output, .resume)
        }
      }
      try generate(spec, seed: 3, count: 2, to: output, .overwrite)
      #expect(try listFolder(folder) == ["a"])
    }
  }

  @Test func `a sample that cannot be made is named, and the set does not look whole`() throws {
    try withScratchFolder { folder in
      // One host in 300 has a core so large that it makes no ring, whose mass the substructure is a fraction of.
      let core = "{weighted_choice: {values: [0, 2], weights: [299, 1]}}"
      let spec = try smallPopulation("model-a", ["\(ModelPaths.host).core_radius=\(core)"])
      let error = #expect(throws: SampleError.self) {
        try generate(spec, seed: 5, count: 2000, to: "\(folder)/a")
      }
      let failed = try #require(error)
      #expect(failed.seed == 5 && failed.index % 3 != 0)
      #expect(failed.description.hasPrefix("sample \(failed.index) with seed 5: no strong lens exists"))
      #expect(throws: SampleError.self) { try PopulationPlan(spec, seed: 5).scene(failed.index) }
      #expect(try listFolder(folder) == ["a.partial"])
      // What was whole before it is saved.
      let saved = try #require(journalledSamples("\(folder)/a.partial"))
      #expect((1...failed.index).contains(saved), "\(saved) of \(failed.index)")
      reason("unfinished") { try generate(spec, seed: 5, count: 2000, to: "\(folder)/a") }
    }
  }
}

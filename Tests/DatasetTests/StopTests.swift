import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// A run that is asked to stop saves all it has; two runs never write one dataset.
struct StopTests {
  private static let count = 120

  private func generator(_ output: String) throws -> DatasetGenerator {
    let plan = try PopulationPlan(try loadPopulation("model-a", settings: smallImages), seed: 3)
    return try DatasetGenerator(plan, countPerClass: Self.count, threads: 1, output: output)
  }

  @Test func `a run that is asked to stop can be resumed from there`() throws {
    try withScratchFolder { folder in
      let generator = try generator("\(folder)/a")
      let stop = #expect(throws: GenerationStopped.self) {
        _ = try generator.run(
          .refuse, versions: [:], instructionSet: "", shouldStop: { true }, progress: { _ in })
      }
      let done = try #require(stop).samplesDone
      #expect(done > 0 && done < 3 * Self.count)
      #expect(journalledSamples("\(folder)/a.partial") == done)
      var first: GenerationProgress?
      _ = try generator.run(.resume, versions: [:], instructionSet: "") { first = first ?? $0 }
      #expect(first?.samplesResumed == done)
    }
  }

  @Test func `a replacement that is asked to stop can be resumed and replaces`() throws {
    try withScratchFolder { folder in
      let output = "\(folder)/a"
      try generate(try smallPopulation("model-a"), count: 2, to: output)
      let generator = try generator(output)
      #expect(throws: GenerationStopped.self) {
        _ = try generator.run(
          .overwrite, versions: [:], instructionSet: "", shouldStop: { true }, progress: { _ in })
      }
      #expect(try Manifest(ofDataset: output).sampleCount == 6)
      _ = try generator.run(.resume, versions: [:], instructionSet: "") { _ in }
      #expect(try Manifest(ofDataset: output).sampleCount == 3 * Self.count)
      #expect(try listFolder(folder) == ["a"])
    }
  }

  @Test func `Ctrl-C stops the program with a word on how to go on`() throws {
    try withScratchFolder { folder in
      let script = """
        import os, signal, subprocess, sys, time
        # The threads of the test process block signals, and children inherit that.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        run = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        while not os.path.exists(sys.argv[-1] + ".partial/samples.fits"): time.sleep(0.001)
        run.send_signal(signal.SIGINT)
        errors = run.communicate()[1]
        print(run.returncode, errors)
        """
      let program = builtProgram("lensing").path
      let settings = (smallImages + ["accuracy.subpixels=8", "accuracy.sampling=uniform"]).flatMap {
        ["--set", $0]
      }
      let result = try runProcess(
        "/usr/bin/python3",
        ["-c", script, program, "generate", "model-a", "--count", "4000", "--threads", "1"] + settings
          + ["--output", "\(folder)/a"])
      #expect(result.output.hasPrefix("130 "), "\(result.output)")
      #expect(result.output.contains("of 12000 images saved; the same command with --resume"))
      #expect(try listFolder(folder) == ["a.partial"])
    }
  }

  @Test(arguments: [ExistingOutput.resume, .overwrite])
  func `a second run on the same dataset is refused`(existing: ExistingOutput) throws {
    try withScratchFolder { folder in
      let generator = try generator("\(folder)/a")
      var refusal: (any Error)?
      _ = try generator.run(.refuse, versions: [:], instructionSet: "") { progress in
        guard refusal == nil, progress.samplesDone < progress.sampleCount else { return }
        do {
          _ = try generator.run(existing, versions: [:], instructionSet: "") { _ in }
        } catch { refusal = error }
      }
      #expect(
        (refusal as? FileError)?.reason.contains("another run is writing") == true,
        "\(String(describing: refusal))")
      #expect(try listFolder(folder) == ["a"])
    }
  }
}

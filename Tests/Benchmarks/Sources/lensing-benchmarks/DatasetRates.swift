import Dispatch
import Foundation
import SwiftLensing

/// Images of Model A per second, by what is done with them and the number of threads: how much of the rate noise and
/// files take. The files are .npy, without and with FITS, and their digests. Noise includes drawing the scene, signal-to-noise ratios
/// and a blur for source and lens light each, which an image without noise does not need.
func datasetRates() throws -> [String: [String: Double]] {
  let plan = try PopulationPlan(loadPopulation("model-a"), seed: 1)
  let count = 600
  let scenes = try (0..<count).map { try plan.scene($0).scene }
  let simulator = try ImageSimulator(instrument: plan.spec.instrument, accuracy: plan.spec.accuracy)
  var rates: [String: [String: Double]] = [:]
  for threads in [1, 2] {
    let workspaces = try (0..<threads).map { _ in
      OneThread(try plan.makeWorkspace(), try simulator.makeWorkspace())
    }
    func rate(_ body: @Sendable (Int, OneThread) throws -> Void) -> Double {
      let seconds = medianOfThree {
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
          for i in stride(from: thread, to: count, by: threads) {
            withoutErrors { try body(i, workspaces[thread]) }
          }
        }
      }
      return Double(count) / seconds
    }
    rates["noise-free, in memory", default: [:]]["\(threads)"] = rate {
      _ = try simulator.expectedImage(of: scenes[$0], workspace: $1.simulator)
    }
    rates["with noise, in memory", default: [:]]["\(threads)"] = rate {
      _ = try plan.sample($0, workspace: $1.samples)
    }
    for (name, formats) in [(".npy", [ImageFormat.npy]), (".npy and FITS", [.npy, .fits])] {
      rates["with noise, \(name) on disk", default: [:]]["\(threads)"] =
        Double(count) / medianOfThree { generate(plan, count, threads, formats) }
    }
  }
  return rates
}

private func generate(_ plan: PopulationPlan, _ count: Int, _ threads: Int, _ formats: [ImageFormat]) {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lensing-benchmark-\(getpid())")
    .path
  withoutErrors {
    var contents = DatasetContents()
    contents.formats = formats
    let generator = try DatasetGenerator(
      plan, countPerClass: count / plan.spec.classes.count, contents: contents, threads: threads,
      output: folder)
    _ = try generator.run(.overwrite, versions: [:], instructionSet: "") { _ in }
    try FileManager.default.removeItem(atPath: folder)
  }
}

/// A benchmark of something that fails would be fast.
private func withoutErrors(_ body: () throws -> Void) {
  do {
    try body()
  } catch {
    preconditionFailure("the benchmark's dataset cannot be made: \(error)")
  }
}

private func medianOfThree(_ body: () -> Void) -> Double {
  (0..<3).map { _ in
    let began = ContinuousClock.now
    body()
    return (ContinuousClock.now - began) / .seconds(1)
  }.sorted()[1]
}

/// Memory that only one thread touches, which the compiler cannot see.
private struct OneThread: @unchecked Sendable {
  let samples: SampleWorkspace
  let simulator: ImageSimulator.Workspace

  init(_ samples: SampleWorkspace, _ simulator: ImageSimulator.Workspace) {
    (self.samples, self.simulator) = (samples, simulator)
  }
}

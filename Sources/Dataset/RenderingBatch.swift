import Dispatch
import LensCore
import Populations
import Simulation
import Synchronization

/// Renders samples on several threads.
///
/// Which thread renders a sample changes nothing: a sample is a pure function of its index.
package final class RenderingBatch: Sendable {
  private let plan: PopulationPlan
  private let threads: Int
  /// Samples per run: enough to keep all threads busy, few enough to bound the memory.
  package let size: Int

  private static let largestBytes = 32 << 20

  package init(_ plan: PopulationPlan, threads: Int) {
    self.plan = plan
    self.threads = threads
    // A sample holds three images while it waits: the exposure, the source and the lens light.
    let bytes = plan.spec.instrument.width * plan.spec.instrument.height * 3 * MemoryLayout<Float>.size
    size = max(threads, min(64 * threads, Self.largestBytes / bytes))
  }

  /// - Returns: One sample per index, in the order given.
  /// - Throws: The error of the first sample that could not be made.
  package func render(_ indices: some RandomAccessCollection<Int>) throws -> [Sample] {
    let indices = Array(indices)
    let results = Mutex<[Int: Result<Sample, any Error>]>([:])
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, indices.count)) { [plan] _ in
      let workspace = Result { try plan.makeWorkspace() }
      while true {
        let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if position >= indices.count { return }
        let sample = Result { try plan.sample(indices[position], workspace: try workspace.get()) }
        results.withLock { $0[position] = sample }
      }
    }
    return try results.withLock { results in
      try indices.indices.map { position in
        guard let result = results[position] else {
          throw NumericalError.noSolution(
            quantity: "sample \(indices[position])", context: "no thread rendered it")
        }
        return try result.get()
      }
    }
  }

  /// Renders in the background.
  func begin(_ indices: Range<Int>) -> PendingSamples {
    let pending = PendingSamples()
    DispatchQueue.global().async { pending.finish(Result { try self.render(indices) }) }
    return pending
  }
}

/// Samples that are being rendered.
final class PendingSamples: Sendable {
  private let result = Mutex<Result<[Sample], any Error>?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  fileprivate func finish(_ value: Result<[Sample], any Error>) {
    result.withLock { $0 = value }
    isDone.signal()
  }

  /// Waits for them; to be called once.
  func get() throws -> [Sample] {
    isDone.wait()
    return try result.withLock { value in
      guard let samples = try value?.get() else {
        throw NumericalError.noSolution(quantity: "samples", context: "rendering ended without a result")
      }
      value = nil
      return samples
    }
  }
}

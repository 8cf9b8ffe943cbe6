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
    let samples = Mutex<[Int: Sample]>([:])
    try forEach(indices) { position, sample in samples.withLock { $0[position] = sample } }
    return samples.withLock { samples in (0..<indices.count).compactMap { samples[$0] } }
  }

  /// Hands over each sample as soon as it is made, on the thread that made it.
  ///
  /// - Parameter body: Given the position of the sample's index in `indices`.
  /// - Throws: The error of the first sample that could not be made.
  package func forEach(
    _ indices: some RandomAccessCollection<Int>, _ body: @Sendable (Int, Sample) throws -> Void
  ) throws {
    let indices = Array(indices)
    let tally = Tally()
    withoutActuallyEscaping(body) { body in
      onThreads(min(threads, indices.count)) { [plan] in
        let workspace = Result { try plan.makeWorkspace() }
        while true {
          let position = tally.next.wrappingAdd(1, ordering: .relaxed).oldValue
          // Positions are handed out in order: what comes before a failure is being made already.
          if position >= indices.count || tally.failures.withLock({ !$0.isEmpty }) { return }
          do {
            try body(position, try plan.sample(indices[position], workspace: try workspace.get()))
          } catch { tally.failures.withLock { $0[position] = error } }
        }
      }
    }
    if let first = tally.failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }

  /// Which position is next, and what failed where.
  private final class Tally: Sendable {
    let next = Atomic<Int>(0)
    let failures = Mutex<[Int: any Error]>([:])
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

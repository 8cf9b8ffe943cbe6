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
  /// Of threads that are done, for the next ones.
  private let workspaces = Mutex<[KeptWorkspace]>([])
  /// Samples per run: enough to keep all threads busy, few enough to bound the memory.
  package let size: Int

  private static let largestBytes = 32 << 20

  /// - Parameter imagesPerSample: What a sample holds while it waits: the exposure, the source and the lens light in each band, and maps.
  package init(_ plan: PopulationPlan, threads: Int, imagesPerSample: Int? = nil) {
    self.plan = plan
    self.threads = threads
    let instrument = plan.spec.instrument
    let images = imagesPerSample ?? 3 * instrument.bandCount
    let bytes = instrument.width * instrument.height * images * MemoryLayout<Float>.size
    size = max(threads, min(64 * threads, Self.largestBytes / bytes))
  }

  /// - Parameter body: Makes something of a sample, on the thread that rendered it.
  /// - Returns: One result per index, in the order given.
  /// - Throws: The error of the first sample that could not be made.
  package func map<Result: Sendable>(
    _ indices: some RandomAccessCollection<Int>, _ body: @Sendable (Sample) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    try forEach(indices) { position, sample in
      let result = try body(sample)
      results.withLock { $0[position] = result }
    }
    return results.withLock { results in (0..<indices.count).compactMap { results[$0] } }
  }

  /// Hands over each sample as soon as it is made, on the thread that made it.
  ///
  /// - Parameters:
  ///   - threads: nil for as many as it was made for.
  ///   - body: Given the position of the sample's index in `indices`.
  /// - Throws: The error of the first sample that could not be made.
  package func forEach(
    _ indices: some RandomAccessCollection<Int>, threads: Int? = nil,
    _ body: @Sendable (Int, Sample) throws -> Void
  ) throws {
    let indices = Array(indices)
    let tally = Tally()
    withoutActuallyEscaping(body) { body in
      onThreads(min(threads ?? self.threads, indices.count)) { [self] in
        // The plan is taken once: read from the batch for each sample, it would be copied each time.
        let (plan, workspace) = (plan, Result { try takeWorkspace() })
        defer { keep(workspace) }
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

  private func takeWorkspace() throws -> SampleWorkspace {
    // A process that was forked while another thread had the lock never gets it: it makes memory anew.
    try (workspaces.withLockIfAvailable { $0.popLast() } ?? nil)?.workspace ?? plan.makeWorkspace()
  }

  private func keep(_ used: Result<SampleWorkspace, any Error>) {
    guard case .success(let workspace) = used else { return }
    let kept = KeptWorkspace(workspace: workspace)
    _ = workspaces.withLockIfAvailable { if $0.count < threads { $0.append(kept) } }
  }

  /// Handed from thread to thread, never used by two at once.
  private struct KeptWorkspace: @unchecked Sendable {
    let workspace: SampleWorkspace
  }

  /// Which position is next, and what failed where.
  private final class Tally: Sendable {
    let next = Atomic<Int>(0)
    let failures = Mutex<[Int: any Error]>([:])
  }

  /// The same in the background.
  ///
  /// - Parameter finish: What is done with all of them, there too.
  package func begin<Made: Sendable, Element: Sendable>(
    _ indices: some RandomAccessCollection<Int> & Sendable,
    _ body: @escaping @Sendable (Sample) throws -> Made,
    finish: @escaping @Sendable ([Made]) throws -> [Element]
  ) -> PendingResults<Element> {
    let pending = PendingResults<Element>()
    DispatchQueue.global().async { pending.finish(.init { try finish(try self.map(indices, body)) }) }
    return pending
  }
}

/// What is being made of samples in the background.
package final class PendingResults<Element: Sendable>: Sendable {
  private let result = Mutex<Result<[Element], any Error>?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  fileprivate func finish(_ value: Result<[Element], any Error>) {
    result.withLock { $0 = value }
    isDone.signal()
  }

  /// Waits for them; to be called once.
  package func get() throws -> [Element] {
    isDone.wait()
    return try result.withLock { value in
      guard let elements = try value?.get() else {
        throw NumericalError.noSolution(quantity: "samples", context: "rendering ended without a result")
      }
      value = nil
      return elements
    }
  }
}

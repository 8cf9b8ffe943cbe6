import Foundation
import Synchronization

/// A sign of life while a step takes long: nothing in its first two seconds, then a line on standard error that counts
/// them (on a terminal the same line again and again, elsewhere a new one every ten seconds).
///
/// - Parameters:
///   - step: What is being done, for instance "tracing the maps".
///   - isQuiet: Whether nothing is shown.
package func reportingStep<Result>(
  _ step: String, isQuiet: Bool = false, _ body: () throws -> Result
) rethrows -> Result {
  if isQuiet { return try body() }
  let report = StepReport(step)
  defer { report.end() }
  return try body()
}

/// See `reportingStep`.
package final class StepReport: Sendable {
  private let step: String
  private let began = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let hasEnded = Mutex(false)

  package init(_ step: String) {
    self.step = step
    Thread.detachNewThread { self.watch() }
  }

  private func watch() {
    var next = Duration.seconds(2)
    while !hasEnded.withLock({ $0 }) {
      usleep(50_000)
      let elapsed = ContinuousClock.now - began
      guard elapsed >= next else { continue }
      next = elapsed + .seconds(isTerminal ? 1 : 10)
      hasEnded.withLock { if !$0 { show(seconds: Int(elapsed.components.seconds)) } }
    }
  }

  private func show(seconds: Int) {
    let text = "\(step): \(seconds) s"
    printError(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
  }

  /// After it nothing more is shown.
  package func end() {
    if hasEnded.withLock({ ended in
      defer { ended = true }; return ended
    }) {
      return
    }
    if isTerminal && ContinuousClock.now - began >= .seconds(2) { printError("\r\u{1B}[K") }
  }
}

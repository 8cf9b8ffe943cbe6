import Foundation
import ProgramOutput
import SwiftLensing

/// Shows how a run goes: a bar on a terminal, a line every tenth of the way elsewhere; on standard error.
final class ProgressReport {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private let began = ContinuousClock.now
  private var tenthsShown = 0
  private var lastShown: ContinuousClock.Instant?
  private var step: StepReport?

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// Something that cannot be counted, until samples are shown or the report is finished.
  func begin(_ step: String) {
    finish()
    if !isQuiet { self.step = StepReport(step) }
  }

  func finish() {
    step?.end()
    step = nil
  }

  func show(_ progress: GenerationProgress) {
    if isQuiet { return }
    finish()
    let isDone = progress.samplesDone == progress.sampleCount
    if isTerminal {
      // Ten times a second is smooth enough and costs nothing.
      if let lastShown, !isDone, ContinuousClock.now - lastShown < .milliseconds(100) { return }
      lastShown = .now
      write("\r\u{1B}[K\(bar(progress)) \(text(progress))\(isDone ? "\n" : "")")
    } else {
      let tenths = progress.samplesDone * 10 / progress.sampleCount
      if tenths > tenthsShown { write(text(progress) + "\n") }
      tenthsShown = tenths
    }
    if isDone { begin("checksums and digests") }
  }

  private func bar(_ progress: GenerationProgress) -> String {
    let filled = progress.samplesDone * 30 / progress.sampleCount
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled) + "]"
  }

  private func text(_ progress: GenerationProgress) -> String {
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let rate = Double(progress.samplesDone - progress.samplesResumed) / max(seconds, 1e-9)
    let left = Double(progress.sampleCount - progress.samplesDone) / max(rate, 1e-9)
    let percent = progress.samplesDone * 100 / progress.sampleCount
    return "\(percent)% \(progress.samplesDone)/\(progress.sampleCount) images  "
      + "\(Int(rate.rounded())) images/s  \(Self.duration(left)) left"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private func write(_ text: String) { printError(text) }
}

import Foundation
import Learning
import ProgramOutput

/// One line on a terminal that says how far the training is; elsewhere a line per epoch.
final class TrainingBar {
  private var began = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var first: Double?
  private var title = ""

  /// Begins another training, which a line of its own announces.
  func begin(_ title: String) {
    finish()
    (self.title, first, began) = ("\(title): ", nil, .now)
    printError("\(title)\n")
  }

  func show(_ progress: Trainer.Progress) {
    let done = Double((progress.epoch - 1) * progress.batches + progress.batch)
    // A resumed run begins in the middle.
    let start = first ?? done - 1
    first = start
    guard isTerminal || progress.batch == progress.batches else { return }
    let elapsed = (ContinuousClock.now - began) / .seconds(1)
    let left = elapsed / max(1, done - start) * (Double(progress.epochs * progress.batches) - done)
    let text =
      "\(title)epoch \(progress.epoch) of \(progress.epochs), batch \(progress.batch) of "
      + "\(progress.batches), loss \(Float(progress.loss)), \(Int(left)) s left"
    printError((isTerminal ? "\r\(text)\u{1B}[K" : "\(text)\n"))
  }

  func finish() { if isTerminal { printError("\r\u{1B}[K") } }
}

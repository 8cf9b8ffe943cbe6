import Learning
import ProgramOutput

extension ProgressBar {
  /// Batches of a training; a line per epoch where there is no terminal.
  func show(_ progress: Trainer.Progress) {
    let done = (progress.epoch - 1) * progress.batches + progress.batch
    show(done: done, of: progress.epochs * progress.batches, parts: progress.epochs) { _ in
      "epoch \(progress.epoch) of \(progress.epochs), batch \(progress.batch) of \(progress.batches), "
        + "loss \(Float(progress.loss)), waiting for images \(Int((progress.waiting * 100).rounded()))%"
    }
  }
}

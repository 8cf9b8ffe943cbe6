import ProgramOutput
import SwiftLensing

extension ProgressBar {
  func showImages(_ done: Int, _ count: Int, resumed: Int = 0) {
    show(done: done, of: count, resumed: resumed) { rate in
      "\(done * 100 / count)% \(done)/\(count) images  \(Int(rate.rounded())) images/s"
    }
  }

  /// Images of a dataset that is made, after which its files are looked over.
  func show(_ progress: GenerationProgress) {
    showImages(progress.samplesDone, progress.sampleCount, resumed: progress.samplesResumed)
    if progress.samplesDone == progress.sampleCount { begin("checksums and digests") }
  }
}

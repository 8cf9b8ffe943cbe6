import Foundation
import Synchronization

/// Ctrl-C and the termination signal: the first asks a run to stop where it can be resumed, the second kills.
///
/// Commands that have nothing to tidy up do not watch: the signal ends them at once.
package enum Interruption {
  private static let flag = Atomic<Bool>(false)

  package static var wasAskedFor: Bool { flag.load(ordering: .relaxed) }

  /// As if Ctrl-C had been pressed.
  package static func askFor() { flag.store(true, ordering: .relaxed) }

  /// Every command ends within a second: one that is in the middle of a long step by then is ended there. Nothing is lost
  /// by it, since a run may be killed at any instant.
  ///
  /// - Parameter lastWords: What is said then.
  package static func watch(_ lastWords: String) {
    // Touched here, so that its first use is not in the handler, where nothing may be initialised.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    Thread.detachNewThread {
      while !wasAskedFor { usleep(50_000) }
      usleep(patience)
      complain(lastWords)
      _exit(130)
    }
  }

  /// Microseconds.
  private static let patience: UInt32 = 700_000
}

import Foundation
import Synchronization

/// Ctrl-C and the termination signal: the first asks a run to stop where it can be resumed, the second kills.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var wasAskedFor: Bool { flag.load(ordering: .relaxed) }

  /// As if Ctrl-C had been pressed.
  static func askFor() { flag.store(true, ordering: .relaxed) }

  static func watch() {
    // Touched here, so that its first use is not in the handler, where nothing may be initialised.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}

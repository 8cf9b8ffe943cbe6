import Foundation
import Synchronization

/// Ctrl-C, noted once and asked for after every epoch; a second one ends the program at once.
enum StopSignal {
  private static let given = Atomic<Bool>(false)

  static var wasGiven: Bool { given.load(ordering: .relaxed) }

  static func watch() {
    signal(SIGINT) { _ in
      StopSignal.given.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }
}

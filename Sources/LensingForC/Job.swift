import Dataset
import Dispatch
import SwiftLensing
import Synchronization

/// A job that was ended before it was done.
struct JobStopped: Error, CustomStringConvertible {
  var description: String { "stopped" }
}

/// Work in the background, which may be left behind: from then on it writes nothing, and ends when it next would.
///
/// Whoever waits for it can be interrupted at any time, however long a sample takes.
final class Job: Sendable {
  /// The simulator, which lives as long as the work, and whose errors are reported.
  let box: SimulatorBox
  private let state = Mutex(State())
  private let isDone = DispatchSemaphore(value: 0)

  private struct State {
    var isLeft = false
    var result: Result<Void, any Error>?
  }

  init(_ box: SimulatorBox, _ body: @escaping @Sendable (Job) throws -> Void) {
    self.box = box
    let work: @Sendable () -> Void = {
      let result = Result { try body(self) }
      self.state.withLock { $0.result = result }
      self.isDone.signal()
    }
    // Without a thread of its own it is done before anyone can wait.
    if !inBackground(work) { work() }
  }

  /// Writes into the caller's memory, unless the job has been left.
  ///
  /// - Throws: `JobStopped` if it has.
  func write(_ body: () -> Void) throws {
    try state.withLock { state in
      if state.isLeft { throw JobStopped() }
      body()
    }
  }

  /// Whether it is done within that time.
  func wait(milliseconds: Int) -> Bool {
    guard isDone.wait(timeout: .now() + .milliseconds(max(0, milliseconds))) == .success else { return false }
    isDone.signal()
    return true
  }

  /// Leaves it, if it is not done.
  func end() -> Result<Void, any Error> {
    state.withLock { state in
      state.isLeft = true
      return state.result ?? .failure(JobStopped())
    }
  }

  /// For C, until it is taken back.
  var handle: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  static func at(_ handle: OpaquePointer?) -> Job? {
    handle.map { Unmanaged<Job>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// Takes it back, and empties the handle.
  static func taken(_ handle: inout OpaquePointer?) -> Job? {
    defer { handle = nil }
    return handle.map { Unmanaged<Job>.fromOpaque(UnsafeRawPointer($0)).takeRetainedValue() }
  }
}

import CSwiftLensing
import Glibc
import SwiftLensing
import Synchronization

/// What stands behind a handle.
final class SimulatorBox: Sendable {
  let simulator: Simulator
  /// By thread, so that none reads another's.
  private let messages = Mutex<[UInt: String]>([:])

  init(_ simulator: Simulator) { self.simulator = simulator }

  var message: String { messages.withLock { $0[UInt(pthread_self())] ?? "" } }

  /// Runs a function's body; notes the error of a failure.
  func reporting(_ body: () throws -> Void) -> Int32 { report(Result { try body() }) }

  func report(_ result: Result<Void, any Error>) -> Int32 {
    let thread = UInt(pthread_self())
    switch result {
    case .success:
      messages.withLock { $0[thread] = nil }
      return Int32(LENSING_OK)
    case .failure(let error):
      messages.withLock { $0[thread] = "\(error)" }
      return status(of: error)
    }
  }

  static func at(_ handle: OpaquePointer?) -> SimulatorBox? {
    handle.map { Unmanaged<SimulatorBox>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

/// The number that callers in C see.
func status(of error: any Error) -> Int32 {
  if error is JobStopped { return Int32(LENSING_STOPPED) }
  return switch (error as? any ClassifiedError)?.kind {
  case .spec: Int32(LENSING_BAD_VALUE)
  case .file: Int32(LENSING_BAD_FILE)
  case .numerical: Int32(LENSING_NUMERICAL)
  case .other, nil: Int32(LENSING_OTHER)
  }
}

/// Copies a text with its final 0, cut to the size of the buffer; returns what the whole needs.
func copy(_ text: String?, to buffer: UnsafeMutablePointer<CChar>?, _ size: Int64) -> Int64 {
  guard let text else { return 0 }
  let bytes = Array(text.utf8)
  if let buffer, size > 0 {
    let count = min(bytes.count, Int(size) - 1)
    for i in 0..<count { buffer[i] = CChar(bitPattern: bytes[i]) }
    buffer[count] = 0
  }
  return Int64(bytes.count + 1)
}

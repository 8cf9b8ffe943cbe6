import Dispatch
import Glibc
import Synchronization

/// Runs the same body on several threads at once and waits for all of them; one of them is the caller's.
///
/// The threads are fresh ones: a pool would be lost in a process that Python's `fork` made, and wait for ever.
func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let threads = (1..<max(1, count)).compactMap { _ in start(body) }
  body()
  for thread in threads { pthread_join(thread, nil) }
}

/// The results for some names, in their order, found on all processors.
func severalAtOnce<Value: Sendable>(
  _ names: [String], _ body: @Sendable (String) throws -> Value
) throws -> [Value] {
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  DispatchQueue.concurrentPerform(iterations: names.count) { i in
    let result = Result { try body(names[i]) }
    results.withLock { $0[i] = result }
  }
  return try results.withLock { results in try names.indices.compactMap { try results[$0]?.get() } }
}

/// Runs a body on a fresh thread that nobody waits for; false if the system gives no more threads.
package func inBackground(_ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = start(body) else { return false }
  pthread_detach(thread)
  return true
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// nil if the system gives no more threads: then those that run do its work.
private func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  let work = Unmanaged.passRetained(Work(body))
  let status = pthread_create(
    &thread, nil,
    { pointer in
      if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
      return nil
    }, work.toOpaque())
  if status == 0 { return thread }
  work.release()
  return nil
}

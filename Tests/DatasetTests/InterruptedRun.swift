import FileFormats
import Foundation
import LensTestSupport
import Testing

/// The program `lensing generate` in the background, to be stopped and killed.
final class InterruptedRun {
  private let process = Process()

  init(_ arguments: [String]) throws {
    process.executableURL = builtProgram("lensing")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { _ = kill(process.processIdentifier, number) }

  /// Kills without any chance to tidy up, as a loss of power does.
  func end() {
    signal(SIGKILL)
    process.waitUntilExit()
  }

  /// Waits until something holds, while the run goes on.
  func wait(until condition: () -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
      try #require(
        isRunning && ContinuousClock.now < deadline, "the run ended before it could be interrupted")
      usleep(100)
    }
  }
}

/// Sleeps, also when signals of other processes come in between.
func pause(seconds: Double) {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end { usleep(1000) }
}

/// How far the journal of an unfinished dataset says that it has come; nil without a journal.
func journalledSamples(_ partial: String) -> Int? {
  guard let bytes = try? readFile("\(partial)/journal.json"),
    let entries = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
  else { return nil }
  return entries["samplesDone"] as? Int
}

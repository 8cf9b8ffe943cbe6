import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// The same command, killed at any instant and run again, ends with the bytes of an unbroken run.
struct KillTests {
  private static let kills = 200
  private static let settings =
    smallImages + ["accuracy.subpixels=8", "accuracy.sampling=uniform", "split.test=0.2"]

  /// Beginning, rendering, checkpoints after every batch, digests and the final renames all take their part of a run.
  private func arguments(_ folder: String) -> [String] {
    [
      "generate", "model-a", "--count", "60", "--seed", "3", "--threads", "1", "--checkpoint", "0",
      "--resume",
      "--truth", "deflection", "--output", folder,
    ] + Self.settings.flatMap { ["--set", $0] }
  }

  @Test func `a run killed at two hundred random instants ends with the same bytes`() throws {
    try withScratchFolder { folder in
      let began = ContinuousClock.now
      let first = try lensing(arguments("\(folder)/unbroken"))
      #expect(first.status == 0, "\(first.errors)")
      var duration = (ContinuousClock.now - began) / .seconds(1)
      let stream = RandomKey(seed: 9, sample: 0).stream("kills")
      var (finished, wasWhole) = (0, 0)
      for number in 0..<Self.kills {
        let run = try InterruptedRun(arguments("\(folder)/broken"))
        // A little longer than a whole run, so that its last moments are met too.
        pause(seconds: 1.1 * duration * stream.uniform(UInt32(number)))
        // What else the machine does changes how long a run takes.
        duration *= run.isRunning ? 1.02 : 0.95
        wasWhole += run.isRunning ? 0 : 1
        run.end()
        if fileExists("\(folder)/broken") {
          // What has the name of a dataset is one.
          #expect(try DatasetVerification("\(folder)/broken").faultsOfFiles() == [])
          let again = try lensing(arguments("\(folder)/broken"))
          #expect(again.status == 0, "\(again.errors)")
          try expectSameFiles("\(folder)/unbroken", "\(folder)/broken")
          #expect(try listFolder(folder) == ["broken", "unbroken"])
          try FileManager.default.removeItem(atPath: "\(folder)/broken")
          finished += 1
        }
        // Right after any kill the command must be able to go on; every tenth time it is let to.
        if number % 10 == 0 {
          let next = try lensing(arguments("\(folder)/broken"))
          #expect(next.status == 0, "after kill \(number): \(next.errors)")
        }
      }
      // Most kills must have met a run, and runs must have come to their end again and again.
      #expect(
        wasWhole < Self.kills / 2 && finished > 10,
        "\(wasWhole) runs ended before the kill, \(finished) datasets")
      let last = try lensing(arguments("\(folder)/broken"))
      #expect(last.status == 0, "\(last.errors)")
      try expectSameFiles("\(folder)/unbroken", "\(folder)/broken")
    }
  }
}

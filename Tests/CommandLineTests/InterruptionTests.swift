import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A step of over two seconds shows that it goes on, and Ctrl-C ends every command within a second.
@Suite(.serialized)
struct InterruptionTests {
  /// One image of it takes far longer than a test would wait.
  private static let slow = [
    "--set", "instrument.width=4000", "--set", "instrument.height=4000", "--set",
    "instrument.pixel_scale=0.002",
    "--set", "accuracy.sampling=uniform", "--set", "accuracy.subpixels=24", "--set", "instrument.psf=none",
  ]

  /// A lens whose maps take minutes.
  private static let manyHalos = [
    "--set", "classes=[spherical]", "--set",
    "classes.spherical.planes.lens.halos.spherical.subhalos.profile=truncated_nfw", "--set",
    "classes.spherical.planes.lens.halos.spherical.subhalos.count=40000",
  ]

  private static let commands: [[String]] = [
    ["render", "model-a", "--index", "0"] + slow, ["preview", "model-a", "--columns", "2"] + slow,
    ["generate", "model-a", "--count", "2"] + slow, ["render", "model-a", "--index", "0"] + manyHalos,
  ]

  @Test(arguments: commands)
  func `a long step shows a sign of life, and Ctrl-C ends it`(_ arguments: [String]) throws {
    try withScratchFolder { folder in
      let script = """
        import signal, subprocess, sys, tempfile, time
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        # Who runs this in the background has made it deaf to Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # Other tests keep the processors busy: of some tries, the quickest counts.
        for attempt in range(5):
            run = subprocess.Popen(
                sys.argv[1:], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                cwd=tempfile.mkdtemp(dir="."))
            errors = ""
            while ": 2 s" not in errors:
                line = run.stderr.readline()
                assert line, errors
                errors += line
            time.sleep(1)
            began = time.monotonic()
            run.send_signal(signal.SIGINT)
            errors += run.communicate()[1]
            isQuick = time.monotonic() - began < 1
            if isQuick: break
        print(isQuick, run.returncode in (130, -signal.SIGINT))
        print(errors)
        """
      let result = try runProcess(
        "/usr/bin/python3", ["-c", script, builtProgram("lensing").path] + arguments, in: folder)
      #expect(result.output.hasPrefix("True True\n"), "\(result)")
      #expect(result.output.contains(": 2 s"), "\(result)")
      // Nothing half-written has a name of its own.
      let left = try FileManager.default.subpathsOfDirectory(atPath: folder)
      #expect(
        left.allSatisfy { !$0.hasSuffix(".png") && ($0.contains(".partial") || !$0.hasSuffix(".fits")) },
        "\(left)")
    }
  }
}

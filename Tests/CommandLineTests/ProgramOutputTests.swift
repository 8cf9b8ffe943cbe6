import FileFormats
import Foundation
import LensTestSupport
import Testing

/// Small images, quick to make.
let smallImages = [
  "--set", "instrument.width=32", "--set", "instrument.height=30", "--set", "instrument.pixel_scale=0.15",
]

/// Runs the program, which must succeed, and returns what it prints.
func output(of arguments: [String], in folder: String? = nil) throws -> String {
  let result = try lensing(arguments, in: folder)
  try #require(result.status == 0, "\(result.errors)")
  return result.output
}

func parseJSON(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

struct ProgramOutputTests {
  @Test func `generate reports its manifest as JSON, and nothing else`() throws {
    try withScratchFolder { folder in
      let result = try lensing(
        ["generate", "model-a", "--count", "4", "--json", "-o", "set"] + smallImages, in: folder)
      #expect(result.status == 0 && result.errors.isEmpty)
      let report = try parseJSON(result.output)
      #expect(report["output"] as? String == "set")
      #expect((report["seconds"] as? Double ?? -1) >= 0)
      let manifest = try #require(report["manifest"] as? [String: Any])
      let stored = try parseJSON(try readText("\(folder)/set/manifest.json"))
      #expect(NSDictionary(dictionary: manifest) == NSDictionary(dictionary: stored))
      #expect(manifest["image_shape"] as? [Int] == [1, 30, 32])
      let versions = try #require(manifest["versions"] as? [String: String])
      #expect(versions.keys.sorted() == ["cfitsio", "fftw", "gsl", "libpng", "swift_lensing"])
      #expect(versions.values.allSatisfy { $0.contains(".") }, "\(versions)")
    }
  }

  @Test func `pages need gnuplot, which is told before the work`() throws {
    try withScratchFolder { folder in
      _ = try output(of: ["generate", "model-a", "--count", "2", "-o", "set"] + smallImages, in: folder)
      for arguments in ["report set", "forecast model-a --count 100000"] {
        let result = try runProcess(
          "/bin/sh", ["-c", "PATH=/nowhere exec $0 \(arguments)", builtProgram("lensing").path], in: folder)
        #expect(
          result.status == 3 && result.errors.contains("gnuplot: is not there: install it"), "\(result)")
      }
      #expect(try !listFolder("\(folder)/set").contains("report.html"))
    }
  }

  @Test func `doctor and profiles speak JSON`() throws {
    let facts = try parseJSON(try output(of: ["doctor", "--json"]))
    #expect(facts["runs_here"] as? String == "true")
    #expect((facts["self_test"] as? String)?.hasPrefix("rendered a spherical lens") == true)
    #expect((facts["charts"] as? String ?? "").hasPrefix("gnuplot 5"))
    #expect(facts["built_for"] as? String != "" && facts["processor"] as? String != "")
    let profiles = try parseJSON(try output(of: ["profiles", "--json"]))
    #expect((profiles["populations"] as? [String])?.contains("model-b") == true)
    #expect((profiles["scenes"] as? [String] ?? []).contains("quad"))
    #expect((profiles["mass"] as? [String])?.contains("line_mass") == true)
    #expect((profiles["psf"] as? [String])?.contains("moffat") == true)
    #expect((profiles["light"] as? [String])?.contains("sersic") == true)
  }

  @Test func `what show prints is a spec that shows the same`() throws {
    let profiles = try parseJSON(try output(of: ["profiles", "--json"]))
    let presets = ["populations", "scenes"].flatMap { profiles[$0] as? [String] ?? [] }
    #expect(presets.count >= 6)
    try withScratchFolder { folder in
      for preset in presets {
        let shown = try output(of: ["show", preset])
        try writeFileAtomically(Array(shown.utf8), to: "\(folder)/\(preset).yaml")
        #expect(try output(of: ["show", "\(preset).yaml"], in: folder) == shown, "\(preset)")
      }
    }
  }

  @Test func `progress goes to standard error, a line every tenth of the way`() throws {
    try withScratchFolder { folder in
      let arguments = ["generate", "model-a", "--count", "320", "--threads", "1"]
      let result = try lensing(
        arguments + [
          "--set", "instrument.width=4", "--set", "instrument.height=4", "--set", "instrument.psf=none",
        ],
        in: folder)
      #expect(result.status == 0)
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count >= 8 && lines.count <= 10)
      #expect(
        lines.last?.hasPrefix("100% 960/960 images") == true && lines.last?.hasSuffix("0 s left") == true)
      #expect(!result.errors.contains("\r") && !result.errors.contains("\u{1B}"))
      #expect(result.output.hasPrefix("960 images, 2 MB in Output/model-a after "))
      #expect(result.output.contains("Look at them: lensing preview Output/model-a"))
      #expect(try listFolder("\(folder)/Output") == ["model-a"])
    }
  }

  @Test func `without progress there is the result alone`() throws {
    try withScratchFolder { folder in
      let arguments = ["generate", "model-a", "--count", "20", "--set", "redraw.attempts=3", "-o", "set"]
      let result = try lensing(arguments + ["--quiet"] + smallImages, in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
      #expect(result.output.hasPrefix("60 images, ") && !result.output.contains("drawn again"))
    }
  }

  @Test func `the seed decides, and takes all 64 bits`() throws {
    try withScratchFolder { folder in
      for (name, seed) in [("a", "18446744073709551615"), ("b", "18446744073709551615"), ("c", "1")] {
        _ = try output(
          of: ["generate", "model-a", "--count", "1", "--json", "--seed", seed, "-o", name] + smallImages,
          in: folder)
      }
      let arrays = try ["a", "b", "c"].map { try readFile("\(folder)/\($0)/vortex_train.npy") }
      #expect(arrays[0] == arrays[1] && arrays[0] != arrays[2])
    }
  }
}

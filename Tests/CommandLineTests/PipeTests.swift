import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A spec may come from wherever a shell takes it: what is not a plain file can be read once.
struct PipeTests {
  private static let commands: [(String, [String])] = [
    ("show SPEC", ["population", "scene"]), ("render SPEC -o out", ["population", "scene"]),
    ("render SPEC --index 2 -o out", ["population"]), ("preview SPEC --columns 1 -o out.png", ["population"]),
    ("generate SPEC --count 1 --threads 1 --json -o out", ["population"]),
  ]
  private static let sources = [
    // The shell's arguments are the file and the command's halves before and after the spec.
    "cat $1 | $2 /dev/stdin $3", "$2 /dev/stdin $3 < $1", "$2 <(cat $1) $3",
    "mkfifo pipe; cat $1 > pipe & timeout 60 $2 pipe $3",
  ]

  private func write(_ folder: String) throws {
    let small = ["width", "height"].map { "instrument.\($0)=20" }.flatMap { ["--set", $0] }
    for (name, preset) in [("population", "model-b"), ("scene", "quad")] {
      let shown = try output(of: ["show", preset, "--set", "instrument.pixel_scale=0.2"] + small)
      try writeFileAtomically(Array(shown.utf8), to: "\(folder)/\(name)")
    }
  }

  @Test(arguments: commands, sources) func `a spec from a pipe`(
    command: (line: String, specs: [String]), source: String
  ) throws {
    for spec in command.specs {
      try withScratchFolder { folder in
        try write(folder)
        let halves = command.line.components(separatedBy: "SPEC")
        let program = builtProgram("lensing").path
        func run(_ script: String) throws -> ProcessResult {
          try runProcess(
            "/bin/bash", ["-c", script, "bash", spec, "\(program) \(halves[0])", halves[1]], in: folder)
        }
        let piped = try run(source)
        #expect(piped.status == 0, "\(command.line) with \(source): \(piped.errors)")
        guard command.line.hasPrefix("show") else { return }
        let plain = try run("$2 $1 $3")
        #expect(piped.output == plain.output && plain.status == 0, "\(source)")
      }
    }
  }

  @Test func `nothing in a pipe is told`() throws {
    let result = try lensing("show", "/dev/stdin")
    #expect(result.status == 2 && result.errors.contains("nothing"), "\(result)")
  }

  @Test func `a kernel from a pipe is refused at once, for it is read again`() throws {
    try withScratchFolder { folder in
      let script =
        "mkfifo kernel.fits; timeout 60 $1 preview model-a --set instrument.psf='{file: {path: kernel.fits}}'"
      let program = builtProgram("lensing").path
      let result = try runProcess("/bin/bash", ["-c", script, "bash", program], in: folder)
      #expect(result.status == 3 && result.errors.contains("must be a plain file"), "\(result)")
    }
  }
}

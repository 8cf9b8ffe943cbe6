import FileFormats
import Foundation
import LensTestSupport
import Testing

/// Whether the program was built with libtorch: `make test` does, a plain `swift test` does not.
private let hasLearningProgram =
  (try? runBuilt("lensing-learn", ["train", "missing"]))?.errors.contains("no libtorch") == false

/// `lensing-learn` as people type it.
@Suite(.serialized, .enabled(if: hasLearningProgram, "lensing-learn was built without libtorch"))
struct LearningProgramTests {
  private let small = [
    "--set", "instrument.width=40", "--set", "instrument.height=40", "--set", "instrument.pixel_scale=0.12",
  ]

  private func learn(_ arguments: [String], in folder: String) throws -> ProcessResult {
    // Forecasts of a few images are as good here as of hundreds.
    try runBuilt(
      "lensing-learn", arguments + (arguments.first == "evaluate" ? ["--bound", "2"] : []), in: folder)
  }

  @Test func `a dataset is trained on, resumed and judged`() throws {
    try withScratchFolder { folder in
      _ = try output(
        of: [
          "generate", "model-a", "--count", "30", "--set", "split.validation=0.2", "--set", "split.test=0.3",
          "-o", "set",
        ] + small, in: folder)
      let trained = try learn(["train", "set", "--epochs", "1", "--batch", "8"], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.output.contains("epoch 1: training loss"))
      #expect(trained.output.contains("Judge it: lensing-learn evaluate set-resnet18 set"))
      let mixed = try learn(
        ["train", "set", "--network", "boltzmann", "--epochs", "1", "--validation-part", "0.4"], in: folder)
      #expect(mixed.status == 0, "\(mixed.errors)")
      let again = try learn(["train", "set", "--epochs", "1", "--batch", "8"], in: folder)
      #expect(again.status == 2 && again.errors.contains("holds a training already"))
      let judged = try learn(["evaluate", "set-resnet18", "set"], in: folder)
      #expect(judged.status == 0, "\(judged.errors)")
      #expect(judged.output.contains("area under the curve, substructure or none: 0."))
      #expect(judged.output.contains("Look at it: set-resnet18/index.html"))
      #expect(fileExists("\(folder)/set-resnet18/index.html"))
      try expectKept("set-resnet18", in: folder)
      let longer = try learn(["train", "set", "--epochs", "2", "--batch", "9", "--resume"], in: folder)
      #expect(longer.status == 2)
      #expect(
        longer.errors.contains("epochs is 1 there and 2 here, batch is 8 there and 9 here:"),
        "\(longer.errors)")
    }
  }

  /// An evaluation is replaced only where that is asked for, in the default folder as in another.
  private func expectKept(_ network: String, in folder: String) throws {
    func files() throws -> [[UInt8]] {
      try ["evaluation.json", "per_image.csv", "index.html"].map {
        try readFile("\(folder)/\(network)/\($0)")
      }
    }
    let before = try files()
    let other = ["evaluate", network, "set", "--split", "train"]
    for arguments in [other, other + ["--output", network], ["evaluate", network, "set"]] {
      let refused = try learn(arguments, in: folder)
      #expect(refused.status == 3 && refused.errors.contains("holds an evaluation already"), "\(refused)")
      #expect(try files() == before)
    }
    let elsewhere = try learn(other + ["--output", "elsewhere"], in: folder)
    #expect(elsewhere.status == 0, "\(elsewhere.errors)")
    #expect(try files() == before)
    let numbers = try learn(other + ["--output", "numbers", "--no-page"], in: folder)
    #expect(numbers.status == 0 && !numbers.output.contains("Look at it"), "\(numbers.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(folder)/numbers").sorted() == [
        "evaluation.json", "per_image.csv",
      ])
    // A page of other numbers does not stay beside new ones.
    _ = try learn(other + ["--output", "elsewhere", "--no-page", "--overwrite"], in: folder)
    #expect(!fileExists("\(folder)/elsewhere/index.html"))
    let replaced = try learn(other + ["--overwrite"], in: folder)
    #expect(replaced.status == 0, "\(replaced.errors)")
    #expect(try files() != before)
  }

  @Test func `images are simulated on the fly, without a dataset`() throws {
    try withScratchFolder { folder in
      let simulated = ["--simulate", "model-a", "--count", "10"] + small
      let trained = try learn(
        ["train", "--network", "autoencoder", "--epochs", "1"] + simulated, in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let judged = try learn(["evaluate", "Output/model-a-autoencoder"] + simulated, in: folder)
      #expect(judged.status == 0, "\(judged.errors)")
      #expect(judged.output.contains("reconstruction loss, no_sub"))
      #expect(
        try readNpy("\(folder)/Output/model-a-autoencoder/reconstructions.npy").shape == [30, 1, 40, 40])
      let names = try listFolder("\(folder)/Output/model-a-autoencoder")
      #expect(!names.contains { $0.contains("train") || $0.contains("partial") })
    }
  }

  @Test func `a recipe is kept beside the weights, and its network is judged without another word`() throws {
    try withScratchFolder { folder in
      let changes = [
        "epochs=1", "count=8", "validation_count=4", "batch=12",
        "preparation={crop: 36, bin: 1, normalization: asinh}",
      ].flatMap { ["--with", $0] }
      let trained = try learn(
        ["train", "--recipe", "released-a", "--threads", "1"] + changes + small, in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.output.contains("Judge it: lensing-learn evaluate Output/released-a\n"))
      let kept = try readText("\(folder)/Output/released-a/recipe.yaml")
      #expect(kept.contains("instrument.width=40") && kept.contains("bin: 1"))
      let judged = try learn(["evaluate", "Output/released-a", "--count", "4"], in: folder)
      #expect(judged.status == 0, "\(judged.errors)")
      #expect(judged.output.contains("polar_residual on simulated model-a-released"))
      // The same training once more, from what was kept.
      let again = try learn(
        ["train", "--recipe", "Output/released-a/recipe.yaml", "--threads", "1", "-o", "again"], in: folder)
      #expect(again.status == 0, "\(again.errors)")
      for name in ["weights.safetensors", "metrics.jsonl", "recipe.yaml"] {
        let isSame =
          try readFile("\(folder)/again/\(name)") == readFile("\(folder)/Output/released-a/\(name)")
        #expect(isSame, "\(name)")
      }
    }
  }

  /// The script of the results, on a few images.
  @Test func `one command trains, judges and tells, and goes on where it was broken off`() throws {
    try withScratchFolder { folder in
      let script = """
        export PROGRAM='\(builtProgram("lensing-learn").path)' NETWORKS=steerable_d4 SEEDS=1 COUNT=3
        export JOBS="$1" BOUND=2 CHANGES='--with epochs=1 --with count=4 --with validation_count=2 --with batch=6' OPTIONS='--threads 1'
        exec '\(repositoryRoot.appending(path: "docs/results/train-all").path)' results
        """
      let first = try runProcess("/bin/sh", ["-c", script, "sh", "2"], in: folder)
      #expect(first.status == 0, "\(first.errors)")
      #expect(
        try readText("\(folder)/results/released-a-steerable_d4-pairs-1.log").contains("area under the curve")
      )
      let table = first.output.split(separator: "\n").filter { $0.hasPrefix("|") }
      #expect(table.count == 4 && table[0].contains("images seen"))
      #expect(
        table.filter { $0.contains("| model-a-released | 1 to 1 | 12 |") }.count == 1
          && table.filter { $0.contains("| 0 to 0 | 12 |") }.count == 1, "\(table)")
      let weights = try readFile("\(folder)/results/released-a-steerable_d4-pairs-1/weights.safetensors")
      let second = try runProcess("/bin/sh", ["-c", script, "sh", "1"], in: folder)
      #expect(second.output.split(separator: "\n").filter { $0.hasPrefix("|") } == table, "\(second.errors)")
      let isKept =
        try readFile("\(folder)/results/released-a-steerable_d4-pairs-1/weights.safetensors") == weights
      #expect(isKept)
      let curves = try readText("\(folder)/results/released-a.svg")
      for text in ["steerable_d4-pairs-1", "steerable_d4-independent-1", "C8, published 0.9984"] {
        #expect(curves.contains(text), "\(text)")
      }
      let unknown = try learn(
        ["curves", "results/released-a-steerable_d4-pairs-1", "--class", "axion"], in: folder)
      #expect(
        unknown.status == 3 && unknown.errors.contains("no training of a classifier with areas of class"))
      let missing = try learn(["table", "results"], in: folder)
      #expect(missing.status == 3 && missing.errors.contains("evaluate the network first"))
    }
  }

  /// The other script, on fewer: every change is one that populations have, and forecasts and scores stand below each other.
  @Test func `from the released model to the honest one every step is seen`() throws {
    try withScratchFolder { folder in
      let script = """
        export LENSING='\(builtProgram("lensing").path)' PROGRAM='\(builtProgram("lensing-learn").path)' IMAGES=1 COUNT=2 BOUND=1 EPOCHS=1
        export CHANGES='--with count=2 --with validation_count=2 --with batch=6' OPTIONS='--threads 1'
        exec '\(repositoryRoot.appending(path: "docs/results/train-switches").path)' steps
        """
      let result = try runProcess("/bin/sh", ["-c", script], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines.filter { $0.hasPrefix("projected: median") }.count == 9)
      #expect(lines.filter { $0.hasPrefix("| ") && $0.contains("| polar_residual |") }.count == 9)
      // All changes together make the honest model, but for how images are sampled and blurred, and an exposure that does not count
      // beside a signal-to-noise ratio.
      let changes = try readText("\(folder)/steps/changes").split(separator: "\n").flatMap {
        ["--set", String($0)]
      }
      func specLines(_ arguments: [String]) throws -> Set<String> {
        let shown = try runProcess(builtProgram("lensing").path, ["show"] + arguments, in: folder)
        #expect(shown.status == 0, "\(shown.errors)")
        return Set(shown.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
      }
      let differing = try specLines(["model-a-released"] + changes).symmetricDifference(
        specLines(["model-a"]))
      let keys = Set(differing.filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != ":" }) })
      #expect(
        keys == ["name", "description", "kernel_pixels", "border", "exposure_time", "sampling"])
    }
  }

  @Test func `Ctrl-C ends a training within a second, and it goes on from the last epoch to the same bytes`()
    throws
  {
    try withScratchFolder { folder in
      func arguments(_ output: String) -> [String] {
        [
          "train", "--simulate", "model-a", "--count", "8", "--epochs", "4", "--batch", "8", "--threads",
          "1", "-o", output,
        ]
          + small
      }
      let script = """
        import os, signal, subprocess, sys, time
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        run = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while not os.path.exists("broken/checkpoint.safetensors"): time.sleep(0.01); assert run.poll() is None
        time.sleep(0.2)
        began = time.monotonic()
        run.send_signal(signal.SIGINT)
        run.wait()
        print(run.returncode, time.monotonic() - began)
        """
      let program = builtProgram("lensing-learn").path
      let result = try runProcess(
        "/usr/bin/python3", ["-c", script, program] + arguments("broken"), in: folder)
      let words = result.output.split(whereSeparator: \.isWhitespace)
      #expect(words.first == "130", "\(result)")
      // 0.7 s after the signal the program ends wherever it is; other tests keep the processors busy meanwhile.
      #expect(words.last.flatMap { Double($0) }.map { $0 < 2 } == true, "\(result)")
      let epochs = try readText("\(folder)/broken/metrics.jsonl").split(separator: "\n").count
      #expect((1..<4).contains(epochs))
      #expect(try learn(arguments("broken") + ["--resume"], in: folder).status == 0)
      #expect(try learn(arguments("whole"), in: folder).status == 0)
      for name in ["weights.safetensors", "checkpoint.safetensors", "metrics.jsonl"] {
        let isSame = try readFile("\(folder)/whole/\(name)") == readFile("\(folder)/broken/\(name)")
        #expect(isSame, "\(name)")
      }
    }
  }

  @Test(
    arguments: [
      (["train"], 64, "Give either a dataset or --simulate MODEL"),
      (["train", "set", "--simulate", "model-a"], 64, "Give either a dataset or --simulate MODEL"),
      (["train", "set", "--set", "a=b"], 64, "it needs --simulate"),
      (["train", "missing"], 3, "missing"),
      (["train", "--simulate", "model-c"], 2, "there is no such preset"),
      (["train", "--simulate", "model-a", "--count", "0"], 64, "must be from 1 to"),
      (["train", "--simulate", "model-a", "--count", "2", "--epochs", "0"], 2, "epochs: '0' given"),
      (["train", "missing", "--network", "transformer"], 64, "resnet18"),
      (["train", "missing", "--device", "tpu"], 2, "tpu"),
      (
        ["train", "--simulate", "model-a", "--count", "2", "--network", "script_classifier"], 2,
        "needs a module"
      ),
      (["evaluate", "missing", "--simulate", "model-a"], 3, "train a network first"),
      (["time", "--steps", "0"], 64, "must be from 1"), (["time", "--size", "0"], 2, "size: 0 given"),
      (["evaluate", "missing", "set", "--seed", "1"], 64, "--seed is that of simulated images"),
      (["evaluate", "missing", "set", "--noise-seed", "1"], 64, "it needs --simulate"),
      (["train", "set", "--count", "5"], 64, "it needs --simulate"),
      (["train", "--recipe", "released-c"], 2, "released-a"),
      (["train", "--recipe", "released-a", "--with", "pairs"], 64, "key=value"),
      (["train", "--recipe", "released-a", "--with", "pears=[1, 0]"], 2, "pairs"),
      (["train", "set", "--recipe", "missing.yaml"], 2, "no such recipe"),
      (["compare", "--epochs", "0"], 2, "epochs: 0 given"),
      (["compare", "--no-easier", "--easier", "a=b"], 64, "exclude each other"),
    ] as [([String], Int32, String)])
  func `bad input is answered`(arguments: [String], status: Int32, message: String) throws {
    try withScratchFolder { folder in
      let result = try learn(arguments, in: folder)
      #expect(result.status == status)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(try listFolder(folder).isEmpty)
    }
  }
}

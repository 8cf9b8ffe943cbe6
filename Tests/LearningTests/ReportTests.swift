import Charts
import Dataset
import FileFormats
import Foundation
import Learning
import LearningReports
import LensCore
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// What an evaluation and a comparison leave in their folders.
  struct ReportTests {
    private func images(_ count: Int, side: Int) -> ImageSet {
      var set = ImageSet(width: side, height: side, classes: ["no_sub", "vortex", "spherical"])
      for i in 0..<count {
        let stream = RandomKey(seed: 9, sample: UInt64(i)).stream("images")
        set.append((0..<side * side).map { Float(stream.uniform(UInt32($0))) }, label: i % 3)
      }
      return set
    }

    private let history = [
      EpochMetrics(epoch: 1, trainingLoss: 1.1, validationLoss: 1.2, rate: 0.1),
      EpochMetrics(epoch: 2, trainingLoss: 0.7, validationLoss: 0.9, rate: 0.1),
    ]

    @Test func `every published number is one of a network that there is`() throws {
      let document = try parseYAML(try #require(Preset.published).yaml, path: "published")
      let entries = try #require(document["published"]?.givenEntries)
      let known = NetworkKind.allCases.map(\.rawValue) + [Comparison.oneClassName]
      #expect(entries.count == 8)
      for network in entries {
        #expect(known.contains(network.key), "\(network.key)")
        for model in network.value.givenEntries ?? [] {
          #expect(["model-a", "model-b"].contains(model.key))
          for number in model.value.givenEntries ?? [] {
            #expect(["area", "column_sum_distance"].contains(number.key))
            guard case .scalar(let text) = number.value, Double(text) != nil else {
              Issue.record("\(network.key) \(model.key) \(number.key)")
              continue
            }
          }
        }
      }
      #expect(document.value(at: "published.published_c8.model-b.area") == .scalar("0.9950"))
    }

    @Test(arguments: [NetworkKind.resnet18, .variational])
    func `a report holds the numbers, the images' scores and the pictures`(kind: NetworkKind) throws {
      try withScratchFolder { folder in
        let images = images(21, side: 64)
        let model = try kind.make(width: 64, height: 64, classes: 3, TensorGenerator(seed: 1))
        let evaluation = try EvaluationReport(folder: "\(folder)/report")
          .write(kind, model, images, from: "a <test> & more", history: history)
        let files = try listFolder("\(folder)/report")
        let pictures =
          kind.isSupervised
          ? [
            "activation_maps.png", "calibration.svg", "confusion.svg", "extremes.png", "losses.svg",
            "roc.svg",
            "scores.svg",
          ]
          : ["losses.svg", "reconstructions.png", "roc.svg", "scores.svg"]
        let arrays = kind.isSupervised ? [] : ["reconstructions.npy"]
        #expect(
          files.sorted() == (pictures + arrays + ["evaluation.json", "index.html", "per_image.csv"]).sorted())
        let page = try readText("\(folder)/report/index.html")
        for picture in pictures { #expect(page.contains("src=\"\(picture)\""), "\(picture)") }
        #expect(page.contains("a &lt;test&gt; &amp; more") && !page.contains("<test>"))
        for figure in pictures where figure.hasSuffix("svg") {
          #expect(try readText("\(folder)/report/\(figure)").contains("</svg>"), "\(figure)")
        }
        let table = try parseCSV(try readText("\(folder)/report/per_image.csv"), path: "per_image.csv")
        #expect(table.count == 22 && table[1][1] == "no_sub" && table[2][1] == "vortex")
        if kind.isSupervised {
          #expect(
            table[0] == [
              "image", "class", "probability_no_sub", "probability_vortex", "probability_spherical",
            ])
          let sum = try table[1].dropFirst(2).map { try #require(Double($0)) }.reduce(0, +)
          #expect(abs(sum - 1) < 1e-5)
        } else {
          try expectReconstructions("\(folder)/report/reconstructions.npy", images, table, evaluation)
        }
      }
    }

    /// After one epoch a chart is one point; scores may all be the same; a set may be of few images and classes.
    @Test(arguments: [NetworkKind.resnet18, .polarResidual, .variational, .boltzmann], [1, 9])
    func `a person sees every chart and picture of a page`(kind: NetworkKind, epochs: Int) throws {
      try withScratchFolder { folder in
        let images = images(epochs == 1 ? 3 : 21, side: 64)
        let model = try kind.make(width: 64, height: 64, classes: 3, TensorGenerator(seed: 1))
        let history = (1...epochs).map { epoch in
          var metrics = EpochMetrics(
            epoch: epoch, images: 9600 * epoch, trainingLoss: 1 / Double(epoch),
            validationLoss: 2 / Double(epoch), rate: 0.1)
          if kind.isSupervised {
            metrics.area = 1 - 0.5 / Double(epoch)
            // The ninth gets all right: five decades of what is missing to 1.
            let vortex = epoch == 9 ? 1 : 1 - 0.4 / Double(epoch)
            metrics.areaByClass = ["vortex": vortex, "spherical": 1 - 0.6 / Double(epoch)]
          }
          return metrics
        }
        let name = epochs == 1 ? String(repeating: "Output/a_long_name", count: 12) : "a <test> & more"
        _ = try EvaluationReport(folder: "\(folder)/report")
          .write(
            kind, model, images, from: name, history: history,
            population: epochs == 1 ? "" : "model-a-released")
        _ = try EvaluationReport(folder: "\(folder)/same").write(
          "one_class_svm", Judgement(scores: images.labels.map { _ in 1e9 }), images, from: name)
        let names = kind.differentLosses == nil ? ["losses"] : ["training_losses", "validation_losses"]
        let losses = try names.map { try readText("\(folder)/report/\($0).svg") }.joined()
        // A mark per epoch and curve, and one each in the key.
        #expect(losses.components(separatedBy: "<use xlink:href='#gpPt6'").count - 1 == 2 * (epochs + 1))
        #expect(losses.contains("free-energy difference") == (kind == .boltzmann))
        for figure in try listFolder("\(folder)/report") where figure.hasSuffix("svg") {
          let head = String(try readText("\(folder)/report/\(figure)").prefix(300))
          let size = try #require(head.firstMatch(of: /width="640" height="(\d+)"/), "\(figure)").1
          #expect(try #require(Int(size)) >= 480 && head.contains("viewBox=\"0 0 640 \(size)\""), "\(figure)")
        }
        try expectSeen(["\(folder)/report/index.html", "\(folder)/same/index.html"])
      }
    }

    @Test func `curves with gaps, and of gaps alone, are still charts`() throws {
      try withScratchFolder { folder in
        let gaps: [[(x: Double, y: Double)]] = [
          [(1, 2), (2, .nan), (3, 1)], [(1, .nan)], [(.nan, 1), (2, .infinity)], [], [(5, 1e300)],
          [(5, -1e-300)],
        ]
        for (number, points) in gaps.enumerated() {
          var figure = CurveFigure("title", x: "x", y: "y", [.init("curve", points)])
          (figure.hasDots, figure.hasWholeX) = (true, true)
          try figure.write(to: "\(folder)/\(number).svg")
          let isEmpty = !points.contains { $0.x.isFinite && $0.y.isFinite }
          #expect(
            try readText("\(folder)/\(number).svg").contains("no finite values") == isEmpty, "\(points)")
        }
      }
    }

    /// Names of folders and classes come from users: nothing in them is a command.
    @Test func `text in charts stands for itself`() throws {
      try withScratchFolder { folder in
        let text = "a`touch \(folder)/pwned`\\n\"b'c$(d)"
        try CurveFigure(text, x: text, y: text, [.init(text, [(1, 2), (2, 3)])]).write(
          to: "\(folder)/curve.svg")
        try MatrixFigure(title: text, counts: [[1]], names: [text]).write(to: "\(folder)/matrix.svg")
        #expect(try listFolder(folder).sorted() == ["curve.svg", "matrix.svg"])
        #expect(try readText("\(folder)/curve.svg").contains("a`touch"))
      }
    }

    /// The seven colours of curves as people see them who lack one kind of cone, and on white.
    ///
    /// Simulation: Vienot, Brettel & Mollon (1999), Color Res. Appl. 24, 243, table of linear sRGB; difference: CIE 1976.
    @Test func `no two curves look alike, whatever colours one sees`() throws {
      let colors = Gnuplot.colors.map { text in
        stride(from: 16, through: 0, by: -8).map { Double((Int(text, radix: 16) ?? 0) >> $0 & 255) / 255 }
      }
      let sights = [
        [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
      ]
      var smallest = Double.infinity
      for sight in sights {
        let seen = colors.map { color -> [Double] in
          let linear = color.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
          return labColor(sight.map { row in zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } })
        }
        for k in seen.indices {
          #expect(seen[k][0] < 75, "\(Gnuplot.colors[k]) is faint on white")
          for l in 0..<k {
            smallest = min(
              smallest, zip(seen[k], seen[l]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
          }
        }
      }
      // Two or three can just be told apart side by side.
      #expect(smallest > 10, "\(smallest)")
    }

    /// CIE 1976 L*, a*, b* of linear sRGB (IEC 61966-2-1), white D65.
    private func labColor(_ linear: [Double]) -> [Double] {
      let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
      let f = zip(rows, [0.9505, 1, 1.089]).map { row, white -> Double in
        let part = zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } / white
        return part > 216.0 / 24389 ? cbrt(part) : (24389.0 / 27 * part + 16) / 116
      }
      return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    @Test func `what is committed is seen as well`() throws {
      let folder = repositoryRoot.appending(path: "docs/results").path
      let pages = try listFolder(folder).sorted().map { "\(folder)/\($0)/index.html" }.filter(fileExists)
      #expect(pages.count == 9)
      try expectSeen(pages)
    }

    /// The array, the table and the summary say the same.
    private func expectReconstructions(
      _ path: String, _ images: ImageSet, _ table: [[String]], _ evaluation: Evaluation
    ) throws {
      let array = try readNpy(path)
      #expect(array.shape == [21, 1, 64, 64])
      var mean = 0.0
      for number in 0..<21 {
        let guess = array.values[number * 4096..<(number + 1) * 4096]
        let loss =
          zip(images.image(number), guess).reduce(0) {
            $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
          } / 4096
        let listed = try #require(Double(table[number + 1][2]))
        #expect(abs(listed - loss) < 1e-6 * loss)
        if images.labels[number] == 0 { mean += loss / 7 }
      }
      #expect(abs((evaluation.reconstructionLoss?["no_sub"] ?? 0) - mean) < 1e-6 * mean)
    }

    @Test func `a folder where nothing can be written is named`() throws {
      try withScratchFolder { folder in
        try writeFileAtomically([], to: "\(folder)/file")
        #expect(throws: FileError.self) { try EvaluationReport(folder: "\(folder)/file") }
      }
    }

    private var comparison: ComparisonSpec {
      var spec = ComparisonSpec()
      (spec.models, spec.networks) = (["model-a", "model-b"], [.resnet18, .boltzmann])
      spec.settings = ["instrument.width=40", "instrument.height=40", "instrument.pixel_scale=0.12"]
      (spec.count, spec.testCount, spec.epochs, spec.unsupervisedEpochs) = (4, 6, 1, 2)
      (spec.easierSteps, spec.easierEpochs) = (
        [["classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction=0.3"]], 1
      )
      return spec
    }

    private func compare(_ spec: ComparisonSpec, _ folder: String, stopAfter: Int = .max) throws -> Bool {
      try TorchLibrary.setThreads(1)
      var asked = 0
      return try Comparison(spec, folder: folder, threads: 2).run(
        shouldStop: {
          asked += 1
          return asked >= stopAfter
        }, report: { _ in })
    }

    @Test func `a comparison that was stopped goes on to the same table`() throws {
      try withScratchFolder { folder in
        #expect(try compare(comparison, "\(folder)/whole"))
        // In the middle of the first epoch, and of the second one after that.
        for calls in [2, 5] {
          #expect(try !compare(comparison, "\(folder)/stopped", stopAfter: calls))
          #expect(!fileExists("\(folder)/stopped/comparison.md"))
        }
        #expect(try compare(comparison, "\(folder)/stopped"))
        for file in ["comparison.md", "comparison.json", "index.html"] {
          let isSame = try readFile("\(folder)/whole/\(file)") == readFile("\(folder)/stopped/\(file)")
          #expect(isSame, "\(file)")
        }
        let rows = try readText("\(folder)/whole/comparison.md").split(separator: "\n").filter {
          $0.hasPrefix("| ")
        }
        #expect(rows.count == 2 + 6)
        #expect(rows[2].contains("resnet18 | model-a") && rows[2].contains("0.9964"))
        #expect(rows[7].contains("one_class_svm | model-b") && rows[7].contains("0.5222"))
        var other = comparison
        other.epochs = 2
        #expect(throws: TrainingError.self) { try compare(other, "\(folder)/whole") }
        #expect(try readText("\(folder)/whole/comparison.md").contains("instrument.width=40"))
        try expectSeen(["\(folder)/whole/index.html", "\(folder)/whole/model-a-resnet18/index.html"])
      }
    }

    @Test func `a key without effect is told before anything is simulated`() throws {
      try withScratchFolder { folder in
        var spec = comparison
        spec.settings.append("classes.spherical.planes.lens.halos.spherical.subhalos.truncation=7")
        var events: [String] = []
        let isWhole = try Comparison(spec, folder: "\(folder)/a", threads: 1).run(shouldStop: { true }) {
          event in
          switch event {
          case .noted(let note): events.append(note)
          case .began, .trained: events.append("")
          }
        }
        #expect(!isWhole && events.count > 2)
        let expected = ["model-a", "model-b"].map {
          "\($0): classes.spherical.planes.lens.halos.spherical.subhalos.truncation has no effect: "
            + "the profile is point_mass"
        }
        #expect(Array(events.prefix(2)) == expected && events.dropFirst(2).allSatisfy(\.isEmpty))
      }
    }

    @Test func `populations of other names share no images by default`() throws {
      let spec = comparison
      let plans = try ["model-a", "model-b"].map { try ComparisonPopulation($0, spec, threads: 1).plan }
      #expect(plans.map(\.seed) == plans.map(\.spec.defaultSeedOfSimulatedImages))
      #expect(plans[0].seed != plans[1].seed && plans[0].seed != plans[0].spec.defaultSeed)
      var given = comparison
      given.seed = 0
      #expect(try ComparisonPopulation("model-b", given, threads: 1).plan.seed == 0)
    }

    /// Hours before the network that it concerns is trained, and with nothing written.
    @Test(arguments: [
      ["instrument.height=32"], ["classes=[no_sub]"], ["classes=[vortex, spherical]"], ["name=model-b"],
    ])
    func `what cannot be compared is refused at once`(settings: [String]) throws {
      try withScratchFolder { folder in
        var spec = comparison
        spec.networks = [.resnet18, .autoencoder]
        spec.settings += settings
        #expect(throws: (any Error).self) { try compare(spec, "\(folder)/unused") }
        #expect(!fileExists("\(folder)/unused"))
      }
    }

    /// What is easier by default changes keys that the presets have.
    @Test func `the default steps are those of both populations`() throws {
      let spec = ComparisonSpec()
      #expect(spec.easierSteps.count == 2)
      for model in ["model-a", "model-b"] {
        let plain = try loadPopulation(model)
        for step in spec.easierSteps {
          let easier = try loadPopulation(model, settings: step)
          #expect(easier.classes.map(\.name) == plain.classes.map(\.name) && easier.classes != plain.classes)
          #expect(easier.classes.map(\.changes.count) == plain.classes.map(\.changes.count))
        }
      }
    }

    @Test func `comparisons that make no sense are refused`() throws {
      let changes: [(inout ComparisonSpec) -> Void] = [
        { $0.models = [] }, { $0.count = 1 }, { $0.testCount = 0 }, { $0.epochs = 0 },
        { $0.networks = [.resnet18, .resnet18] }, { $0.networks = [.scriptClassifier] },
        { $0.models = ["model-a", "model-a"] },
      ]
      for change in changes {
        var spec = comparison
        change(&spec)
        #expect(throws: TrainingError.self) { try Comparison(spec, folder: "unused", threads: 1) }
      }
    }
  }
}

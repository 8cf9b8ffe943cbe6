import Dataset
import FileFormats
import Foundation
import Interchange
import Learning
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Populations
import Priors
import Simulation
import Tensors
import Testing

/// The examples of docs/extending.md are code that is compiled here and does what the page says.
@Suite(.serialized)
struct ExtendingTests {
  private static let page = repositoryRoot.appending(path: "docs/extending.md").path
  private static let folder = repositoryRoot.appending(path: "Tests/ExtendingTests/Examples").path
  private static let examples: [(file: String, module: String)] = [
    ("CoredIsothermalSphere", "MassProfiles"), ("RingLight", "LightProfiles"), ("TriangularPrior", "Priors"),
    ("RawCollection", "Interchange"), ("TinyNetwork", "Learning"),
  ]

  /// The page's block of code below the line that names a file.
  private func block(below file: String, _ language: String) throws -> String {
    let text = try readText(Self.page)
    let named = try #require(text.range(of: "`\(file)`"), "the page does not name \(file)")
    let start = try #require(text.range(of: "```\(language)\n", range: named.upperBound..<text.endIndex))
    let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// But for the import of the module that the file belongs into.
  @Test(arguments: examples) func `the page shows the code that is compiled`(file: String, module: String)
    throws
  {
    let code = try readText("\(Self.folder)/\(file).swift").replacing("import \(module)\n", with: "")
    #expect(try block(below: "Sources/\(module)/\(file).swift", "swift") == code, "\(file)")
  }

  @Test func `the mass is a round ellipsoid with that core`() throws {
    var (mine, reference) = (CoredIsothermalSphereSpec(), IsothermalEllipsoidSpec())
    (mine.einsteinRadius, mine.coreRadius) = (1.2, 0.2)
    (reference.einsteinRadius, reference.axisRatio, reference.coreRadius) = (1.2, 1, 0.2)
    let points = (0..<50).map { (0.05 * Double($0), 0.3 - 0.02 * Double($0)) }
    let (a, b) = (
      MassSpec(mine).evaluated(Double.self, at: points),
      MassSpec(reference).evaluated(Double.self, at: points)
    )
    var worst = WorstError("cored sphere of the example")
    for k in points.indices {
      worst.note(a.deflectionX[k] - b.deflectionX[k])
      worst.note(a.deflectionY[k] - b.deflectionY[k])
    }
    worst.expect(atMost: 1e-12)
  }

  /// alpha(R) = R where R^2 = theta_E (theta_E - 2 r_c); off the centre, weak, strong, and too weak to have one.
  @Test func `the mass has a ring without a word about it`() throws {
    for (strength, core) in [(1.2, 0.2), (0.01, 0.001), (90, 0.3), (1.2, 0.599)] {
      var mine = CoredIsothermalSphereSpec()
      (mine.einsteinRadius, mine.coreRadius, mine.center) = (strength, core, [0.7, -2])
      let ring = try #require(try mine.ring())
      let expected = (strength * (strength - 2 * core)).squareRoot()
      #expect(abs(ring.einsteinRadius / expected - 1) < 1e-9 && ring.massRadius == ring.einsteinRadius)
    }
    var weak = CoredIsothermalSphereSpec()
    (weak.einsteinRadius, weak.coreRadius) = (1, 0.5)
    #expect(try weak.ring() == nil)
  }

  @Test func `the light has its flux, in the plane and in an image`() throws {
    var ring = RingLightSpec()
    (ring.intensity, ring.radius, ring.sigma) = (2, 0.4, 0.06)
    let step = 1e-4
    let radii = (0..<20_000).map { (Double($0) + 0.5) * step }
    let values = LightSpec(ring).evaluated(Double.self, at: radii.map { ($0, 0) })
    var flux = 0.0
    for (radius, value) in zip(radii, values) { flux += 2 * Double.pi * radius * value * step }
    #expect(abs(flux / ring.totalFlux - 1) < 1e-7)
    var scene = SceneSpec()
    scene.planes[1].light = [LightSpec(ring)]
    scene.instrument.brightnessUnit = .perSquareArcsec
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let image = try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())
    #expect(abs(Double(image.pixels.reduce(0, +)) / ring.totalFlux - 1) < 1e-3)
  }

  @Test func `the prior draws its distribution`() throws {
    let text = "{minimum: 1, mode: 1.5, maximum: 4}"
    struct One: SpecFields {
      var value = TriangularPrior()
      mutating func visit(_ visitor: SpecVisitor) { visitor.object("value", &value) }
    }
    let prior = try SpecVisitor.read(One.self, from: parseSpec("value: \(text)")).value
    let draws = try (0..<20_000).map {
      try prior.draw(RandomKey(seed: 3, sample: UInt64($0)).stream("x"), 0)
    }
    #expect(draws.allSatisfy(prior.support.contains))
    let mean = draws.reduce(0, +) / 20_000
    // (a + b + c) / 3 and (a^2 + b^2 + c^2 - ab - ac - bc) / 18.
    #expect(abs(mean - 6.5 / 3) < 4.5 * (0.4306 / 20_000.0).squareRoot())
    let below = Double(draws.count { $0 < 1.5 }) / 20_000
    #expect(abs(below - 0.5 / 3) < 4.5 * (0.1389 / 20_000.0).squareRoot())
    #expect(throws: SpecErrors.self) {
      _ = try SpecVisitor.read(One.self, from: parseSpec("value: {minimum: 1, mode: 0}"))
    }
  }

  @Test func `the format gives back what it was given`() throws {
    try withScratchFolder { folder in
      let plan = try PopulationPlan(
        loadPopulation("model-a", settings: ["instrument.width=12", "instrument.height=10"]), seed: 1)
      _ = try DatasetGenerator(plan, countPerClass: 3, threads: 1, output: "\(folder)/set").run(
        .refuse, versions: [:], instructionSet: "", progress: { _ in })
      let source = try CollectionFormat.dataset.reader("\(folder)/set")
      try createFolder("\(folder)/raw")
      let writer = try RawCollectionWriter("\(folder)/raw", source.description)
      var written: [String: [Float]] = [:]
      try source.forEach { item in
        try writer.write(item)
        written["\(item.group)/\(item.row)"] = item.pixels
      }
      try writer.finish()
      var found: [String: [Float]] = [:]
      try RawCollectionReader("\(folder)/raw").forEach { found["\($0.group)/\($0.row)"] = $0.pixels }
      #expect(found == written && found.count == 9)
    }
  }

  /// The documents of the page, with the names that it gives them.
  @Test func `the class and the camera are generated as they stand`() throws {
    try withScratchFolder { folder in
      try writeFile(Array(block(below: "five_bands.yaml", "yaml").utf8), to: "\(folder)/five_bands.yaml")
      try writeFile(Array(block(below: "wanderers.yaml", "yaml").utf8), to: "\(folder)/wanderers.yaml")
      let program = builtProgram("lensing").path
      let result = try runProcess(
        "/usr/bin/env",
        [
          "LENSING_PROFILES=\(folder)", program, "generate", "wanderers", "--count", "2", "-o", "made",
          "--set",
          "instrument=five_bands", "--set", "instrument.width=20", "--set", "instrument.height=20",
        ], in: folder)
      #expect(result.status == 0 && !result.errors.contains("note:"), "\(result.errors)")
      let manifest = try Manifest(ofDataset: "\(folder)/made")
      #expect(manifest.imageShape == [5, 20, 20] && manifest.parts.map(\.label) == ["smooth", "wanderer"])
    }
  }

  @Test(.enabled(if: TorchLibrary.isAvailable, "built without libtorch"))
  func `the network learns`() throws {
    let generator = try TensorGenerator(seed: 2)
    let network = try TinyNetwork(channels: 3, classes: 2, generator)
    let pass = Pass(isTraining: true, generator: generator)
    let labels = (0..<16).map { $0 % 2 }
    // One class is brighter.
    let ripple = (0..<3 * 16 * 16).map { Float($0 % 7) / 7 }
    let pixels: [Float] = labels.flatMap { label in ripple.map { $0 + Float(label) } }
    let images = try Tensor(pixels, shape: [16, 3, 16, 16])
    let targets = try Tensor(labels: labels)
    let optimizer = try Optimizer(.adam(), network.parameters, rate: 0.01, weightDecay: 0)
    var losses: [Float] = []
    for _ in 0..<60 {
      try optimizer.clearGradients()
      let loss = try network(images, pass).crossEntropy(targets)
      try loss.backward()
      try optimizer.advance()
      losses.append(try loss.floats()[0])
    }
    #expect(losses[59] < losses[0] / 4)
  }
}

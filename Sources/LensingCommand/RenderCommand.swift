import ArgumentParser
import Foundation
import SwiftLensing

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Renders one scene: its image and the maps of its lens, as FITS and PNG.",
    discussion: """
      Takes a scene (a preset such as quad, or a YAML file), or one sample of a population with --index. \
      Writes NAME.fits with the image, the noise-free source and lens light, convergence, deflection, \
      potential and magnification, and NAME.png with critical curves (white) and caustics (green) drawn.
      """)

  @OptionGroup var population: PopulationOptions

  @Option(parsing: .unconditional, help: "The sample of a population to render.")
  var index: Int?

  @Option(name: .shortAndLong, help: "Path without ending (default: Output/NAME).")
  var output: String?

  func validate() throws {
    if let index, index < 0 { throw ValidationError("--index must be at least 0.") }
  }

  func run() throws {
    try reportingErrors {
      let (name, scene, key) = try subject()
      let simulator = try ImageSimulator(
        instrument: scene.instrument, accuracy: scene.accuracy, readImage: readKernel)
      let observation = try simulator.simulate(scene, key: key, workspace: try simulator.makeWorkspace())
      let truth = try TruthMaps(scene)
      let path = withoutEnding(output ?? "Output/\(name)")
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try createFolder(String(path[..<slash]))
      }
      try writeFITSImages(
        images(observation, truth), header: cards(scene, observation),
        pixelScale: scene.instrument.pixelScale, to: path + ".fits")
      let canvas = sceneFigure(title: "\(name), seed \(population.seed)", scene, observation, truth)
      try writePNG(width: canvas.width, height: canvas.height, rgb: canvas.bytes, to: path + ".png")
      print(path + ".fits", path + ".png", separator: "\n")
    }
  }

  /// `--output x.fits` means x.fits and x.png.
  private func withoutEnding(_ path: String) -> String {
    [".fits", ".png"].first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
  }

  private func subject() throws -> (name: String, scene: SceneSpec, key: RandomKey) {
    if index == nil, try !isPopulation(population.model) {
      let name = population.model.split(separator: "/").last?.split(separator: ".").first ?? "scene"
      return (
        String(name), try loadScene(population.model, settings: population.settings),
        RandomKey(seed: population.seed, sample: 0)
      )
    }
    let plan = try population.plan()
    let sample = try plan.observedScene(index ?? 0)
    return ("\(plan.spec.name)-\(index ?? 0)", sample.scene, sample.key)
  }

  private func images(_ observation: SimulatedImage, _ truth: TruthMaps) -> [(
    name: String, image: Image<Double>
  )] {
    [
      ("IMAGE", observation.image.map { Double($0) }), ("SOURCE", observation.source.map { Double($0) }),
      ("LENS", observation.lens.map { Double($0) }),
    ] + truth.named.map { ($0.name.uppercased(), $0.image) }
  }

  private func cards(_ scene: SceneSpec, _ observation: SimulatedImage) -> [FITSCard] {
    [
      FITSCard("PIXSCALE", .real(scene.instrument.pixelScale), "[arcsec] pixel scale"),
      FITSCard("BUNIT", .text("electron/s"), "of IMAGE, SOURCE and LENS, per pixel"),
      FITSCard("EXPTIME", .real(observation.exposureTime), "[s] exposure time"),
      FITSCard("SEED", .text(String(population.seed)), "random seed"),
      FITSCard("PROGRAM", .text("SwiftLensing \(swiftLensingVersion)"), "made by"),
    ]
  }
}

import ArgumentParser
import Foundation
import ProgramOutput
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

  @Flag(help: "Replace existing files.")
  var overwrite = false

  func validate() throws {
    if let index, index < 0 { throw ValidationError("--index must be at least 0.") }
  }

  func run() throws {
    try reportingErrors {
      let (name, scene, seed, key) = try reportingStep("drawing the scene") { try subject() }
      let path = withoutEnding(output ?? "Output/\(name)")
      try refuseExisting([path + ".fits", path + ".png"], overwrite: overwrite)
      let simulator = try ImageSimulator(
        instrument: scene.instrument, accuracy: scene.accuracy, readImage: readKernel)
      let observation = try reportingStep("rendering the image") {
        try simulator.simulate(scene, key: key, workspace: try simulator.makeWorkspace())
      }
      let count = scene.planes.reduce(0) { $0 + $1.mass.count }
      let truth = try reportingStep("maps and critical curves of \(count) masses") {
        try TruthMaps(scene)
      }
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try createFolder(String(path[..<slash]))
      }
      try writeFITSImages(
        images(scene.instrument, observation, truth), header: cards(scene, observation, seed: seed, key),
        pixelScale: scene.instrument.pixelScale, to: path + ".fits")
      let canvas = sceneFigure(title: "\(name), seed \(seed)", scene, observation, truth)
      try writePNG(width: canvas.width, height: canvas.height, rgb: canvas.bytes, to: path + ".png")
      try printLine("\(path).fits\n\(path).png")
    }
  }

  /// `--output x.fits` means x.fits and x.png.
  private func withoutEnding(_ path: String) -> String {
    [".fits", ".png"].first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
  }

  private func subject() throws -> (name: String, scene: SceneSpec, seed: UInt64, key: RandomKey) {
    if let index { return try sample(index, of: population.population()) }
    switch try population.spec() {
    case .population(let spec): return try sample(0, of: spec)
    case .camera:
      throw SpecError(
        keyPath: "model", value: "'\(population.model)'",
        requirement:
          "is a camera; look through it with: lensing render quad --set instrument=\(population.model)")
    case .scene(let scene):
      let name = String(population.model.split(separator: "/").last?.split(separator: ".").first ?? "scene")
      let seed = population.seeds.seed ?? RandomKey.seed(named: name)
      let drawn = try scene.resolved(drawing: RandomKey(seed: seed, sample: 0).stream).scene
      return (name, drawn, seed, RandomKey(seed: population.seeds.noiseSeed ?? seed, sample: 0))
    }
  }

  private func sample(_ index: Int, of spec: PopulationSpec) throws
    -> (name: String, scene: SceneSpec, seed: UInt64, key: RandomKey)
  {
    let plan = try population.plan(spec)
    let sample = try plan.observedScene(index)
    return ("\(plan.spec.name)-\(index)", sample.scene, plan.seed, sample.key)
  }

  /// Of several bands, each has images of its own.
  private func images(
    _ instrument: InstrumentSpec, _ observation: Observation, _ truth: TruthMaps
  ) -> [(name: String, image: Image<Double>)] {
    let light = [
      ("IMAGE", observation.image), ("SOURCE", observation.sourceLight), ("LENS", observation.lensLight),
    ]
    return light.flatMap { name, frames in
      zip(instrument.bandSuffixes, frames.images).map { (name: name + $0, image: $1.map { Double($0) }) }
    } + truth.named.map { ($0.name.uppercased(), $0.image) }
  }

  private func cards(_ scene: SceneSpec, _ observation: Observation, seed: UInt64, _ key: RandomKey)
    -> [FITSCard]
  {
    let times = observation.exposureTimes.enumerated().map { band, time in
      scene.instrument.bands.isEmpty
        ? FITSCard("EXPTIME", .real(time), "[s] exposure time")
        : FITSCard("EXPTIM\(band)", .real(time), "[s] of band \(scene.instrument.bands.names[band])")
    }
    return [
      FITSCard("PIXSCALE", .real(scene.instrument.pixelScale), "[arcsec] pixel scale"),
      FITSCard("BUNIT", .text("electron/s"), "of IMAGE, SOURCE and LENS, per pixel"),
    ] + FITSCard.bands(scene.instrument.bands.names) + times + [
      FITSCard("SEED", .text(String(seed)), "random seed"),
      FITSCard("PROGRAM", .text("SwiftLensing \(swiftLensingVersion)"), "made by"),
    ]
      + (key.seed == seed ? [] : [FITSCard("NOISSEED", .text(String(key.seed)), "random seed of the noise")])
  }
}

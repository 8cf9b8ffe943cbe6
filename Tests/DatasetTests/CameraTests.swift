import Dataset
import FileFormats
import Foundation
import Instrument
import LensCore
import LensTestSupport
import Populations
import Simulation
import Testing

/// Cameras go by name, from the program's presets and from files of the user's.
struct CameraTests {
  private func camera(_ settings: [String]) throws -> InstrumentSpec {
    try loadPopulation("model-a", settings: settings).instrument
  }

  /// Whether an instrument is that of a document with a camera.
  private func same(_ first: InstrumentSpec, _ document: SpecValue) -> Bool {
    SpecVisitor.write(first) == document["camera"]
  }

  @Test(arguments: Preset.cameras.map(\.name)) func `a camera by name is its file's`(name: String) throws {
    guard case .camera(let own) = try loadSpec(name) else {
      Issue.record("\(name) is no camera")
      return
    }
    #expect(try same(camera(["instrument=\(name)"]), own))
    // In the place of what the model has, not among it.
    #expect(try same(camera(["instrument.camera=\(name)"]), own))
    #expect(try same(camera(["instrument={camera: \(name)}"]), own))
  }

  @Test func `what is given beside the name changes the camera, also in single bands`() throws {
    let changed = try camera([
      "instrument={camera: generic_gri, width: 32, bands: {r: {sky: 3, psf: {gaussian: {fwhm: 0.5}}}}}",
      "instrument.bands.z={exposure_time: 90}",
    ])
    #expect(changed.width == 32 && changed.height == 64 && changed.bands.names == ["g", "r", "i", "z"])
    #expect(changed.cameras.map(\.sky) == [0.4, 3, 1.6, 0.1])
    #expect(changed.cameras.map(\.exposureTime) == [450, 450, 450, 90])
    #expect(changed.cameras[1].pointSpreadFunction.parameters is GaussianPSFSpec)
    #expect(changed.cameras[2].pointSpreadFunction.parameters is MoffatPSFSpec)
    #expect(changed.cameras[3].pointSpreadFunction.parameters is GaussianPSFSpec)
  }

  /// A dataset's spec has the numbers, so that it means the same without the camera's file.
  @Test func `a dataset keeps what the camera was, and it may come from any file`() throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/cameras")
      let kernel = try NpyWriter(creating: "\(folder)/cameras/k.npy", shape: [3, 3], elementType: .float64)
      for row in 0..<3 { try kernel.write(doubles: [0, row == 1 ? 2 : 1, 0], at: row) }
      try kernel.close()
      let own =
        "camera: {width: 24, height: 20, pixel_scale: 0.2, bands: {a: {psf: {file: {path: k.npy}}}, b: {}}}\n"
      try writeFile(Array(own.utf8), to: "\(folder)/cameras/mine.yaml")
      let text =
        "planes: {lens: {mass: {host: sis}}, source: {redshift: 1, light: {galaxy: sersic}}}\nclasses: {one: {}}\n"
      try writeFile(Array((text + "instrument: cameras/mine.yaml\n").utf8), to: "\(folder)/model.yaml")
      let spec = try loadPopulation("\(folder)/model.yaml")
      #expect(spec.instrument.kernelFiles.map(\.path) == ["\(folder)/cameras/k.npy"])
      let plan = try PopulationPlan(spec, seed: 5, readImage: readKernel)
      let generator = try DatasetGenerator(plan, countPerClass: 3, threads: 1, output: "\(folder)/set")
      let manifest = try generator.run(.refuse, versions: [:], instructionSet: "test") { _ in }
      #expect(manifest.imageShape == [2, 20, 24] && manifest.bands == ["a", "b"])
      #expect(manifest.inputs.map(\.name) == ["\(folder)/cameras/k.npy"])
      try FileManager.default.removeItem(atPath: "\(folder)/cameras/mine.yaml")
      let verification = try DatasetVerification("\(folder)/set")
      #expect(try verification.faultsOfImages([0, 1, 2], threads: 1).isEmpty)
      let header = try python(
        "f = fits.open(sys.argv[1])[0]; print(f.data.shape, f.header['BAND1'], f.header['CTYPE3'], f.header['CTYPE4'])",
        "\(folder)/set/one_train.fits")
      #expect(header == "(3, 2, 20, 24) b BAND ROW")
    }
  }

  @Test(arguments: [
    ("instrument=generic_gr", "did you mean generic_gri?"),
    (
      "instrument.camera={width: 3}",
      "instrument.camera: a mapping with the keys width given, must be a camera's name"
    ),
    ("instrument.bands.G={}", "instrument.bands: g, r, i, G given, must differ in more than capitals"),
    ("instrument={camera: [1]}", "instrument.camera: a list of 1 given, must be a camera's name"),
    ("instrument.bands.g.skye=1", "instrument.bands.g.skye: an unknown key given, did you mean sky?"),
    ("instrument.bands.g.sky=-1", "instrument.bands.g.sky"),
  ])
  func `what is no camera is refused at its place`(setting: String, message: String) throws {
    let error = #expect(throws: (any Error).self) { _ = try camera(["instrument=generic_gri", setting]) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
  }

  /// What is given in the place of a prior, or of a blur, is not mixed with it.
  @Test func `a change of a drawn number replaces it`() throws {
    try withScratchFolder { folder in
      let text =
        "camera: {sky: {normal: {mean: 1, minimum: 0}}, bands: {a: {read_noise: {uniform: [1, 2]}}, b: {}}}\n"
      try writeFile(Array(text.utf8), to: "\(folder)/drawn.yaml")
      let change =
        "{camera: \(folder)/drawn.yaml, sky: {uniform: [1, 2]}, bands: {a: {read_noise: {choice: [1, 3]}}}}"
      let spec = try loadPopulation("model-a", settings: ["instrument=\(change)"])
      let draws = Dictionary(uniqueKeysWithValues: spec.cameraDraws.map { ($0.key, $0.value) })
      #expect(try draws["sky"] == parseSpec("{uniform: [1, 2]}"))
      #expect(try draws["bands.a.read_noise"] == parseSpec("{choice: [1, 3]}"))
      #expect(spec.instrument.bands.names == ["a", "b"])
    }
  }

  @Test func `no camera is no key, and what a named camera gives is not noted`() throws {
    #expect(try camera(["instrument={camera: null, width: 22}"]).width == 22)
    var notes: [String] = []
    for settings in [["instrument=generic_gri"], ["instrument.camera=generic_gri"]] {
      _ = try loadPopulation("model-a", settings: settings) { notes.append($0.keyPath) }
    }
    // That lights mean something else is what the change does, not what the camera gives.
    let unit = "instrument.brightness_unit"
    #expect(notes == [unit, unit])
    for settings in [
      ["instrument=generic_gri", "instrument.exposure_time=7"],
      ["instrument={camera: generic_gri, exposure_time: 7}"],
    ] {
      notes = []
      _ = try loadPopulation("model-a", settings: settings) { notes.append($0.keyPath) }
      #expect(notes == [unit, "instrument.exposure_time"])
    }
  }

  @Test func `a camera's file names no other camera, and may have numbers that are drawn`() throws {
    try withScratchFolder { folder in
      try writeFile(Array("camera: {camera: generic_gri}\n".utf8), to: "\(folder)/other.yaml")
      let settings = ["instrument=\(folder)/other.yaml", "pairs=true"]
      let error = #expect(throws: SpecError.self) { _ = try loadPopulation("model-a", settings: settings) }
      #expect(error?.requirement.contains("name no other camera") == true)
      let drawn = "camera: {bands: {a: {sky: {uniform: [0.1, 1]}}}}\n"
      try writeFile(Array(drawn.utf8), to: "\(folder)/drawn.yaml")
      let shown = try runProcess(
        "/usr/bin/env", ["LENSING_PROFILES=\(folder)", builtProgram("lensing").path, "show", "drawn"])
      #expect(shown.status == 0 && shown.output.contains("uniform"), "\(shown.errors)")
    }
  }

  @Test func `a camera alone is no population and no scene`() throws {
    for arguments in [["generate", "generic"], ["render", "generic"]] {
      let result = try lensing(arguments)
      #expect(result.status == 2 && result.errors.contains("is a camera"), "\(result.errors)")
    }
    #expect(try lensing("show", "generic_gri").output.contains("fwhm: 0.72"))
    #expect(try lensing("profiles").output.contains("generic_gri"))
  }
}

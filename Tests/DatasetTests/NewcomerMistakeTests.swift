import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// What people write who have just begun, and what they are told.
struct NewcomerMistakeTests {
  private static let bands = "instrument={bands: {g: {sky: 0.4}, r: {sky: WRONG}}}"

  @Test(arguments: [
    ("classes.vortex.wieght=3", "did you mean weight? must be weight or the path of something in planes"),
    ("classes.vortex.plane.lens.mass.vortex={sis: {}}", "did you mean planes"),
    ("planes.lens.mass.host={nfw: {einstein_radius: 1}}", "did you mean effective_einstein_radius?"),
    (
      "planes.lens.mass.host={nfw: {virial_mass: {unifrom: [1, 2]}, concentration: 5}}",
      "did you mean uniform?"
    ),
    (
      "planes.lens.mass.vortex={line_mass: {mass_fraction: 0.1, fraction_of: shear}}",
      "planes.lens.mass.shear: shear given"
    ),
    ("instrument=my_camera", "or the path of a file (./my_camera.yaml)"),
  ])
  func `each is told where it is and what was meant`(setting: String, message: String) throws {
    let error = #expect(throws: (any Error).self) {
      let plan = try PopulationPlan(loadPopulation("model-a", settings: [setting]), seed: 1)
      _ = try plan.scene(0)
    }
    #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
    #expect(error.map { !"\($0)".contains("must be given with a virial_mass") } == true)
  }

  /// A camera that cannot be read has no bands, which nobody needs to know.
  @Test(arguments: ["-1", "{uniform: [-1, 1]}", "much"])
  func `what is wrong with a band is told once`(_ value: String) throws {
    let error = #expect(throws: SpecErrors.self) {
      try loadPopulation(
        "model-a",
        settings: [Self.bands.replacing("WRONG", with: value), "signal_to_noise.band=r"])
    }
    #expect(error?.errors.map(\.keyPath) == ["instrument.bands.r.sky"], "\(String(describing: error))")
  }

  @Test func `misspelt classes are not taken for a scene`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/mine.yaml"
      try writeFileAtomically(
        Array("name: mine\nplanes: {lens: {redshift: 0.5}}\nclases: {no_sub: {}}\n".utf8), to: path)
      let error = #expect(throws: SpecError.self) { try loadPopulation(path) }
      #expect(error?.requirement == "has no classes; did you mean classes where it says 'clases'?")
    }
  }

  /// Lights of Model A are per pixel, other cameras' per square arcsec.
  @Test func `another camera that changes what lights mean is noted`() throws {
    func notes(_ settings: [String]) throws -> [String] {
      var notes: [String] = []
      _ = try loadPopulation("model-a", settings: settings) { notes.append($0.description) }
      return notes.filter { $0.contains("brightness_unit is") }
    }
    let note = try #require(try notes(["instrument=generic"]).first)
    #expect(
      note.hasPrefix(
        "instrument.brightness_unit is per_square_arcsec: the lights were given for a camera with per_pixel"))
    #expect(try notes(["instrument={camera: generic_gri, brightness_unit: per_pixel}"]) == [])
    #expect(try notes(["instrument=generic", "instrument.brightness_unit=per_pixel"]) == [])
    #expect(try notes(["instrument.brightness_unit=per_pixel", "instrument=generic"]).count == 1)
    #expect(try notes(["instrument={brightness_unit: per_pixel, pixel_scale: 0.050}"]) == [])
    #expect(try notes(["instrument.pixel_scale=0.1", "instrument.sky=3"]) == [])
  }

  @Test func `bands that a camera had not are noted`() throws {
    func notes(_ settings: [String]) throws -> [String] {
      var notes: [String] = []
      _ = try loadPopulation("model-a", settings: settings) { notes.append($0.description) }
      return notes.filter { $0.contains("adds a band") }
    }
    let camera = "instrument=generic_gri"
    let told = ["instrument.bands.q adds a band: the camera had g, r, i"]
    #expect(try notes([camera, "instrument.bands.q.sky=1"]) == told)
    #expect(try notes(["instrument={camera: generic_gri, bands: {q: {sky: 1}, r: {sky: 2}}}"]) == told)
    #expect(try notes([camera, "instrument.bands.r.sky=1"]) == [])
    #expect(try notes(["instrument.bands={q: {sky: 1}}"]) == [])
    #expect(try notes(["instrument.bands.q.sky=1"]) == [])
  }

  /// A subhalo of a class is never the lens whose Einstein radius is listed, and a mass that is not known is no zero.
  @Test func `derived columns are those of the shared lens and of masses that are known`() throws {
    func parameters(_ settings: [String]) throws -> [String: Double] {
      let plan = try PopulationPlan(
        loadPopulation("model-a", settings: ["classes=[vortex]"] + settings), seed: 1)
      return Dictionary(uniqueKeysWithValues: try plan.parameters(0).map { ($0.name, $0.value) })
    }
    let heavy = "classes.vortex.planes.lens.mass.vortex={sis: {einstein_radius: 0.3, center: [1, 0]}}"
    let shown = try parameters([
      heavy, "planes.lens.mass.host={convergence_sheet: {convergence: 0.5}}", "planes.lens.light=null",
    ])
    #expect(shown["derived.einstein_radius"] == nil && shown["derived.substructure_count"] == 1)
    #expect((shown["derived.substructure_mass"] ?? 0) > 1e9)
    let sheared = try parameters(["classes.vortex.planes.lens.mass.vortex={shear: {strength: 0.1}}"])
    #expect(sheared["derived.substructure_count"] == 1 && sheared["derived.substructure_mass"] == nil)
  }
}

import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Simulation
import Testing

/// A key of a scene that is given changes its image, its maps or its exposure, or somebody is told.
struct SceneKeysTests {
  /// Large pixels, and galaxies that single rays of them hold.
  private static let small = [
    "instrument.width=20", "instrument.height=18", "instrument.pixel_scale=0.3",
    "planes.lens.light.galaxy.sersic.effective_radius=2", "planes.lens.light.galaxy.sersic.sersic_index=1",
    "planes.source.light.galaxy.sersic.effective_radius=2", "instrument.psf.gaussian.fwhm=0.6",
  ]

  /// Scenes in which other keys matter.
  private static let bases: [[String]] = [
    [],
    [
      "planes.lens.mass.host.sie.einstein_radius=null", "planes.lens.mass.host.sie.velocity_dispersion=320",
      "planes.lens.mass.vortex.line_mass={mass_fraction: 0.05, center: [0.3, -0.2]}",
    ],
    [
      "planes.lens.mass.host={elliptical_nfw: {virial_mass: 2e14, concentration: 12, axis_ratio: 0.8}}",
      "planes.lens.mass.subhalo.point_mass={mass: 1e10, center: [1, 0.5]}",
    ],
    ["planes.lens.mass.host={nfw: {scale_radius: 5, einstein_mass: 4e11}}"],
    ["planes.lens.mass.host.sie={effective_einstein_radius: 1.1, core_radius: 0.1, axis_ratio: 0.7}"],
    ["planes.lens.mass.host.sie.axis_ratio=1"], ["planes.lens.mass.host.sie.einstein_radius=0"],
    ["planes.lens.mass.host={elliptical_nfw: {deflection_at_scale_radius: 1, axis_ratio: 1}}"],
    ["planes.lens.mass.host={nfw: {deflection_at_scale_radius: 0}}"],
    ["planes.lens.mass.host={convergence_sheet: {convergence: 0}}"],
    [
      "planes.lens.mass.host={generalized_nfw: {effective_einstein_radius: 1.1, scale_radius: 5, inner_slope: 1.4}}"
    ],
    ["planes.lens.mass.host={soliton: {central_convergence: 0}}"],
    ["planes.lens.mass.granules={granules: {fluctuation: 0.02, correlation_length: 0.2, waves: 20}}"],
    ["planes.lens.mass.granules={granules: {fluctuation: 0, waves: 20}}"],
    ["planes.lens.mass.host={cored_truncated_nfw: {deflection_at_scale_radius: 1.2, scale_radius: 2}}"],
    ["planes.lens.mass.host={hernquist: {mass: 3e11, scale_radius: 0.6}}"],
    ["planes.lens.mass.shear.shear.strength=0", "planes.lens.mass.subhalo.point_mass.einstein_radius=0"],
    [
      "planes.lens.mass.satellite.truncated_nfw.deflection_at_scale_radius=0",
      "planes.lens.mass.vortex.line_mass.einstein_radius=0",
    ],
    ["planes.lens.mass=null"], ["planes.lens.mass.satellite=null", "planes.lens.mass.subhalo=null"],
    ["planes.lens.light=null"],
    ["planes.lens.light.galaxy.sersic.intensity=0"],
    ["planes.lens.light.galaxy={gaussian: {flux: 0, sigma: 2, axis_ratio: 0.5}}"],
    ["planes.lens.light.galaxy={gaussian: {flux: 9, sigma: 2}}"],
    ["planes.source.light.galaxy.sersic.axis_ratio=1"],
    ["instrument.noise=false"], ["instrument.noise=false", "signal_to_noise=null"],
    ["signal_to_noise=null"], ["instrument.psf=none"],
    ["instrument.psf={airy: {kernel_pixels: 1}}"], ["accuracy.precision=float64"],
    ["accuracy.subpixels=1"],
  ]

  @Test(arguments: bases)
  func `a key that is given changes something, or is noted`(_ base: [String]) throws {
    let settings = Self.small + base
    let scene = try loadScene("quad", settings: settings)
    let plain = try Outcome(scene)
    var tried = 0
    for (key, value) in leaves(SpecVisitor.write(scene)) {
      let first = other(value, of: key)
      guard let (outcome, isNoted) = try outcome(settings, key, first) else { continue }
      tried += 1
      if !isNoted {
        let isOther = try outcome.differs(from: plain)
        #expect(isOther, "\(key)=\(first) changes nothing with \(base), and nobody is told")
      } else if let (again, _) = try self.outcome(settings, key, other(.scalar(first), of: key)) {
        #expect(try again.isSame(as: outcome, besides: key), "the note on \(key) is not true with \(base)")
      }
    }
    #expect(tried > 25)
  }

  private func outcome(
    _ settings: [String], _ key: String, _ value: String
  ) throws -> (Outcome, isNoted: Bool)? {
    var notes: [SpecNote] = []
    let scene = try? loadScene("quad", settings: settings + ["\(key)=\(value)"]) { notes.append($0) }
    #expect(Set(notes.map(\.keyPath)).count == notes.count, "one note for one key")
    let isNoted = notes.contains { key == $0.keyPath || key.hasPrefix($0.keyPath + ".") }
    return try scene.map { (try Outcome($0), isNoted) }
  }

  @Test(arguments: [
    ("planes.source.redshift=1.5", "only the order"), ("cosmology.matter_density=0.2", "deflections"),
    ("instrument.exposure_time=5", "signal_to_noise decides"),
  ])
  func `a setting without effect says why`(setting: String, reason: String) throws {
    var notes: [SpecNote] = []
    _ = try loadScene("quad", settings: [setting]) { notes.append($0) }
    #expect(notes.count == 1 && notes.first.map { "\($0)".contains(reason) } == true, "\(notes)")
  }

  @Test func `presets are read without a note`() throws {
    for preset in Preset.scenes {
      _ = try loadScene(preset.name) { Issue.record("\(preset.name): \($0)") }
    }
  }

  @Test func `null means the same in a file and in a setting`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/scene.yaml"
      let written = SpecVisitor.write(try loadScene("quad"))
      var (removed, refused) = (0, 0)
      for key in paths(written) {
        var document = written
        try document.set(key.split(separator: "."), to: .scalar(""))
        try writeFileAtomically(Array(writeYAML(document).utf8), to: path)
        let inFile = read(path, [])
        try writeFileAtomically(Array(writeYAML(written).utf8), to: path)
        #expect(read(path, ["\(key)=null"]) == inFile, "\(key)")
        if case .success = inFile { removed += 1 } else { refused += 1 }
      }
      // Lists of masses and lights may be empty, their elements may go, and so may the target.
      #expect(removed >= 10 && refused > 20, "\(removed) removed, \(refused) refused")
    }
  }

  private enum Reading: Equatable {
    case success(SpecValue)
    case failure(String)
  }

  private func read(_ path: String, _ settings: [String]) -> Reading {
    do {
      return .success(SpecVisitor.write(try loadScene(path, settings: settings)))
    } catch { return .failure("\(error)") }
  }
}

/// All that a rendered scene's files hold.
private struct Outcome {
  private let scene: SceneSpec
  private let image: [Float]
  private let expected: [Float]
  private let exposureTime: Double

  init(_ scene: SceneSpec) throws {
    self.scene = scene
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    let made = try simulator.simulate(
      scene, key: RandomKey(seed: 3, sample: 0), workspace: simulator.makeWorkspace())
    (image, exposureTime) = (made.image.pixels, made.exposureTimes[0])
    expected = zip(made.sourceLight.pixels, made.lensLight.pixels).map { $0 + $1 }
  }

  private func maps() throws -> [Double] {
    try TruthMaps(scene, hasCriticalCurves: false).named.flatMap(\.image.pixels)
  }

  func differs(from other: Outcome) throws -> Bool {
    try image != other.image || expected != other.expected || exposureTime != other.exposureTime
      || maps() != other.maps()
  }

  /// But for rounding: a round profile that is turned is computed in other coordinates.
  func isSame(as other: Outcome, besides key: String) throws -> Bool {
    let peak = expected.reduce(0) { max($0, $1) }
    let isAsBright = zip(expected, other.expected).allSatisfy { abs($0 - $1) <= 1e-5 * peak }
    // The header lists the exposure time, which may be all that a noise-free image has of it.
    let isAsLong =
      key == "instrument.exposure_time"
      || abs(exposureTime - other.exposureTime) <= 1e-4 * other.exposureTime
    return try isAsBright && isAsLong
      && zip(maps(), other.maps()).allSatisfy { abs($0 - $1) <= 1e-4 + 1e-4 * abs($1) }
  }
}

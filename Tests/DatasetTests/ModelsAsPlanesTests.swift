import Dataset
import LensCore
import LensTestSupport
import Populations
import Simulation
import Testing

/// Models A and B written as planes draw the scenes of the presets, bit by bit, where their streams have the presets' names.
struct ModelsAsPlanesTests {
  /// - Parameters:
  ///   - redshifts: Of lens and source.
  ///   - ratio: The signal-to-noise ratio.
  private func document(_ redshifts: (String, String), _ ratio: String) -> String {
    """
    name: model
    classes:
      no_sub: {}
      vortex:
        planes.lens.mass.vortex: {line_mass: {mass_fraction: {uniform: [0.03, 0.055]}, length: {uniform: [0.5, 2]}, position_angle: {uniform: [0, 3.141592653589793]}, center: [{normal: {mean: 0, standard_deviation: 0.5}}, {normal: {mean: 0, standard_deviation: 0.5}}]}}
      spherical:
        planes.lens.halos.subhalos:
          subhalos: {count: {poisson: {mean: 25}}, mass: {power_law: {exponent: -1.9, minimum: 1e6, maximum: 1e10}}, total_mass_fraction: 0.01, profile: point_mass, radius: {power_law: {exponent: 1, minimum: 0, maximum: 2}}, angle: {uniform: [0, 6.283185307179586]}}
    instrument:
      width: 150
      height: 150
      pixel_scale: 0.05
      brightness_unit: per_pixel
      psf: {gaussian: {fwhm: 0.23548200450309495}}
      sky: 0.1
      read_noise: 4
    signal_to_noise: {definition: peak, value: \(ratio)}
    planes:
      lens:
        redshift: \(redshifts.0)
        mass:
          host: {sie: {velocity_dispersion: 311.6687, axis_ratio: {uniform: [0.5, 1]}, position_angle: {uniform: [0, 3.141592653589793]}}}
          shear: {shear: {strength: {uniform: [0, 0.3]}, angle: {uniform: [0, 6.283185307179586]}}}
        light:
          galaxy: {sersic: {intensity: 1.2, effective_radius: 0.5, sersic_index: 2.5, axis_ratio: {same_as: planes.lens.mass.host.sie.axis_ratio}, position_angle: {same_as: planes.lens.mass.host.sie.position_angle}}}
      source:
        redshift: \(redshifts.1)
        light:
          galaxy: {sersic: {intensity: {uniform: [0.7, 0.9]}, effective_radius: {uniform: [0.25, 1]}, sersic_index: 1.5, axis_ratio: {uniform: [0.7, 1]}, position_angle: {uniform: [0, 3.141592653589793]}, center: {radius: {uniform: [0, 1.2]}, angle: {uniform: [0, 6.283185307179586]}}}}
    """
  }

  /// The streams of the presets, by the paths of the keys here.
  private static let streams: [String: String] = {
    let parts: [(path: String, name: String, keys: [(String, String)])] = [
      ("planes.lens", "redshift", [("redshift", "lens")]),
      ("planes.source", "redshift", [("redshift", "source")]),
      (
        "planes.lens.mass.host.sie", "host",
        [("axis_ratio", "axis_ratio"), ("position_angle", "position_angle")]
      ),
      ("planes.lens.mass.shear.shear", "shear", [("strength", "strength"), ("angle", "angle")]),
      (
        "planes.source.light.galaxy.sersic", "source",
        [
          ("intensity", "intensity"), ("effective_radius", "effective_radius"), ("axis_ratio", "axis_ratio"),
          ("position_angle", "position_angle"), ("center.radius", "radius"), ("center.angle", "angle"),
        ]
      ),
      (
        "planes.lens.mass.vortex.line_mass", "vortex",
        [
          ("mass_fraction", "mass_fraction"), ("length", "length"), ("position_angle", "angle"),
          ("center.0", "x"), ("center.1", "y"),
        ]
      ),
      (
        "planes.lens.halos.subhalos.subhalos", "spherical",
        [("count", "count"), ("mass", "mass"), ("radius", "radius"), ("angle", "angle")]
      ),
    ]
    let names = parts.flatMap { part in part.keys.map { ("\(part.path).\($0.0)", "\(part.name).\($0.1)") } }
    return Dictionary(uniqueKeysWithValues: names)
  }()

  @Test(arguments: [
    ("model-a", ("0.5", "1.0"), "20"),
    ("model-b", ("{uniform: [0.4, 0.6]}", "{uniform: [0.8, 1.2]}"), "{uniform: [10, 30]}"),
  ])
  func `the same scenes and the same images`(name: String, redshifts: (String, String), ratio: String) throws
  {
    let preset = try PopulationPlan(try loadPopulation(name), seed: 12)
    let planes = try PopulationPlan(
      try loadPopulation(yaml: document(redshifts, ratio)), seed: 12, streams: Self.streams)
    #expect(planes.classes == preset.classes)
    for index in 0..<60 {
      let (a, b) = (try preset.scene(index), try planes.scene(index))
      #expect(a.scene.planes.map(\.redshift) == b.scene.planes.map(\.redshift))
      for plane in 0...1 {
        #expect(
          a.scene.planes[plane].mass.map { $0.written() } == b.scene.planes[plane].mass.map { $0.written() })
        #expect(
          a.scene.planes[plane].light.map { $0.written() } == b.scene.planes[plane].light.map { $0.written() }
        )
      }
      #expect(a.scene.signalToNoise == b.scene.signalToNoise)
      let (records, others) = (a.substructure, b.substructure)
      #expect(
        records.map { [$0.mass, $0.einsteinRadius, $0.x, $0.y] }
          == others.map { [$0.mass, $0.einsteinRadius, $0.x, $0.y] })
      for derived in ["einstein_radius", "einstein_mass", "substructure_count", "substructure_mass"] {
        #expect(a["derived.\(derived)"] == b["derived.\(derived)"])
      }
    }
    let (first, second) = (try preset.makeWorkspace(), try planes.makeWorkspace())
    for index in 0..<6 {
      let (a, b) = (try preset.sample(index, workspace: first), try planes.sample(index, workspace: second))
      #expect(a.observation.image == b.observation.image)
    }
  }
}

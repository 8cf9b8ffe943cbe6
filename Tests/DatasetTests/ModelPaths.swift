/// Where numbers of Models A and B stand.
enum ModelPaths {
  static let host = "planes.lens.mass.host.sie"
  static let shear = "planes.lens.mass.shear.shear"
  static let lensLight = "planes.lens.light.galaxy.sersic"
  static let source = "planes.source.light.galaxy.sersic"
  /// As the class adds it.
  static let vortex = "planes.lens.mass.vortex.line_mass"
  static let spherical = "planes.lens.halos.spherical.subhalos"
  /// For settings: where the classes give theirs.
  static let vortexOfClass = "classes.vortex.\(vortex)"
  static let sphericalOfClass = "classes.spherical.\(spherical)"

  /// Whether a parameter is of the lens and source that classes share.
  static func isSmooth(_ name: String) -> Bool {
    ![vortex, spherical, "derived.substructure"].contains { name.hasPrefix($0) }
  }

  /// A vortex as a chain of points, in the place of the line.
  static func chain(points: Int) -> String {
    "classes.vortex={planes.lens.halos.vortex: {point_chain: {mass_fraction: {uniform: [0.03, 0.055]}, points: \(points), "
      + "length: {uniform: [0.5, 2]}, position_angle: {uniform: [0, 3.141592653589793]}, "
      + "center: [{normal: {mean: 0, standard_deviation: 0.5}}, {normal: {mean: 0, standard_deviation: 0.5}}]}}}"
  }
}

import Instrument
import LensCore
import Simulation
import Substructure

extension PopulationSpec {
  /// Notes the keys that change nothing because of what another section says.
  func markWithoutEffect(_ visitor: SpecVisitor) {
    noteKeysWithoutEffect(
      instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: true, hasHalos: hasSmallHalos,
      visitor)
    for (key, label) in [("vortex", SubstructureClass.vortex), ("spherical", .spherical)] {
      visitor.withoutEffect(key, if: !classes.contains(label), "\(label.rawValue) is not among the classes")
    }
    markAnglesWithoutEffect(visitor)
    markFaultsWithoutEffect(visitor)
  }

  private var hasSmallHalos: Bool {
    let hasChain = classes.contains(.vortex) && vortex.representation == .chain
    return hasChain
      || classes.contains(.spherical)
        && [.pointMass, .truncatedNavarroFrenkWhite].contains(spherical.profile)
  }

  /// A host's shape may show in its mass and in the light that has none of its own.
  private func markAnglesWithoutEffect(_ visitor: SpecVisitor) {
    let isSphere = host.profile == .singularIsothermalSphere
    let lightFollowsRatio = lensLight != nil && lensLight?.axisRatio == nil
    visitor.withoutEffect(
      "host.axis_ratio", if: isSphere && !lightFollowsRatio, "the profile sis is round, and so is no light")
    let isRound = host.axisRatio.only == 1
    let ratioOfLight = lensLight.map { ($0.axisRatio ?? host.axisRatio).only } ?? 1
    let lightFollowsAngle = lensLight != nil && lensLight?.positionAngle == nil && ratioOfLight != 1
    visitor.withoutEffect(
      "host.position_angle", if: (isSphere || isRound) && !lightFollowsAngle,
      isSphere ? "the profile sis is round" : "host.axis_ratio is 1")
    visitor.withoutEffect(
      "lens_light.position_angle", if: ratioOfLight == 1, "the lens light's axis ratio is 1")
  }

  private func markFaultsWithoutEffect(_ visitor: SpecVisitor) {
    let hasChain = classes.contains(.vortex) && vortex.representation == .chain
    let noChain = "no class has a vortex whose representation is chain"
    visitor.withoutEffect(
      "faults.vortex_start_in_degrees", if: faults.vortexStartInDegrees && !hasChain, noChain)
    visitor.withoutEffect(
      "faults.vortex_points_at_starts", if: faults.vortexPointsAtStarts && !hasChain, noChain)
    visitor.withoutEffect(
      "faults.point_mass_radius_over_count",
      if: faults.pointMassRadiusOverCount && !hasChain && !classes.contains(.spherical),
      noChain + ", nor is there a class spherical")
    visitor.withoutEffect(
      "faults.luminosity_distances",
      if: faults.luminosityDistances && classes == [.noSubstructure] && host.einsteinMass == nil,
      "no Einstein radius follows from a mass")
  }
}

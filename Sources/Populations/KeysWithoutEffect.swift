import Instrument
import LensCore
import Priors
import Simulation
import Substructure

extension PopulationSpec {
  /// Notes the keys that change nothing because of what another section says.
  func markWithoutEffect(_ visitor: SpecVisitor) {
    noteKeysWithoutEffect(
      instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: true,
      hasHalos: hasChain || hasSpherical(of: [.pointMass, .truncatedNavarroFrenkWhite]), visitor)
    for (key, label) in [("vortex", SubstructureClass.vortex), ("spherical", .spherical)] {
      visitor.withoutEffect(key, if: !classes.contains(label), "\(label.rawValue) is not among the classes")
    }
    visitor.withoutEffect(
      "host.total_mass", if: !needsTotalMass, isRecorded: true,
      "it is recorded, but no mass fraction refers to it")
    markAnglesWithoutEffect(visitor)
    markFaultsWithoutEffect(visitor)
  }

  /// Whether a mass is drawn as a fraction of the host's `total_mass`.
  var needsTotalMass: Bool {
    classes.contains(.vortex) && vortex.massReference == .total
      || classes.contains(.spherical) && spherical.massReference == .total
        && spherical.totalMassFraction != nil
  }

  private var hasChain: Bool { classes.contains(.vortex) && vortex.representation == .chain }

  private func hasSpherical(of profiles: [SubhaloProfile]) -> Bool {
    classes.contains(.spherical) && profiles.contains(spherical.profile)
  }

  /// The lens light, unless it never shines.
  private var shownLensLight: GalaxyLightSpec? { lensLight?.intensity.only == 0 ? nil : lensLight }

  private var isLensLightRound: Bool {
    shownLensLight.map { ($0.axisRatio ?? host.axisRatio).only == 1 } ?? true
  }

  /// Whether the host's angle shows in its mass or in light that has none of its own.
  private var isHostTurned: Bool {
    let isRound = host.profile == .singularIsothermalSphere || host.axisRatio.only == 1
    return !isRound || !isLensLightRound && shownLensLight?.positionAngle == nil
  }

  /// A host's shape may show in its mass and in the light that has none of its own.
  private func markAnglesWithoutEffect(_ visitor: SpecVisitor) {
    let isSphere = host.profile == .singularIsothermalSphere
    let lightFollowsRatio = shownLensLight.map { $0.axisRatio == nil } ?? false
    visitor.withoutEffect(
      "host.axis_ratio", if: isSphere && !lightFollowsRatio, "the profile sis is round, and so is no light")
    visitor.withoutEffect(
      "host.position_angle", if: !isHostTurned,
      isSphere ? "the profile sis is round" : "host.axis_ratio is 1")
    visitor.withoutEffect(
      "lens_light.position_angle", if: isLensLightRound, "the lens light's axis ratio is 1")
  }

  private func markFaultsWithoutEffect(_ visitor: SpecVisitor) {
    let noChain = "no class has a vortex whose representation is chain"
    visitor.withoutEffect(
      "faults.vortex_start_in_degrees", if: !hasChain, noChain)
    visitor.withoutEffect(
      "faults.vortex_points_at_starts", if: !hasChain, noChain)
    let hasSeveralPoints =
      hasChain && vortex.points > 1 || hasSpherical(of: [.pointMass]) && !spherical.isSingle
    visitor.withoutEffect(
      "faults.point_mass_radius_over_count", if: !hasSeveralPoints,
      "no class has several point masses")
    let takesRadiiOfMasses =
      classes.contains(.vortex) || hasSpherical(of: [.pointMass]) || host.einsteinMass != nil
    visitor.withoutEffect(
      "faults.luminosity_distances", if: !takesRadiiOfMasses,
      "no Einstein radius of a point, a line or the host follows from a mass")
    visitor.withoutEffect(
      "faults.radians_used_as_degrees", if: !hasAngles,
      "no angle that it changes is other than 0")
  }

  /// Whether any angle that `radians_used_as_degrees` changes shows.
  private var hasAngles: Bool {
    let sourceRatio = source.light.axisRatio?.only ?? (source.light.axisRatio == nil ? 1 : nil)
    let isSourceTurned = source.light.intensity.only != 0 && sourceRatio != 1
    let angles: [(angle: Distribution?, shows: Bool)] = [
      (host.positionAngle, isHostTurned), (shear.angle, shear.strength.only != 0),
      (lensLight?.positionAngle, !isLensLightRound), (source.light.positionAngle, isSourceTurned),
    ]
    return angles.contains { $0.shows && $0.angle.map { $0.only != 0 } ?? false }
  }
}

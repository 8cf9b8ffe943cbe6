import Cosmology
import LensCore
import LensNumerics
import MassProfiles

/// A drawn host halo and the masses that substructure fractions refer to.
struct Host {
  let mass: MassSpec
  let center: [Double]
  let axisRatio: Double
  let positionAngle: Double
  /// Arcsec.
  let einsteinRadius: Double
  /// Projected inside the Einstein radius, solar masses.
  let einsteinMass: Double
  let totalMass: Double?

  func mass(_ reference: MassReference) -> Double {
    switch reference {
    case .einstein: einsteinMass
    // A spec whose reference is the total has one: `PopulationSpec` checks it.
    case .total: totalMass ?? einsteinMass
    }
  }
}

extension Drawing {
  mutating func host(_ spec: HostSpec, _ radii: EinsteinRadii, faults: FaultsSpec) throws -> Host {
    let center = [try draw("host.x", spec.x), try draw("host.y", spec.y)]
    let axisRatio = try draw("host.axis_ratio", spec.axisRatio)
    let positionAngle = faults.angle(try draw("host.position_angle", spec.positionAngle))
    let totalMass = try draw("host.total_mass", spec.totalMass)
    let (mass, radius) =
      spec.profile == .navarroFrenkWhite
      ? try navarroFrenkWhite(spec, radii, center, axisRatio, positionAngle)
      : try isothermal(spec, radii, center, axisRatio, positionAngle)
    return Host(
      mass: mass, center: center, axisRatio: axisRatio, positionAngle: positionAngle,
      einsteinRadius: radius, einsteinMass: radii.geometry.mass(insideEinsteinRadius: radius),
      totalMass: totalMass)
  }

  private mutating func isothermal(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ center: [Double], _ axisRatio: Double, _ positionAngle: Double
  ) throws -> (MassSpec, Double) {
    let dispersion = try draw("host.velocity_dispersion", spec.velocityDispersion)
    let radius =
      try dispersion.map { radii.geometry.einsteinRadius(velocityDispersion: $0) }
      ?? givenEinsteinRadius(spec, radii)
    if spec.profile == .singularIsothermalSphere {
      var sphere = SingularIsothermalSphereSpec()
      sphere.einsteinRadius = radius
      sphere.center = center
      return (MassSpec(sphere), radius)
    }
    var ellipsoid = IsothermalEllipsoidSpec()
    ellipsoid.einsteinRadius = radius
    ellipsoid.axisRatio = axisRatio
    ellipsoid.positionAngle = positionAngle
    ellipsoid.center = center
    ellipsoid.coreRadius = try draw("host.core_radius", spec.coreRadius)
    return (MassSpec(ellipsoid), radius)
  }

  private mutating func navarroFrenkWhite(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ center: [Double], _ axisRatio: Double, _ positionAngle: Double
  ) throws -> (MassSpec, Double) {
    var halo = EllipticalNavarroFrenkWhiteSpec()
    var radius: Double?
    if let virialMass = try draw("host.virial_mass", spec.virialMass) {
      let concentration = try draw("host.concentration", spec.concentration)
      (halo.scaleRadius, halo.deflectionAtScaleRadius) = radii.geometry.navarroFrenkWhite(
        mass: virialMass, concentration: concentration)
    } else {
      let given = try givenEinsteinRadius(spec, radii)
      halo.scaleRadius = try draw("host.scale_radius", spec.scaleRadius)
      halo.deflectionAtScaleRadius = navarroFrenkWhiteDeflection(
        einsteinRadius: given, scaleRadius: halo.scaleRadius)
      radius = given
    }
    // A halo that is too weak would make a set of images in which nothing is lensed.
    let found = try radius ?? einsteinRadius(of: halo)
    guard found >= Self.smallestHostEinsteinRadius else {
      throw NumericalError.noSolution(
        quantity: "strong lens",
        context: "the host's Einstein radius would be below \(Self.smallestHostEinsteinRadius) arcsec; raise "
          + "host.virial_mass or host.concentration, or give host.einstein_radius")
    }
    halo.axisRatio = axisRatio
    halo.positionAngle = positionAngle
    halo.center = center
    return (MassSpec(halo), found)
  }

  /// Zero for a halo without one in the range that is searched.
  private func einsteinRadius(of halo: EllipticalNavarroFrenkWhiteSpec) throws -> Double {
    do {
      return try navarroFrenkWhiteEinsteinRadius(
        scaleRadius: halo.scaleRadius, deflectionAtScaleRadius: halo.deflectionAtScaleRadius)
    } catch NumericalError.noSolution {
      return 0
    }
  }

  /// Arcsec.
  private static var smallestHostEinsteinRadius: Double { 0.01 }

  private mutating func givenEinsteinRadius(_ spec: HostSpec, _ radii: EinsteinRadii) throws -> Double {
    if let radius = try draw("host.einstein_radius", spec.einsteinRadius) { return radius }
    if let mass = try draw("host.einstein_mass", spec.einsteinMass) { return radii.radius(ofMass: mass) }
    throw SpecError(
      keyPath: "host", value: "no strength", requirement: "must have an einstein_radius or another strength")
  }
}

/// Mass to Einstein radius, the right way or as earlier tools did it.
struct EinsteinRadii {
  let geometry: LensGeometry
  let usesLuminosityDistances: Bool

  func radius(ofMass mass: Double) -> Double {
    usesLuminosityDistances
      ? geometry.einsteinRadiusFromLuminosityDistances(ofMass: mass) : geometry.einsteinRadius(ofMass: mass)
  }
}

extension FaultsSpec {
  /// What a drawn angle ends up as.
  func angle(_ drawn: Double) -> Double { radiansUsedAsDegrees ? drawn * Units.radiansPerDegree : drawn }
}

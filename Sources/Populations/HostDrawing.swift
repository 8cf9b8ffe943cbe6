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
  /// Of the circle with the area inside the tangential critical curve of the host alone, arcsec.
  let einsteinRadius: Double
  /// Projected inside that curve, solar masses.
  let einsteinMass: Double
  /// Of an isothermal host; for another that of the isothermal sphere with the same Einstein radius. Km/s.
  let velocityDispersion: Double
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
    let massAngle = angleOfEllipse(axisRatio: axisRatio, positionAngle)
    let lens =
      switch spec.profile {
      case .singularIsothermalSphere: try sphere(spec, radii, center)
      case .isothermalEllipsoid: try ellipsoid(spec, radii, center, axisRatio, massAngle)
      case .navarroFrenkWhite: try navarroFrenkWhite(spec, radii, center, axisRatio, massAngle)
      }
    return Host(
      mass: lens.mass, center: center, axisRatio: axisRatio, positionAngle: positionAngle,
      einsteinRadius: lens.einsteinRadius,
      einsteinMass: radii.geometry.mass(insideEinsteinRadius: lens.massRadius),
      velocityDispersion: radii.geometry.velocityDispersion(einsteinRadius: lens.isothermalRadius),
      totalMass: totalMass)
  }

  private mutating func sphere(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ center: [Double]
  ) throws -> HostLens {
    var sphere = SingularIsothermalSphereSpec()
    sphere.einsteinRadius =
      try dispersionRadius(spec, radii)
      ?? givenStrength(spec, radii, SingularIsothermalSphereSpec.kind).radius
    sphere.center = center
    return HostLens(MassSpec(sphere), radius: sphere.einsteinRadius)
  }

  private mutating func ellipsoid(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ center: [Double], _ axisRatio: Double, _ positionAngle: Double
  ) throws -> HostLens {
    var ellipsoid = IsothermalEllipsoidSpec()
    let dispersionRadius = try dispersionRadius(spec, radii)
    let given =
      try dispersionRadius == nil ? givenStrength(spec, radii, IsothermalEllipsoidSpec.kind) : nil
    ellipsoid.axisRatio = axisRatio
    ellipsoid.coreRadius = try draw("host.core_radius", spec.coreRadius)
    ellipsoid.einsteinRadius = try dispersionRadius ?? given.map { try ellipsoid.strength(for: $0) } ?? 0
    let ring = try requiredRing(ellipsoid)
    ellipsoid.positionAngle = positionAngle
    ellipsoid.center = center
    return HostLens(
      mass: MassSpec(ellipsoid), einsteinRadius: ring.einsteinRadius, massRadius: ring.massRadius,
      isothermalRadius: ellipsoid.einsteinRadius)
  }

  private mutating func navarroFrenkWhite(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ center: [Double], _ axisRatio: Double, _ positionAngle: Double
  ) throws -> HostLens {
    var halo = EllipticalNavarroFrenkWhiteSpec()
    halo.axisRatio = axisRatio
    if let virialMass = try draw("host.virial_mass", spec.virialMass) {
      let concentration = try draw("host.concentration", spec.concentration)
      (halo.scaleRadius, halo.deflectionAtScaleRadius) = radii.geometry.navarroFrenkWhite(
        mass: virialMass, concentration: concentration)
    } else {
      let given = try givenStrength(spec, radii, EllipticalNavarroFrenkWhiteSpec.kind)
      halo.scaleRadius = try draw("host.scale_radius", spec.scaleRadius)
      halo.deflectionAtScaleRadius = try halo.strength(for: given)
    }
    let ring = try requiredRing(halo)
    halo.positionAngle = positionAngle
    halo.center = center
    return HostLens(
      mass: MassSpec(halo), einsteinRadius: ring.einsteinRadius, massRadius: ring.massRadius,
      isothermalRadius: ring.einsteinRadius)
  }

  private mutating func dispersionRadius(_ spec: HostSpec, _ radii: EinsteinRadii) throws -> Double? {
    try draw("host.velocity_dispersion", spec.velocityDispersion).map {
      radii.geometry.einsteinRadius(velocityDispersion: $0)
    }
  }

  private mutating func givenStrength(
    _ spec: HostSpec, _ radii: EinsteinRadii, _ kind: String
  ) throws -> WantedRing {
    if let radius = try draw("host.einstein_radius", spec.einsteinRadius) { return .einsteinRadius(radius) }
    if let mass = try draw("host.einstein_mass", spec.einsteinMass) {
      return .massRadius(radii.radius(ofMass: mass))
    }
    throw SpecError(
      keyPath: "host", value: "no strength for \(kind)",
      requirement: "must have an einstein_radius or another strength")
  }
}

private func requiredRing(_ host: some MassProfileSpec) throws -> LensRing {
  guard let ring = try host.ring() else {
    throw NumericalError.noSolution(quantity: "ring", context: "\(type(of: host).kind) has none")
  }
  return ring
}

/// A host's lens model and the radii that its tables list, arcsec.
private struct HostLens {
  let mass: MassSpec
  let einsteinRadius: Double
  /// Einstein radius of the mass inside the critical curve.
  let massRadius: Double
  /// Einstein radius of the isothermal sphere whose velocity dispersion is listed.
  let isothermalRadius: Double

  init(mass: MassSpec, einsteinRadius: Double, massRadius: Double, isothermalRadius: Double) {
    (self.mass, self.einsteinRadius) = (mass, einsteinRadius)
    (self.massRadius, self.isothermalRadius) = (massRadius, isothermalRadius)
  }

  /// One for which all are the same.
  init(_ mass: MassSpec, radius: Double) {
    self.init(mass: mass, einsteinRadius: radius, massRadius: radius, isothermalRadius: radius)
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

/// What is round has no position angle: turned, it would be the same but for the last digits.
func angleOfEllipse(axisRatio: Double, _ positionAngle: Double) -> Double {
  axisRatio == 1 ? 0 : positionAngle
}

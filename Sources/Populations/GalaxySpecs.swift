import Instrument
import LensCore
import LightProfiles
import Priors

/// Priors of the redshifts.
public struct RedshiftSpec: SpecFields, Equatable {
  public var lens = Distribution.fixed(0.5)
  public var source = Distribution.fixed(1)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.prior("lens", &lens, .redshift)
    visitor.prior("source", &source, .redshift)
    visitor.check(
      lens.support.upperBound < source.support.lowerBound, "source",
      given: "as low as \(specNumber(source.support.lowerBound))",
      "must always be greater than the lens redshift, which reaches \(specNumber(lens.support.upperBound))")
  }
}

/// The smooth mass of a host halo.
public enum HostProfile: String, CaseIterable, Sendable {
  case singularIsothermalSphere = "sis"
  case isothermalEllipsoid = "sie"
  case navarroFrenkWhite = "nfw"
}

/// Priors of the host halo. Its strength comes from exactly one of `velocity_dispersion`, `einstein_radius`,
/// `einstein_mass` or, for `nfw`, `virial_mass`.
public struct HostSpec: SpecFields, Equatable {
  public var profile = HostProfile.isothermalEllipsoid
  /// Km/s; the Einstein radius then follows D_ls / D_s when redshifts float. Not for `nfw`.
  public var velocityDispersion: Distribution?
  /// Radius of the circle with the area inside the tangential critical curve of the host with its core, arcsec.
  public var einsteinRadius: Distribution?
  /// Projected mass inside that curve, solar masses.
  public var einsteinMass: Distribution?
  /// M_200 in solar masses, with `concentration`. For `nfw` only.
  public var virialMass: Distribution?
  /// c_200, for `nfw` with a virial mass.
  public var concentration = Distribution.fixed(5)
  /// Arcsec, for `nfw` with an Einstein radius or mass.
  public var scaleRadius = Distribution.fixed(10)
  /// The mass in solar masses that a fraction of the `total` refers to.
  public var totalMass: Distribution?
  public var axisRatio = Distribution.fixed(1)
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = Distribution.fixed(0)
  /// Arcsec.
  public var x = Distribution.fixed(0)
  public var y = Distribution.fixed(0)
  /// Arcsec; not for `nfw`.
  public var coreRadius = Distribution.fixed(0)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("profile", &profile)
    visitor.prior("velocity_dispersion", &velocityDispersion, SpecRange(1...1e5))
    visitor.prior("einstein_radius", &einsteinRadius, SpecRange(0.01...1e4))
    visitor.prior("einstein_mass", &einsteinMass, .mass)
    visitor.prior("virial_mass", &virialMass, .mass)
    visitor.prior("concentration", &concentration, SpecRange(0.01...1e4))
    visitor.prior("scale_radius", &scaleRadius, SpecRange(0.01...1e4))
    visitor.prior("total_mass", &totalMass, .mass)
    visitor.prior("axis_ratio", &axisRatio, .axisRatio)
    visitor.prior("position_angle", &positionAngle, .angle)
    visitor.prior("x", &x, .position)
    visitor.prior("y", &y, .position)
    visitor.prior("core_radius", &coreRadius, .deflection)
    checkStrength(visitor)
    markWithoutEffect(visitor)
  }

  private func markWithoutEffect(_ visitor: SpecVisitor) {
    let isHalo = profile == .navarroFrenkWhite
    let name = "the profile is \(profile.rawValue)"
    visitor.withoutEffect(
      "concentration", if: !isHalo || virialMass == nil,
      isHalo ? "it goes with a virial_mass, which is not given" : name)
    visitor.withoutEffect(
      "scale_radius", if: !isHalo || virialMass != nil,
      isHalo ? "it follows from virial_mass and concentration" : name)
    visitor.withoutEffect("core_radius", if: profile != .isothermalEllipsoid, name)
  }

  private func checkStrength(_ visitor: SpecVisitor) {
    let isHalo = profile == .navarroFrenkWhite
    let allowed: [(String, Distribution?)] = [
      ("einstein_radius", einsteinRadius), ("einstein_mass", einsteinMass),
      isHalo ? ("virial_mass", virialMass) : ("velocity_dispersion", velocityDispersion),
    ]
    let given = allowed.filter { $0.1 != nil }.map(\.0)
    visitor.check(
      given.count == 1, "profile", given: given.isEmpty ? "no strength" : given.joined(separator: " and "),
      "\(profile.rawValue) needs exactly one of \(allowed.map(\.0).joined(separator: ", "))")
    let (key, other) = isHalo ? ("velocity_dispersion", velocityDispersion) : ("virial_mass", virialMass)
    visitor.check(
      other == nil, key, given: "a value",
      "does not apply to the profile \(profile.rawValue); remove the key")
  }
}

/// Priors of the external shear.
public struct ShearSpec: SpecFields, Equatable {
  public var strength = Distribution.fixed(0)
  /// Direction of stretching, radians counter-clockwise from +x.
  public var angle = Distribution.fixed(0)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.prior("strength", &strength, .from(0, below: 1))
    visitor.prior("angle", &angle, .angle)
    visitor.withoutEffect("angle", if: strength.only == 0, "the strength is 0")
  }
}

/// Priors of a galaxy's Sersic light.
public struct GalaxyLightSpec: SpecFields, Equatable {
  /// Surface brightness at the effective radius, in the instrument's brightness unit.
  public var intensity = Distribution.fixed(1)
  /// Arcsec.
  public var effectiveRadius = Distribution.fixed(0.5)
  public var sersicIndex = Distribution.fixed(1)
  public var coefficient = SersicCoefficient.halfLight
  /// For lens light: left out, it has the axis ratio of the host's mass.
  public var axisRatio: Distribution?
  /// For lens light: left out, it has the position angle of the host's mass.
  public var positionAngle: Distribution?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.prior("intensity", &intensity, .brightness)
    visitor.prior("effective_radius", &effectiveRadius, .length)
    visitor.prior("sersic_index", &sersicIndex, SpecRange(0.36...10))
    visitor.choice("coefficient", &coefficient)
    visitor.prior("axis_ratio", &axisRatio, .axisRatio)
    visitor.prior("position_angle", &positionAngle, .angle)
    for key in ["effective_radius", "sersic_index", "coefficient", "axis_ratio", "position_angle"] {
      visitor.withoutEffect(key, if: intensity.only == 0, "the intensity is 0")
    }
  }
}

/// Priors of the source galaxy: its light and its position about the host's centre.
public struct SourceSpec: SpecFields, Equatable {
  public var light = GalaxyLightSpec()
  /// Distance from the host's centre, arcsec.
  public var radius = Distribution.fixed(0)
  /// Direction from the host's centre, radians counter-clockwise from +x.
  public var angle = Distribution.fixed(0)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    light.visit(visitor)
    visitor.prior("radius", &radius, .deflection)
    visitor.prior("angle", &angle, .angle)
    for key in ["radius", "angle"] {
      visitor.withoutEffect(key, if: light.intensity.only == 0, "the intensity is 0")
    }
    visitor.withoutEffect("angle", if: radius.only == 0, "the radius is 0")
    visitor.withoutEffect(
      "position_angle", if: (light.axisRatio ?? .fixed(1)).only == 1, "the axis_ratio is 1")
  }
}

/// What the exposure of every image is to reach.
public struct SignalToNoisePrior: SpecFields, Equatable {
  public var definition = SignalToNoiseDefinition.peak
  public var value = Distribution.fixed(20)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("definition", &definition)
    visitor.prior("value", &value, .above(0, upTo: 1e9))
  }
}

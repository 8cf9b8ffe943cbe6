import LensCore
import Priors
import Substructure

/// The mass of the host that a fraction in substructure refers to.
public enum MassReference: String, CaseIterable, Sendable {
  /// The projected mass inside the host's Einstein radius.
  case einstein
  /// The host's `total_mass`.
  case total
}

/// Priors of the class `vortex`: one line of mass.
public struct VortexSpec: SpecFields, Equatable {
  /// Mass of the vortex as a fraction of the host's.
  public var massFraction = Distribution.uniform(lower: 0.03, upper: 0.055)
  public var massReference = MassReference.einstein
  /// Arcsec.
  public var length = Distribution.uniform(lower: 0.5, upper: 2)
  /// Direction of the line, radians counter-clockwise from +x.
  public var angle = Distribution.uniform(lower: 0, upper: Double.pi)
  /// Middle of the line relative to the host's centre, arcsec.
  public var x = Distribution.fixed(0)
  public var y = Distribution.fixed(0)
  public var representation = VortexRepresentation.line
  /// Point masses of a chain.
  public var points = 100

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.prior("mass_fraction", &massFraction, .fraction)
    visitor.choice("mass_reference", &massReference)
    visitor.prior("length", &length, .length)
    visitor.prior("angle", &angle, .angle)
    visitor.prior("x", &x, .position)
    visitor.prior("y", &y, .position)
    visitor.choice("representation", &representation)
    visitor.integer("points", &points, 1...100_000)
    visitor.withoutEffect("points", if: representation == .line, "the representation is line")
  }
}

/// Priors of the class `spherical`: a population of subhalos.
public struct SphericalSpec: SpecFields, Equatable {
  /// Number of subhalos; an image of this class has at least one.
  public var count = Distribution.poisson(mean: 25)
  /// Of one subhalo, solar masses.
  public var mass = Distribution.powerLaw(exponent: -1.9, minimum: 1e6, maximum: 1e10)
  /// Left out, the drawn masses stand; given, they are scaled to add up to this fraction of the host's mass.
  public var totalMassFraction: Distribution?
  public var massReference = MassReference.einstein
  public var profile = SubhaloProfile.pointMass
  /// Truncation radius over scale radius, for `truncated_nfw`.
  public var truncation = Distribution.fixed(5)
  /// Distance of a subhalo from the host's centre, arcsec.
  public var radius = Distribution.powerLaw(exponent: 1, minimum: 0, maximum: 2)
  /// Direction of a subhalo from the host's centre, radians counter-clockwise from +x.
  public var angle = Distribution.uniform(lower: 0, upper: 2 * Double.pi)

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.prior("count", &count, .nonNegative)
    visitor.check(
      count.isWhole, "count", given: "a prior of numbers that are not whole",
      "must be a whole number, a choice of them, or Poisson")
    visitor.check(
      count.hasRareLargeValues || count.support.upperBound <= 1e6, "count",
      given: "up to \(specNumber(count.support.upperBound))", "must be at most 1000000")
    visitor.prior("mass", &mass, .mass)
    visitor.prior("total_mass_fraction", &totalMassFraction, .fraction)
    visitor.choice("mass_reference", &massReference)
    visitor.choice("profile", &profile)
    visitor.prior("truncation", &truncation, SpecRange(1e-3...1e6))
    visitor.prior("radius", &radius, .deflection)
    visitor.prior("angle", &angle, .angle)
    markWithoutEffect(visitor)
  }

  /// Whether there is never more than one.
  var isSingle: Bool { (count.only ?? count.support.upperBound) <= 1 }

  private func markWithoutEffect(_ visitor: SpecVisitor) {
    visitor.withoutEffect(
      "truncation", if: profile != .truncatedNavarroFrenkWhite, "the profile is \(profile.rawValue)")
    visitor.withoutEffect(
      "mass", if: totalMassFraction != nil && mass.only != nil,
      saying: "makes all masses equal, its value does not matter",
      "they are scaled to add up to total_mass_fraction")
    visitor.withoutEffect(
      "mass", if: totalMassFraction != nil && isSingle, "the only subhalo has all of total_mass_fraction")
    visitor.withoutEffect(
      "mass_reference", if: totalMassFraction == nil, "there is no total_mass_fraction to refer to a mass")
    visitor.withoutEffect("angle", if: radius.only == 0, "the radius is 0")
  }
}

/// Known faults of earlier tools, to reproduce published image sets. All are off unless named. Those of a vortex
/// concern its representation as a chain of points.
public struct FaultsSpec: SpecFields, Equatable {
  /// PyLensing: each of N point masses gets the Einstein radius sqrt(f)/N of the host's instead of sqrt(f/N),
  /// so their total mass is N times too small.
  public var pointMassRadiusOverCount = false
  /// PyLensing: the chain of a vortex starts where its angle, in radians, would lead if it were in degrees.
  public var vortexStartInDegrees = false
  /// PyLensing: the chain's points stand at the starts of its pieces instead of at their middles.
  public var vortexPointsAtStarts = false
  /// PyLensing: position angles and the shear's angle are drawn in radians and used as degrees.
  public var radiansUsedAsDegrees = false
  /// PyLensing: each prior is drawn this often for the whole set, and samples combine the draws; 0 for off.
  public var distinctValues = 0
  /// PyLensing and DeepLenseSim: Einstein radii from luminosity distances with D_ls = D_s - D_l.
  public var luminosityDistances = false

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.flag("point_mass_radius_over_count", &pointMassRadiusOverCount)
    visitor.flag("vortex_start_in_degrees", &vortexStartInDegrees)
    visitor.flag("vortex_points_at_starts", &vortexPointsAtStarts)
    visitor.flag("radians_used_as_degrees", &radiansUsedAsDegrees)
    visitor.integer("distinct_values", &distinctValues, 0...1_000_000)
    visitor.flag("luminosity_distances", &luminosityDistances)
  }
}

import LensCore
import LensNumerics
import MassProfiles
import Priors

/// Subhalos of one profile: each draws a mass and a place.
public struct SubhaloPopulation: HaloPopulation {
  public static let kind = "subhalos"

  public var count = 25
  /// Of one subhalo, solar masses.
  public var mass = Distribution.powerLaw(exponent: -1.9, minimum: 1e6, maximum: 1e10)
  /// Left out, the drawn masses stand; given, they are scaled to add up to this fraction of the `einstein_mass` of another mass.
  public var totalMassFraction: Double?
  /// The name of that mass.
  public var fractionOf = "host"
  public var profile = SubhaloProfile.pointMass
  /// Truncation radius over scale radius, for `truncated_nfw`.
  public var truncation = 5.0
  /// Distance of a subhalo from the centre, arcsec.
  public var radius = Distribution.powerLaw(exponent: 1, minimum: 0, maximum: 2)
  /// Direction of a subhalo from the centre, radians counter-clockwise from +x.
  public var angle = Distribution.uniform(lower: 0, upper: 2 * Double.pi)
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("count", &count, 0...1_000_000)
    visitor.prior("mass", &mass, .mass)
    visitor.number("total_mass_fraction", &totalMassFraction, .fraction)
    visitor.text("fraction_of", &fractionOf, if: totalMassFraction != nil)
    visitor.choice("profile", &profile)
    visitor.number("truncation", &truncation, SpecRange(1e-3...1e6))
    visitor.prior("radius", &radius, .deflection)
    visitor.prior("angle", &angle, .angle)
    visitor.numbers("center", &center, .position)
    visitor.withoutEffect(
      "fraction_of", if: totalMassFraction == nil, "there is no total_mass_fraction to refer to a mass")
    visitor.withoutEffect(
      "truncation", if: profile != .truncatedNavarroFrenkWhite, "the profile is \(profile.rawValue)")
    visitor.withoutEffect("angle", if: radius.only == 0, "the radius is 0")
    visitor.withoutEffect(
      "mass", if: totalMassFraction != nil && visitor.limits(of: "count", Double(count)).upperBound <= 1,
      "the only subhalo has all of total_mass_fraction")
    visitor.withoutEffect(
      "mass", if: totalMassFraction != nil && mass.only != nil,
      saying: "makes all masses equal, its value does not matter",
      "they are scaled to add up to total_mass_fraction")
  }

  public var hasSmallHalos: Bool { [.pointMass, .truncatedNavarroFrenkWhite].contains(profile) }

  public var reference: String? { totalMassFraction == nil ? nil : fractionOf }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let (massStream, radiusStream, angleStream) = (streams("mass"), streams("radius"), streams("angle"))
    var masses = try (0..<count).map { try mass.draw(massStream, number: $0) }
    if let totalMassFraction {
      let scale = totalMassFraction * (try setting.einsteinMass(fractionOf)) / masses.reduce(0, +)
      masses = masses.map { $0 * scale }
    }
    return try masses.enumerated().map { number, mass in
      let radius = try radius.draw(radiusStream, number: number)
      let (sine, cosine) = sineAndCosine(try angle.draw(angleStream, number: number))
      let place = [center[0] + radius * cosine, center[1] + radius * sine]
      let model = profile.mass(mass, center: place, truncation: truncation, geometry: setting.geometry)
      return Halo(model, mass: mass, place: place)
    }
  }
}

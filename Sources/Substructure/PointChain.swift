import LensCore
import LensNumerics
import MassProfiles

/// A line of mass as a row of equal points at the middles of equal pieces, as published image sets have their vortices.
/// (The line itself is the mass profile `line_mass`.)
public struct PointChain: HaloPopulation {
  public static let kind = "point_chain"

  /// Einstein radius in arcsec of a point with the whole mass.
  public var einsteinRadius = 0.1
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// The name of the mass that a mass fraction refers to.
  public var fractionOf = "host"
  public var points = 25
  /// Arcsec.
  public var length = 1.0
  /// Of the line, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// Of the middle, [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.mass(&einsteinRadius, fractionOf: &fractionOf, &given)
    visitor.integer("points", &points, 1...100_000)
    visitor.number("length", &length, .length)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
  }

  public var reference: String? { given?.kind == .massFraction ? fractionOf : nil }

  /// The Einstein radius of a point with the whole mass, arcsec.
  package func wholeRadius(_ setting: StrengthSetting) throws -> Double {
    try given.map { try $0.pointRadius(fractionOf: fractionOf, setting) } ?? einsteinRadius
  }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let radius = try wholeRadius(setting.strength) / Double.squareRoot(Double(points))
    let (sine, cosine) = sineAndCosine(positionAngle)
    return (0..<points).map { point in
      let along = ((Double(point) + 0.5) / Double(points) - 0.5) * length
      return Halo(
        pointOf: radius, at: [center[0] + along * cosine, center[1] + along * sine], setting.strength)
    }
  }
}

extension Halo {
  /// A point of an Einstein radius in arcsec.
  package init(pointOf einsteinRadius: Double, at place: [Double], _ setting: StrengthSetting) {
    self.init(
      pointMassSpec(einsteinRadius: einsteinRadius, center: place),
      mass: setting.geometry.mass(insideEinsteinRadius: einsteinRadius), place: place)
  }
}

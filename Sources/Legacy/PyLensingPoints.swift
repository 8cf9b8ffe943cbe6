import LensCore
import LensNumerics
import MassProfiles
import Priors
import Substructure

/// The subhalos of PyLensing, equal points, with that tool's fault: it can be switched off, and without it they are `subhalos` of
/// equal masses.
public struct PyLensingPoints: HaloPopulation {
  public static let kind = "pylensing_points"

  public var count = 25
  /// Of all together, of the `einstein_mass` of another mass.
  public var massFraction = 0.01
  /// The name of that mass.
  public var fractionOf = "host"
  /// Each of N points gets the Einstein radius of all divided by N instead of by sqrt(N), so that they are N times too light.
  public var isRadiusOverCount = true
  /// Distance of a point from the centre, arcsec.
  public var radius = Distribution.uniform(lower: 0, upper: 1)
  /// Direction of a point from the centre, radians counter-clockwise from +x.
  public var angle = Distribution.uniform(lower: 0, upper: 2 * Double.pi)
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("count", &count, 1...1_000_000)
    visitor.number("mass_fraction", &massFraction, .fraction)
    visitor.text("fraction_of", &fractionOf)
    visitor.flag("radius_over_count", &isRadiusOverCount)
    visitor.prior("radius", &radius, .deflection)
    visitor.prior("angle", &angle, .angle)
    visitor.numbers("center", &center, .position)
    visitor.withoutEffect(
      "radius_over_count", if: visitor.limits(of: "count", Double(count)) == 1...1, "there is one point")
    visitor.withoutEffect("angle", if: radius.only == 0, "the radius is 0")
  }

  public var reference: String? { fractionOf }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let mass = massFraction * (try setting.einsteinMass(fractionOf))
    let whole = setting.geometry.einsteinRadius(ofMass: mass)
    let divisor = isRadiusOverCount ? Double(count) : Double.squareRoot(Double(count))
    let (radii, angles) = (streams("radius"), streams("angle"))
    return try (0..<count).map { number in
      let distance = try radius.draw(radii, number: number)
      let (sine, cosine) = sineAndCosine(try angle.draw(angles, number: number))
      return Halo(
        pointOf: whole / divisor, at: [center[0] + distance * cosine, center[1] + distance * sine],
        setting.strength)
    }
  }
}

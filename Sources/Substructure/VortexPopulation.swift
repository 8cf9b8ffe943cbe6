import LensCore
import LensNumerics
import MassProfiles
import Priors

/// Straight vortices of a superfluid: uniform lines of mass, each with a length, a place and a direction of its own.
///
/// Reference: Alexander et al. (2020), ApJ 893, 15, section 2 (vortices as lines of mass).
public struct VortexPopulation: HaloPopulation {
  public static let kind = "vortices"

  public var count = 3
  /// Mass by length, solar masses per kpc.
  public var lineDensity = Distribution.fixed(1e9)
  /// Arcsec.
  public var length = Distribution.uniform(lower: 0.5, upper: 2)
  /// Of their middles from the centre, arcsec.
  public var radius = Distribution.powerLaw(exponent: 1, minimum: 0, maximum: 2)
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("count", &count, 0...100_000)
    visitor.prior("line_density", &lineDensity, SpecRange(0...1e15, unit: "solar masses per kpc"))
    visitor.prior("length", &length, .length)
    visitor.prior("radius", &radius, .deflection)
    visitor.numbers("center", &center, .position)
  }

  public var hasSmallHalos: Bool { false }
  public var reference: String? { nil }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let (density, length) = (streams("line_density"), streams("length"))
    let (radius, angle, direction) = (streams("radius"), streams("angle"), streams("position_angle"))
    let angles = LensAngles(setting.geometry)
    return try (0..<count).map { number in
      var line = UniformLineSpec()
      line.length = try self.length.draw(length, number: number)
      let mass = try lineDensity.draw(density, number: number) * angles.kpc(line.length)
      line.einsteinRadius = setting.geometry.einsteinRadius(ofMass: mass)
      line.positionAngle = Double.pi * direction.uniform(UInt32(number))
      let distance = try self.radius.draw(radius, number: number)
      let (sine, cosine) = sineAndCosine(2 * Double.pi * angle.uniform(UInt32(number)))
      line.center = [center[0] + distance * cosine, center[1] + distance * sine]
      return Halo(MassSpec(line), mass: mass, place: line.center)
    }
  }
}

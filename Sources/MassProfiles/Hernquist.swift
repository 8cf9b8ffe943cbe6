import LensCore
import LensNumerics

/// Parameters of a spherical Hernquist profile, which stars of round galaxies follow.
public struct HernquistSpec: SphericalHaloSpec, Equatable {
  public static let kind = "hernquist"

  /// Arcsec.
  public var scaleRadius = 1.0
  /// Deflection at the scale radius, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection.
  public var given: GivenStrength?
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.sphere(
      scaleRadius: &scaleRadius, deflection: &deflectionAtScaleRadius, or: .ofSphere + [.mass], &given)
    visitor.numbers("center", &center, .position)
  }

  /// Inside the scale radius, in projection, is a third of the mass.
  public var totalMassRadius: Double? { Double.squareRoot(3 * deflectionAtScaleRadius * scaleRadius) }

  public func resolved(_ setting: StrengthSetting) throws -> HernquistSpec {
    guard let given, given.kind == .mass else { return try sphereResolved(setting) }
    var copy = self
    copy.given = nil
    let radius = setting.einsteinRadius(ofMass: given.value)
    copy.deflectionAtScaleRadius = radius * radius / (3 * scaleRadius)
    return copy
  }

  var density: HernquistDensity { HernquistDensity() }
}

/// Density proportional to 1 / (x (1 + x)^3), x = r / a.
///
/// Reference: Hernquist (1990), ApJ 356, 359, eq. 2.
struct HernquistDensity: SphericalDensity {

  var shape: [Double] { [] }
  var reach: Double { 1 }

  func value(at x: Double) -> Double { 1 / (x * (1 + x) * (1 + x) * (1 + x)) }
}

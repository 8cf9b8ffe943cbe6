import LensCore
import LensNumerics

/// Parameters of a spherical halo with a cusp of any slope; that of 1 is a Navarro-Frenk-White halo.
public struct GeneralizedNavarroFrenkWhiteSpec: SphericalHaloSpec, Equatable {
  public static let kind = "generalized_nfw"

  /// Arcsec.
  public var scaleRadius = 1.0
  /// Deflection at the scale radius, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection.
  public var given: GivenStrength?
  /// Minus the logarithmic slope of the density at the centre.
  public var innerSlope = 1.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.sphere(scaleRadius: &scaleRadius, deflection: &deflectionAtScaleRadius, &given)
    visitor.number("inner_slope", &innerSlope, SpecRange(0...2))
    visitor.numbers("center", &center, .position)
  }

  var density: GeneralizedNavarroFrenkWhiteDensity {
    GeneralizedNavarroFrenkWhiteDensity(innerSlope: innerSlope)
  }
}

/// Density proportional to x^-g (1 + x)^(g - 3), x = r / r_s.
///
/// Reference: Zhao (1996), MNRAS 278, 488, eq. 1 with outer slope 3 and a sharp turn of 1.
struct GeneralizedNavarroFrenkWhiteDensity: SphericalDensity {
  let innerSlope: Double

  var shape: [Double] { [innerSlope] }
  var reach: Double { 1 }

  func value(at x: Double) -> Double {
    Double.exp(-innerSlope * Double.log(x) - (3 - innerSlope) * Double.log(1 + x))
  }
}

import LensCore
import LensNumerics

/// Parameters of a spherical Navarro-Frenk-White halo with a core in the place of its cusp.
public struct CoredNavarroFrenkWhiteSpec: SphericalHaloSpec, Equatable {
  public static let kind = "cored_nfw"

  /// Arcsec.
  public var scaleRadius = 1.0
  /// Deflection at the scale radius, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection.
  public var given: GivenStrength?
  /// Arcsec; the cusp ends here.
  public var coreRadius = 0.1
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.sphere(scaleRadius: &scaleRadius, deflection: &deflectionAtScaleRadius, &given)
    visitor.number("core_radius", &coreRadius, .tabulatedScaleRadius)
    visitor.numbers("center", &center, .position)
  }

  var density: CoredNavarroFrenkWhiteDensity { CoredNavarroFrenkWhiteDensity(core: coreRadius / scaleRadius) }
}

/// Density proportional to 1 / ((x + b) (1 + x)^2), x = r / r_s and b = r_c / r_s.
///
/// Reference: Penarrubia et al. (2012), ApJ 759, L42, eq. 3.
struct CoredNavarroFrenkWhiteDensity: SphericalDensity {
  let core: Double

  var shape: [Double] { [core] }
  var reach: Double { max(1, core) }

  func value(at x: Double) -> Double { 1 / ((x + core) * (1 + x) * (1 + x)) }
}

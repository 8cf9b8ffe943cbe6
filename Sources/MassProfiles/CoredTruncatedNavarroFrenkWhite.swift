import LensCore
import LensNumerics

/// Parameters of a spherical halo with a core and a truncation, as halos of self-interacting dark matter have both.
public struct CoredTruncatedNavarroFrenkWhiteSpec: SphericalHaloSpec, Equatable {
  public static let kind = "cored_truncated_nfw"

  /// Arcsec.
  public var scaleRadius = 1.0
  /// Deflection at the scale radius, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection.
  public var given: GivenStrength?
  /// Arcsec.
  public var coreRadius = 0.1
  /// Arcsec.
  public var truncationRadius = 5.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.sphere(scaleRadius: &scaleRadius, deflection: &deflectionAtScaleRadius, &given)
    visitor.number("core_radius", &coreRadius, .tabulatedScaleRadius)
    visitor.number("truncation_radius", &truncationRadius, .tabulatedScaleRadius)
    visitor.numbers("center", &center, .position)
  }

  var density: CoredTruncatedNavarroFrenkWhiteDensity {
    CoredTruncatedNavarroFrenkWhiteDensity(
      core: coreRadius / scaleRadius, truncation: truncationRadius / scaleRadius)
  }
}

/// Density proportional to 1 / (sqrt(x^2 + b^2) (1 + x^2) (1 + x^2 / t^2)), x = r / r_s, b = r_c / r_s and t = r_t / r_s: not that of a
/// Navarro-Frenk-White halo without core and truncation, which has (1 + x)^2.
///
/// Reference: the density of pyHalo's self-interacting halos, Gilman et al. (2021), MNRAS 507, 2432, section 3.
struct CoredTruncatedNavarroFrenkWhiteDensity: SphericalDensity {
  let core: Double
  let truncation: Double

  var shape: [Double] { [core, truncation] }
  var reach: Double { max(1, min(core, truncation)) }

  func value(at x: Double) -> Double {
    let (square, part) = (x * x, x / truncation)
    return 1 / (Double.squareRoot(square + core * core) * (1 + square) * (1 + part * part))
  }
}

import LensCore
import LensNumerics

/// Parameters of a Navarro-Frenk-White halo with a truncation whose cusp is softened: without a core it is `truncated_nfw`.
public struct SoftenedNavarroFrenkWhiteSpec: SphericalHaloSpec, Equatable {
  public static let kind = "softened_nfw"

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

  var density: SoftenedNavarroFrenkWhiteDensity {
    SoftenedNavarroFrenkWhiteDensity(
      core: coreRadius / scaleRadius, truncation: truncationRadius / scaleRadius)
  }
}

/// Density proportional to 1 / (sqrt(x^2 + b^2) (1 + x)^2 (1 + x^2 / t^2)), x = r / r_s, b = r_c / r_s and t = r_t / r_s.
///
/// Reference: Yang et al. (2023), arXiv:2305.16176, whose core is the fourth root of x^4 + b^4; the same density at the centre and outside.
struct SoftenedNavarroFrenkWhiteDensity: SphericalDensity {
  let core: Double
  let truncation: Double

  var shape: [Double] { [core, truncation] }
  var reach: Double { max(1, min(core, truncation)) }

  func value(at x: Double) -> Double {
    let (square, part) = (x * x, x / truncation)
    return 1 / (Double.squareRoot(square + core * core) * (1 + x) * (1 + x) * (1 + part * part))
  }
}

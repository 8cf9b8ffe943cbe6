import Cosmology
import LensNumerics
import MassProfiles

/// A halo with a core, in solar masses and kpc: rho ~ 1 / (sqrt(x^2 + b^2) (1 + x)^2 (1 + (x/t)^2)) with x = r/r_s.
struct CoredHalo {
  /// Inside a radius, and that radius.
  let mass: Double
  let inside: Double
  let scaleRadius: Double
  let coreRadius: Double
  let truncationRadius: Double

  /// A table is made for each shape: cores, and truncations to which an image is less sensitive, are rounded to these ratios.
  private static let coreStep = 1.15
  private static let truncationStep = 1.2

  private static func rounded(_ ratio: Double, _ step: Double, _ range: ClosedRange<Double>) -> Double {
    let kept = min(max(ratio, range.lowerBound), range.upperBound)
    return Double.exp((Double.log(kept) / Double.log(step)).rounded() * Double.log(step))
  }

  /// The whole mass stays, whatever the rounding.
  ///
  /// - Parameter listed: Its mass in tables.
  func lens(of halo: TruncatedHalo, listed: Double, _ geometry: LensGeometry) -> Halo {
    let core = Self.rounded(coreRadius / scaleRadius, Self.coreStep, 0.01...10)
    let truncation = Self.rounded(truncationRadius / scaleRadius, Self.truncationStep, 0.1...1000)
    func density(_ x: Double) -> Double {
      let part = x / truncation
      return 1 / (Double.squareRoot(x * x + core * core) * (1 + x) * (1 + x) * (1 + part * part))
    }
    let projected =
      mass * SphereIntegrals.cylinder(density)
      / SphereIntegrals.inside(inside / scaleRadius, density)
    let angles = LensAngles(geometry)
    var spec = SoftenedNavarroFrenkWhiteSpec()
    spec.scaleRadius = angles.arcsec(scaleRadius)
    spec.coreRadius = core * spec.scaleRadius
    spec.truncationRadius = truncation * spec.scaleRadius
    let surface = projected / (Double.pi * scaleRadius * scaleRadius)
    spec.deflectionAtScaleRadius = surface / angles.criticalDensity * spec.scaleRadius
    spec.center = halo.place
    return Halo(
      MassSpec(spec), mass: listed, place: halo.place,
      concentration: halo.navarroFrenkWhite.concentration, truncationRadius: spec.truncationRadius)
  }
}

/// The ground state of fuzzy dark matter: rho = rho_c (1 + 0.091 (r/r_c)^2)^-8, in solar masses and kpc.
struct SolitonHalo {
  let coreRadius: Double
  let centralDensity: Double

  private static let slope = 8.0
  /// 2^(1/8) - 1: at r_c the density is half that at the centre.
  private static let curvature = Double.exp(Double.log(2) / slope) - 1

  /// With the integral of x^2 (1 + x^2)^-8 over all x > 0, 33 pi / 4096.
  var mass: Double {
    let length = coreRadius / Double.squareRoot(Self.curvature)
    return 4 * Double.pi * centralDensity * length * length * length * (33 * Double.pi / 4096)
  }

  func lens(of halo: TruncatedHalo, _ geometry: LensGeometry) -> Halo {
    let angles = LensAngles(geometry)
    var spec = SolitonSpec()
    spec.slope = Self.slope
    spec.coreRadius = angles.arcsec(coreRadius)
    // The integral of (1 + x^2)^-8 along the line of sight is 429 pi / 2048.
    let surface = 429 * Double.pi / 2048 * centralDensity * coreRadius / Double.squareRoot(Self.curvature)
    spec.centralConvergence = surface / angles.criticalDensity
    spec.center = halo.place
    return Halo(MassSpec(spec), mass: mass, place: halo.place)
  }
}

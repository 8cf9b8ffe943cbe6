import Cosmology
import LensCore
import LensNumerics

/// Where halos end.
public enum HaloTruncation {
  /// Tidal radius in kpc of a subhalo in an isothermal host: 1.4 kpc (m / 1e7)^(1/3) (r / 50 kpc)^(2/3).
  ///
  /// - Parameters:
  ///   - mass: Of the subhalo, solar masses.
  ///   - distance: From the host's centre, kpc.
  ///   - normalization: The 1.4 kpc.
  ///
  /// Reference: Cyr-Racine et al. (2016), PRD 94, 043505; Gilman et al. (2020), MNRAS 491, 6077.
  public static func rocheRadius(mass: Double, distance: Double, normalization: Double = 1.4) -> Double {
    normalization * Double.power(mass / 1e7, 1.0 / 3) * Double.power(distance / 50, 2.0 / 3)
  }

  /// Radius in proper kpc of a sphere whose mean density is a multiple of the critical density at a redshift: r_200 of a
  /// mass M_200; 50 for where pyHalo truncates field halos.
  public static func radius(
    ofMass mass: Double, overdensity: Double, redshift: Double, _ cosmology: FlatLambdaCDM
  ) -> Double {
    let density = 4 * Double.pi / 3 * overdensity * cosmology.criticalDensity(at: redshift)
    return 1000 * Double.power(mass / density, 1.0 / 3)
  }

  /// What tides leave of an NFW halo: rho = f_t rho_NFW / (1 + (r/r_t)^2).
  ///
  /// f_t is a fit to simulated subhalos by the bound mass, and r_t then follows from the bound mass.
  ///
  /// - Parameters:
  ///   - boundFraction: Bound mass over M_200 at infall.
  ///   - concentration: c_200 at infall.
  /// - Returns: f_t, and r_t in units of the scale radius at infall.
  /// - Throws: `NumericalError.noSolution` for a mass that is not positive or beyond any truncation.
  ///
  /// Reference: Du et al. (2024), arXiv:2403.09597, for alpha = 1, beta = 3, gamma = 1, delta = 2.
  public static func stripped(
    boundFraction: Double, concentration: Double
  ) throws -> (density: Double, radius: Double) {
    let mass = boundFraction * enclosedMass(concentration)
    // The bound mass that the fit's own halo would have with the same mass inside the peak of its rotation curve.
    let share = mass / enclosedMass(referenceConcentration) * referenceMassRatio
    let density = remainingDensity(share)
    let logTarget = Double.log(mass / density)
    let logRadius = try findRoot(in: -30...30, relativeTolerance: 1e-12, quantity: "truncation radius") {
      Double.log(truncatedMass(Double.exp($0))) - logTarget
    }
    return (density, Double.exp(logRadius))
  }

  /// f_t by the bound mass in units of that of the fit's halo at infall.
  private static func remainingDensity(_ share: Double) -> Double {
    let (d, e) = (0.75826635, 0.23376409)
    guard share < 1 else { return 1 }
    let power = Double.power(share, e)
    return min((1 + d) * power / (1 + d * power * power), 1)
  }

  /// Mass inside x scale radii of an NFW halo, in units of 4 pi rho_s r_s^3.
  private static func enclosedMass(_ x: Double) -> Double { Double.log(1 + x) - x / (1 + x) }

  /// All mass of an NFW halo times 1 / (1 + (x/t)^2), in units of 4 pi rho_s r_s^3 (Baltz, Marshall & Oguri 2009, appendix A).
  private static func truncatedMass(_ t: Double) -> Double {
    let t2 = t * t
    let share = t / (t2 + 1)
    return share * share * ((t2 - 1) * Double.log(t) + t * Double.pi - (t2 + 1))
  }

  /// Of the fit's halo, whose mass M_200 of 1e9 is less than the mass bound to it.
  private static let referenceConcentration = 20.587_820_037_799_197
  private static let referenceMassRatio = 1e9 / 1.160_500_2e9
}

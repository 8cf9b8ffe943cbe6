import Cosmology
import LensNumerics

/// How halos of self-interacting dark matter evolve: the parametric model, in which time counts in units of the collapse time.
///
/// Reference: Yang et al. (2023), arXiv:2305.16176.
public enum SelfInteraction {
  /// Time in Gyr after which the core of an isolated halo collapses.
  ///
  ///     t_c = 150/C / (sigma rho_s r_s sqrt(4 pi G rho_s)),  C = 0.75
  ///
  /// - Parameters:
  ///   - scaleDensity: rho_s of the NFW halo that it would be without collisions, solar masses per cubic kpc.
  ///   - scaleRadius: Its r_s, kpc.
  ///   - crossSection: Effective cross section per mass, cm^2/g.
  ///
  /// Reference: Essig et al. (2019), PRL 123, 121102.
  public static func collapseTime(scaleDensity: Double, scaleRadius: Double, crossSection: Double) -> Double {
    let opticalDepth = crossSection * squareKpcPerMass * scaleDensity * scaleRadius
    let rate = Double.squareRoot(4 * Double.pi * gravity * scaleDensity)
    return 150 / 0.75 / (opticalDepth * rate)
  }

  /// Scale radius and core radius in units of the NFW scale radius r_s0, at a time in units of the collapse time.
  ///
  /// Times are cut at 1, where the core has collapsed: the fit ends there. pyHalo 1.5.2 goes on to 1.6 by formulas that
  /// jump at 1, by 0.4 per cent in the scale radius and 6 in the core.
  public static func radii(atTime time: Double) -> (scale: Double, core: Double) {
    let t = min(max(time, 0), 1)
    let logarithm = Double.log(0.001 + t) / Double.log(0.001)
    let scale =
      1.13293 - t * (0.518186 - t * (0.30265 - t * 0.400463)) + (1 - 1.13293) * logarithm
    let core =
      1.06419 * Double.squareRoot(t) - t * (1.33207 - t * (0.431133 - t * (0.148087 - t * 0.024455)))
    return (scale, core)
  }

  /// Time in Gyr that a halo has had to evolve by a redshift since it formed, which may count more since it fell into a host.
  ///
  /// - Parameters:
  ///   - infall: Redshift of infall; nil for a field halo.
  ///   - acceleration: How many times faster it evolves since.
  ///   - formation: Redshift of formation.
  public static func evolutionTime(
    at redshift: Double, infall: Double? = nil, acceleration: Double = 1, formation: Double = 10,
    _ cosmology: FlatLambdaCDM
  ) -> Double {
    let (now, birth) = (cosmology.age(at: redshift), cosmology.age(at: formation))
    guard let infall, infall > redshift else { return max(now - birth, 0) }
    let entry = max(cosmology.age(at: infall), birth)
    return max(entry - birth, 0) + acceleration * max(now - entry, 0)
  }

  private static let metresPerKpc = PhysicalConstants.metresPerMpc / 1000
  /// cm^2/g in kpc^2 per solar mass: 0.1 m^2/kg.
  private static let squareKpcPerMass =
    0.1 * PhysicalConstants.solarMass / (metresPerKpc * metresPerKpc)
  /// G in kpc^3 per solar mass and Gyr^2.
  private static let gravity: Double = {
    let secondsPerGyr = 3.155_76e16
    let perKpc = PhysicalConstants.gravitationalConstant * PhysicalConstants.solarMass / metresPerKpc
    return perKpc * secondsPerGyr / metresPerKpc * secondsPerGyr / metresPerKpc
  }()
}

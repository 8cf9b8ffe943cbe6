import Cosmology
import LensNumerics

/// Masses and lengths of warm dark matter: thermal relics, named by the half-mode mass, where their transfer function is half
/// that of cold dark matter.
public enum WarmDarkMatter {
  /// Half-mode mass in solar masses of a thermal relic of a mass in keV.
  ///
  /// Reference: Schneider et al. (2012), MNRAS 424, 684, eqs. 5 to 8, as rounded in pyHalo 1.5.2: m = 2.32 keV
  /// (Omega_m/0.25)^0.4 (h/0.7)^0.8 (m_hm / 1e9)^-0.3.
  public static func halfModeMass(ofRelicMass relicMass: Double, _ cosmology: FlatLambdaCDM) -> Double {
    1e9 * Double.power(relicMass / pivot(cosmology), -1 / 0.3)
  }

  /// The inverse of `halfModeMass`: keV from solar masses.
  public static func relicMass(ofHalfModeMass mass: Double, _ cosmology: FlatLambdaCDM) -> Double {
    pivot(cosmology) * Double.power(mass / 1e9, -0.3)
  }

  /// Relic mass in keV with a half-mode mass of 1e9.
  private static func pivot(_ cosmology: FlatLambdaCDM) -> Double {
    2.32 * Double.power(cosmology.matterDensity / 0.25, 0.4)
      * Double.power(cosmology.hubbleConstant / 70, 0.8)
  }

  /// Comoving wavelength in Mpc whose half, as a radius, holds the half-mode mass at the mean density of matter
  /// (Schneider et al. 2012, eq. 8).
  public static func halfModeLength(ofHalfModeMass mass: Double, _ cosmology: FlatLambdaCDM) -> Double {
    2 * Double.power(3 * mass / (4 * Double.pi * cosmology.meanMatterDensity), 1.0 / 3)
  }

  /// Effective free-streaming length in comoving Mpc: the half-mode length over 13.93 (Schneider et al. 2012, eq. 7).
  ///
  /// pyHalo 1.5.2 has the critical density for that of matter, and gets 0.68 of it.
  public static func freeStreamingLength(ofHalfModeMass mass: Double, _ cosmology: FlatLambdaCDM) -> Double {
    halfModeLength(ofHalfModeMass: mass, cosmology) / 13.93
  }
}

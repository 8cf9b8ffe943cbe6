import Cosmology
import LensNumerics

/// Scales of ultra-light (fuzzy) dark matter: the solitons in the centres of its halos, and its smallest halos.
///
/// Reference: Schive et al. (2014), PRL 113, 261302, eqs. 3 and 7.
public struct FuzzyDarkMatter: Sendable, Equatable {
  /// Of the particle, 1e-22 eV.
  public let particleMass: Double
  public let cosmology: FlatLambdaCDM

  /// - Parameter particleMass: In units of 1e-22 eV; positive.
  public init(particleMass: Double, cosmology: FlatLambdaCDM) {
    (self.particleMass, self.cosmology) = (particleMass, cosmology)
  }

  /// Radius in kpc, proper, where a soliton's density is half that at its centre (Schive et al. 2014, eq. 7).
  ///
  ///     1.6 kpc a^(1/2) (zeta(z)/zeta(0))^(-1/6) (M / 1e9)^(-1/3) / m22
  ///
  /// - Parameter mass: Of the halo, in solar masses.
  public func coreRadius(haloMass mass: Double, redshift: Double) -> Double {
    1.6 / particleMass * Double.squareRoot(1 / (1 + redshift)) * Double.power(mass / 1e9, -1.0 / 3)
      * Double.power(overdensityRatio(at: redshift), -1.0 / 6)
  }

  /// Density at a soliton's centre, solar masses per proper cubic kpc.
  ///
  /// Eq. 3 has the comoving density: 1.9e9/a (m / 1e-23 eV)^-2 (r_c / (a kpc))^-4 per kpc^3. The proper one is (1 + z)^3
  /// times that, which pyHalo 1.5.2 leaves out.
  ///
  /// - Parameter radius: Core radius in kpc, proper.
  public func centralDensity(coreRadius radius: Double, redshift: Double) -> Double {
    let scale = 1 + redshift
    let (massOfTen, comoving) = (10 * particleMass, radius * scale)
    let squared = comoving * comoving
    let comovingDensity = 1.9e9 * scale / (massOfTen * massOfTen * squared * squared)
    return comovingDensity * scale * scale * scale
  }

  /// Mass of the smallest halos, solar masses: 4.4e7 m22^(-3/2) a^(-3/4) (zeta(z)/zeta(0))^(1/4) (Schive et al. 2014).
  public func smallestHaloMass(at redshift: Double) -> Double {
    4.4e7 * Double.power(particleMass, -1.5) * Double.power(1 + redshift, 0.75)
      * Double.power(overdensityRatio(at: redshift), 0.25)
  }

  /// Mass scale of `Suppression.schive2016` and `.larocheConcentration`: 1.6e10 m22^(-4/3) (Schive et al. 2016, ApJ 818, 89).
  public var suppressionMass: Double { 1.6e10 * Double.power(particleMass, -4.0 / 3) }

  /// De Broglie wavelength in kpc at a velocity in km/s: 1.2 kpc (100 km/s / v) / m22.
  ///
  /// Reference: Schive, Chiueh & Broadhurst (2014), Nature Physics 10, 496.
  public func deBroglieWavelength(velocity: Double) -> Double { 1.2 / particleMass * (100 / velocity) }

  /// zeta(z)/zeta(0) of the virial overdensity zeta = (18 pi^2 + 82 (Omega_m - 1) - 39 (Omega_m - 1)^2) / Omega_m.
  ///

  func overdensityRatio(at redshift: Double) -> Double {
    cosmology.virialOverdensity(at: redshift) / cosmology.virialOverdensity(at: 0)
  }
}

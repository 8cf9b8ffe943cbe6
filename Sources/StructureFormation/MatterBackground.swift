import Cosmology
import LensNumerics

/// What halos need of the expansion besides distances.
extension FlatLambdaCDM {
  /// Density of matter at a redshift in units of the critical density then.
  public func matterFraction(at redshift: Double) -> Double {
    let (scale, expansion) = (1 + redshift, expansionRate(at: redshift))
    return matterDensity * scale * scale * scale / (expansion * expansion)
  }

  /// Mean density of matter, solar masses per comoving cubic Mpc: the same at all redshifts.
  public var meanMatterDensity: Double { matterDensity * criticalDensity(at: 0) }

  /// Age of the universe at a redshift, in Gyr of 365.25 days.
  ///
  ///     t = 1/H0 * integral from 0 to a of da' / (a' E(a'))
  ///
  /// Relative error below 1e-12: with a' = a s^2 the integrand is smooth. Without matter the universe has no
  /// beginning, and its age is infinite.
  public func age(at redshift: Double) -> Double {
    let scale = 1 / (1 + redshift)
    let emptiness = (1 - matterDensity) * scale * scale * scale
    let integral = GaussLegendreRule.order64.integrate(from: 0, to: 1) { s in
      let s3 = s * s * s
      return s * s / Double.squareRoot(matterDensity + emptiness * s3 * s3)
    }
    return 2 * scale * Double.squareRoot(scale) * integral * Self.hubbleTime / hubbleConstant
  }

  /// 1 / (km/s/Mpc) in Gyr of 365.25 days.
  private static let hubbleTime = PhysicalConstants.metresPerMpc / 1000 / 3.155_76e16
}

extension FlatLambdaCDM {
  /// Mean density inside a virialised halo in units of the mean matter density: (18 pi^2 + 82 (Omega_m - 1) - 39 (Omega_m - 1)^2) / Omega_m.
  ///
  /// Reference: Bryan & Norman (1998), ApJ 495, 80, eq. 6.
  public func virialOverdensity(at redshift: Double) -> Double {
    let matter = matterFraction(at: redshift)
    return (18 * Double.pi * Double.pi + 82 * (matter - 1) - 39 * (matter - 1) * (matter - 1)) / matter
  }
}

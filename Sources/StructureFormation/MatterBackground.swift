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

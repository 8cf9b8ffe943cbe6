import LensNumerics

/// How many halos there are.
extension StructureFormation {
  /// Linear overdensity at which a sphere collapses in a universe of matter: 3/20 (12 pi)^(2/3) (Gunn & Gott 1972).
  public static let collapseThreshold = 1.686_470_199_841_145_5

  /// Peak height nu = delta_c / (sigma(M) D(z)).
  public func peakHeight(ofMass mass: Double, redshift: Double) -> Double {
    Self.collapseThreshold / (fluctuation(ofMass: mass).sigma * growthFactor(at: redshift))
  }

  /// Halos per comoving cubic Mpc and solar mass, dn/dM.
  ///
  ///     dn/dM = f(nu) rho_m / M^2 |d ln sigma / d ln M|
  ///
  /// - Complexity: Growth is integrated anew each time; for many masses of one redshift `massFunction(growth:)` has it given.
  ///
  /// Reference: Sheth & Tormen (1999), MNRAS 308, 119, eq. 10, with twice its f as all mass counts.
  public func massFunction(ofMass mass: Double, redshift: Double) -> Double {
    massFunction(ofMass: mass, growth: growthFactor(at: redshift))
  }

  /// dn/dM where growth is known.
  public func massFunction(ofMass mass: Double, growth: Double) -> Double {
    let (sigma, slope) = fluctuation(ofMass: mass)
    let multiplicity = Self.shethTormen(peakHeight: Self.collapseThreshold / (sigma * growth))
    return multiplicity * cosmology.meanMatterDensity / (mass * mass) * abs(slope)
  }

  /// Share of all mass in halos per unit of ln nu: f = A sqrt(2 x / pi) (1 + x^-p) exp(-x/2) with x = a nu^2.
  ///
  /// A = 0.3222, a = 0.707, p = 0.3 (Sheth & Tormen 1999); over all nu it integrates to 1 within 1e-4.
  public static func shethTormen(peakHeight: Double) -> Double {
    let x = 0.707 * peakHeight * peakHeight
    return 0.3222 * Double.squareRoot(2 * x / Double.pi) * (1 + Double.power(x, -0.3)) * Double.exp(-x / 2)
  }
}

import Cosmology
import LensNumerics

/// How halos cluster.
extension StructureFormation {
  /// Bias of halos of a mass M_200c: their correlation with matter in units of that of matter with itself.
  ///
  /// Reference: Tinker et al. (2010), ApJ 724, 878, eq. 6 and table 2, at 200 times the critical density.
  public func bias(ofMass mass: Double, redshift: Double) -> Double {
    let nu = peakHeight(ofMass: mass, redshift: redshift)
    // log10 of the overdensity relative to the mean.
    let y = Double.log(200 / cosmology.matterFraction(at: redshift)) / 2.302_585_092_994_046
    let (quarter, threshold) = (4 / y, Self.collapseThreshold)
    let fall = Double.exp(-quarter * quarter * quarter * quarter)
    let (exponent, rising) = (0.44 * y - 0.88, Double.power(nu, 0.44 * y - 0.88))
    let steep = 0.019 + 0.107 * y + 0.19 * fall
    return 1 - (1 + 0.24 * y * fall) * rising / (rising + Double.power(threshold, exponent))
      + 0.183 * nu * Double.squareRoot(nu) + steep * Double.power(nu, 2.4)
  }

  /// Mean density of matter around a halo in units of the cosmic mean, less 1: b D^2 xi(r) at a comoving distance in Mpc.
  public func twoHaloTerm(ofMass mass: Double, redshift: Double, distance: Double) -> Double {
    let growth = growthFactor(at: redshift)
    return bias(ofMass: mass, redshift: redshift) * growth * growth * correlation(atDistance: distance)
  }

  /// By what a lens has more halos near it than an average slice behind it, in units of that slice's.
  ///
  ///     2 / (r2 - r1) * integral from r1 to r2 of [b D^2 xi(r) + 0.1 (r / (5 R))^-4] dr
  ///
  /// from r1 = 0.5 Mpc to the slice's comoving thickness r2; the 2 is for what lies in front. Slices up to 0.5 Mpc get
  /// twice the integrand at their end.
  ///
  /// - Parameters:
  ///   - mass: M_200c of the lens.
  ///   - thickness: Of the slice, Mpc, comoving.
  ///   - radius: R of the second term, Mpc, comoving; 0 leaves that term out. pyHalo takes the proper r_200c, whereas Diemer
  ///     & Kravtsov (2014), from whom Lazar et al. have the term, take r_200m.
  ///
  /// Reference: Gilman et al. (2019), MNRAS 487, 5721; second term Lazar et al. (2021), MNRAS 502, 6064, eq. 3.
  public func twoHaloBoost(
    ofMass mass: Double, redshift: Double, thickness: Double, excessRadius radius: Double = 0
  ) -> Double {
    let nearest = 0.5
    let scale = 5 * radius
    let excess = 0.1 * scale * scale * scale * scale
    guard thickness > nearest else {
      let cubed = thickness * thickness * thickness
      return 2
        * (twoHaloTerm(ofMass: mass, redshift: redshift, distance: thickness) + excess / (cubed * thickness))
    }
    // The integrand falls like a power law: smooth in ln r.
    let correlated = GaussLegendreRule.order64.integrate(
      from: Double.log(nearest), to: Double.log(thickness)
    ) { Double.exp($0) * correlation(atDistance: Double.exp($0)) }
    let growth = growthFactor(at: redshift)
    let biased = bias(ofMass: mass, redshift: redshift) * growth * growth * correlated
    let near = excess / 3 * (inverseCube(nearest) - inverseCube(thickness))
    return 2 * (biased + near) / (thickness - nearest)
  }

  private func inverseCube(_ x: Double) -> Double { 1 / (x * x * x) }
}

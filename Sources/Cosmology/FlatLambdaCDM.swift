import LensCore
import LensNumerics

/// Which distances turn masses into angles.
public enum DistanceMeasure: String, CaseIterable, Sendable {
  /// As lensing has it.
  case angularDiameter = "angular_diameter"
  /// Luminosity distances with D_ls = D_s - D_l, as PyLensing and DeepLenseSim have it. Wrong: 1e12 solar masses at redshift 0.5
  /// before a source at 1 get an Einstein radius of 1.281 instead of 1.665 arcsec. For image sets that were made so.
  case luminosity
}

/// Distances in a flat universe of matter and a cosmological constant, without radiation.
///
/// Reference: Hogg (1999), arXiv:astro-ph/9905116, eqs. 14 to 19.
public struct FlatLambdaCDM: SpecFields, Equatable {
  /// Hubble constant today, in km/s/Mpc.
  public var hubbleConstant = 70.0
  /// Matter density today in units of the critical density.
  public var matterDensity = 0.3
  /// Of lenses, for masses in solar masses and ratios of distances.
  public var distances = DistanceMeasure.angularDiameter

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("hubble_constant", &hubbleConstant, SpecRange(1...1000))
    visitor.number("matter_density", &matterDensity, SpecRange(0...1))
    visitor.choice("distances", &distances)
  }

  /// H(z) / H0 (Hogg 1999, eq. 14).
  public func expansionRate(at redshift: Double) -> Double {
    let scale = 1 + redshift
    return Double.squareRoot(matterDensity * scale * scale * scale + (1 - matterDensity))
  }

  /// Line-of-sight comoving distance in Mpc (Hogg 1999, eq. 15).
  ///
  /// Relative error below 1e-12 up to redshift 20: the integrand is smooth in ln(1 + z).
  public func comovingDistance(to redshift: Double) -> Double {
    let hubbleDistance = PhysicalConstants.speedOfLight / 1000 / hubbleConstant
    return hubbleDistance
      * Self.rule.integrate(from: 0, to: Double.log(1 + redshift)) { logScale in
        let scale = Double.exp(logScale)
        return scale / expansionRate(at: scale - 1)
      }
  }

  /// Angular diameter distance from redshift 0, in Mpc.
  public func angularDiameterDistance(to redshift: Double) -> Double {
    comovingDistance(to: redshift) / (1 + redshift)
  }

  /// Luminosity distance from redshift 0, in Mpc (Hogg 1999, eq. 21).
  public func luminosityDistance(to redshift: Double) -> Double {
    comovingDistance(to: redshift) * (1 + redshift)
  }

  /// Angular diameter distance between two redshifts, in Mpc (Hogg 1999, eq. 19, no curvature).
  public func angularDiameterDistance(from near: Double, to far: Double) -> Double {
    (comovingDistance(to: far) - comovingDistance(to: near)) / (1 + far)
  }

  /// Critical density of the universe at a redshift, in solar masses per cubic Mpc.
  public func criticalDensity(at redshift: Double) -> Double {
    let hubble = hubbleConstant * expansionRate(at: redshift) * 1000 / PhysicalConstants.metresPerMpc
    let density = 3 * hubble * hubble / (8 * Double.pi * PhysicalConstants.gravitationalConstant)
    let volume =
      PhysicalConstants.metresPerMpc * PhysicalConstants.metresPerMpc
      * PhysicalConstants.metresPerMpc
    return density * volume / PhysicalConstants.solarMass
  }

  private static let rule = GaussLegendreRule.order64
}

/// Constants in SI units: CODATA 2018 and IAU 2015 Resolution B3, as in astropy.constants.
public enum PhysicalConstants {
  /// m^3 kg^-1 s^-2.
  public static let gravitationalConstant = 6.6743e-11
  /// m/s, exact.
  public static let speedOfLight = 299_792_458.0
  /// kg: nominal solar mass parameter over G.
  public static let solarMass = 1.988_409_870_698_051e30
  /// m.
  public static let metresPerMpc = 3.085_677_581_491_367e22
}

import LensNumerics

/// When subhalos fell into their host.
public enum SubhaloInfall {
  /// Mean and standard deviation of the infall redshift less the host's, before it is cut to 0...15.
  ///
  /// Fits of pyHalo 1.5.2 (`InfallDistributionHybrid`), a/(1 + b (-log10 x)^c) each, to merger trees of Galacticus.
  ///
  /// - Parameter massRatio: x, mass at infall over that of the host; counts as at least 1e-5 and at most 10^-0.5.
  public static func delay(massRatio: Double) -> (mean: Double, deviation: Double) {
    let decades = -Double.log(massRatio) / 2.302_585_092_994_046
    let x = min(max(decades, 0.5), 5)
    return (
      3.35549949 / (1 + 3.20546995 * Double.power(x, -2.91075587)),
      1.97880156 / (1 + 4.17390702 * Double.power(x, -2.14428416))
    )
  }

  /// Redshifts between host and infall that are drawn.
  public static let delays = 0.0...15.0
}

import LensNumerics

/// What is left of something at masses about a scale m0: (1 + a (m0/m)^b)^c.
public struct Suppression: Sendable, Equatable {
  /// a.
  public let coefficient: Double
  /// b.
  public let inner: Double
  /// c, below 0.
  public let outer: Double

  public init(coefficient: Double, inner: Double, outer: Double) {
    (self.coefficient, self.inner, self.outer) = (coefficient, inner, outer)
  }

  /// - Parameters:
  ///   - mass: Of the halo.
  ///   - scale: m0 in the same unit: the half-mode mass of warm dark matter, or `FuzzyDarkMatter.suppressionMass`.
  public func callAsFunction(mass: Double, scale: Double) -> Double {
    Double.power(1 + coefficient * Double.power(scale / mass, inner), outer)
  }
}

/// Mass functions relative to that of cold dark matter.
extension Suppression {
  /// Central halos in warm dark matter: Lovell (2020), ApJ 897, 147.
  public static let lovell2020Field = Suppression(coefficient: 1.95, inner: 0.8, outer: -1)
  /// Subhalos in warm dark matter: Lovell (2020), by their mass at infall.
  public static let lovell2020Subhalos = Suppression(coefficient: 36.15, inner: 2.5, outer: -0.2)
  /// Subhalos in warm dark matter: Lovell et al. (2014), MNRAS 439, 300.
  public static let lovell2014 = Suppression(coefficient: 1, inner: 1, outer: -1.3)
  /// Fuzzy dark matter: Schive et al. (2016), ApJ 818, 89.
  public static let schive2016 = Suppression(coefficient: 1, inner: 1.1, outer: -2.2)
}

/// Concentrations relative to those of cold dark matter.
extension Suppression {
  /// Warm dark matter: Bose et al. (2016), MNRAS 455, 318, without its redshift.
  public static let boseConcentration = Suppression(coefficient: 60, inner: 1, outer: -0.17)
  /// Fuzzy dark matter: Laroche et al. (2022), MNRAS 517, 1867.
  public static let larocheConcentration = Suppression(coefficient: 21.42, inner: 1.62, outer: -0.42)

  /// The factor of Bose et al. (2016) by which concentrations in warm dark matter also change with redshift:
  /// (1 + z)^(0.026 z - 0.04). pyHalo 1.5.2 has it for fuzzy dark matter, but not for warm.
  public static func boseRedshiftFactor(at redshift: Double) -> Double {
    Double.power(1 + redshift, 0.026 * redshift - 0.04)
  }
}

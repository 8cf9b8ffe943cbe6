import Cosmology
import LensCore

/// The primordial fluctuations of matter and the baryons that damped them: what a cosmology has besides its expansion.
///
/// Defaults are close to Planck Collaboration VI (2020), A&A 641, A6, table 2.
public struct MatterFluctuations: SpecFields, Equatable {
  /// Density of baryons today in units of the critical density; part of the matter density.
  public var baryonDensity = 0.049
  /// Standard deviation today of linear fluctuations in spheres of 8 Mpc/h.
  public var sigma8 = 0.81
  /// Of the primordial power spectrum, k^n.
  public var spectralIndex = 0.965

  /// Temperature of the cosmic microwave background today in K (Fixsen 2009, ApJ 707, 916).
  public static let backgroundTemperature = 2.7255

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("baryon_density", &baryonDensity, SpecRange(1e-6...1))
    visitor.number("sigma8", &sigma8, SpecRange(0.1...10))
    visitor.number("spectral_index", &spectralIndex, SpecRange(0...2))
  }

  /// Whether structure can form from these fluctuations in a universe.
  ///
  /// - Throws: `SpecError` unless there are matter, baryons and dark matter, and numbers within the bounds of the fields.
  func check(in cosmology: FlatLambdaCDM) throws {
    guard cosmology.matterDensity > 0, cosmology.matterDensity <= 1 else {
      throw SpecError(
        keyPath: "cosmology.matter_density", value: specNumber(cosmology.matterDensity),
        requirement: "must be above 0 and at most 1 where halos are to form")
    }
    guard baryonDensity > 0, baryonDensity < cosmology.matterDensity else {
      throw SpecError(
        keyPath: "dark_matter.baryon_density", value: specNumber(baryonDensity),
        requirement: "must be above 0 and below the matter density, \(specNumber(cosmology.matterDensity))")
    }
    guard (0.1...10).contains(sigma8) else {
      throw SpecError(
        keyPath: "dark_matter.sigma8", value: specNumber(sigma8), requirement: "must be from 0.1 to 10")
    }
    guard (0...2).contains(spectralIndex) else {
      throw SpecError(
        keyPath: "dark_matter.spectral_index", value: specNumber(spectralIndex),
        requirement: "must be from 0 to 2")
    }
  }
}

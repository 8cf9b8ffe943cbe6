import Cosmology
import LensCore
import LensNumerics

/// How dark matter clumps in a flat universe of cold dark matter: growth, fluctuations, and the halos that follow.
///
/// Masses in solar masses, lengths in Mpc; whatever is comoving says so. Radiation is neglected after it has shaped the
/// transfer function, as in `FlatLambdaCDM`; hmf, whose expansion has it, gets fluctuations at redshift 2 lower by 1e-3.
///
/// - Complexity: Some milliseconds and 20 kB of tables to make one; a population makes it once.
public struct StructureFormation: Sendable {
  public let cosmology: FlatLambdaCDM
  public let fluctuations: MatterFluctuations
  let growth: LinearGrowth
  let spectrum: PowerSpectrum
  /// ln of the variance in spheres by ln of their radius.
  private let variances: HermiteTable
  private let correlations: HermiteTable

  /// Masses of whose spheres fluctuations are tabulated. Beyond, they go on as power laws.
  static let masses = 1e2...1e16
  /// Comoving radii, in Mpc, of which the correlation function is tabulated.
  static let separations = 0.05...200.0

  /// - Throws: `SpecError` for a universe without matter or baryons, or fluctuations outside the bounds of their fields;
  ///   `NumericalError.notFinite` if they cannot be summed up all the same.
  public init(cosmology: FlatLambdaCDM, fluctuations: MatterFluctuations) throws {
    try fluctuations.check(in: cosmology)
    let radii = Self.masses.mapBounds { Self.lagrangianRadius(ofMass: $0, cosmology) }
    let spectrum = PowerSpectrum(cosmology, fluctuations, smallestRadius: radii.lowerBound)
    let variances = spectrum.table(.squaredSphere, radii)
    let correlations = spectrum.table(.correlation, Self.separations)
    guard variances.values.allSatisfy({ $0 > 0 && $0.isFinite }), correlations.values.allSatisfy(\.isFinite)
    else {
      throw NumericalError.notFinite(quantity: "fluctuations of matter", context: "\(cosmology)")
    }
    (self.cosmology, self.fluctuations) = (cosmology, fluctuations)
    (self.spectrum, self.correlations) = (spectrum, correlations)
    growth = LinearGrowth(cosmology)
    self.variances = variances.logarithm
  }

  /// Linear growth D(z), 1 today (Heath 1977, eq. 3).
  public func growthFactor(at redshift: Double) -> Double { growth.factor(at: redshift) }

  /// d ln D / d ln a.
  public func growthRate(at redshift: Double) -> Double { growth.rate(at: redshift) }

  /// Transfer function of Eisenstein & Hu (1998) with baryons, eq. 16; the wavenumber in 1/Mpc, comoving.
  public func transferFunction(at wavenumber: Double) -> Double { spectrum.transfer(wavenumber) }

  /// Linear power spectrum P(k) today in comoving Mpc^3; the wavenumber in 1/Mpc, comoving.
  public func powerSpectrum(at wavenumber: Double) -> Double { spectrum(wavenumber) }

  /// Comoving radius in Mpc of the sphere of mean density that holds a mass.
  public func lagrangianRadius(ofMass mass: Double) -> Double {
    Self.lagrangianRadius(ofMass: mass, cosmology)
  }

  private static func lagrangianRadius(ofMass mass: Double, _ cosmology: FlatLambdaCDM) -> Double {
    Double.power(3 * mass / (4 * Double.pi * cosmology.meanMatterDensity), 1.0 / 3)
  }

  /// Standard deviation sigma(M) today of linear fluctuations in spheres of a mass, and d ln sigma / d ln M.
  ///
  /// - Accuracy: sigma to 2e-7 and its slope to 1e-6 of a sum over ten times as many waves, from 1e2 to 1e16 solar masses
  ///   (`FluctuationTests`).
  public func fluctuation(ofMass mass: Double) -> (sigma: Double, slope: Double) {
    let (logVariance, slope) = variances(Double.log(lagrangianRadius(ofMass: mass)))
    return (Double.exp(logVariance / 2), slope / 6)
  }

  /// Linear correlation function of matter today at a comoving distance in Mpc, from 0.05 to 200.
  ///
  /// - Accuracy: 1e-6 from 0.1 to 30 Mpc (`FluctuationTests`).
  public func correlation(atDistance distance: Double) -> Double { correlations(Double.log(distance)).value }
}

extension HermiteTable {
  /// The table of ln f.
  fileprivate var logarithm: HermiteTable {
    HermiteTable(
      start: start, step: step, values: values.map { Double.log($0) },
      slopes: zip(slopes, values).map { $0 / $1 })
  }
}

extension ClosedRange<Double> {
  /// Through a rising function.
  fileprivate func mapBounds(_ function: (Double) -> Double) -> ClosedRange<Double> {
    function(lowerBound)...function(upperBound)
  }
}

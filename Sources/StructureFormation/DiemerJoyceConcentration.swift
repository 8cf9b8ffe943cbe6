import LensCore
import LensNumerics

/// The median relation of Diemer & Joyce (2019) at one redshift.
///
///     c = C u,  u / m(u)^((5 + n)/6) = A / nu (1 + nu^2 / B),  m(u) = ln(1 + u) - u / (1 + u),
///     A = a0 (1 + a1 (n + 3)),  B = b0 (1 + b1 (n + 3)),  C = 1 - c_alpha (1 - alpha)
///
/// with n = -2 d ln sigma / d ln R - 3 at kappa times the Lagrangian radius, and the growth rate alpha.
///
/// Reference: Diemer & Joyce (2019), ApJ 871, 168, with the parameters for the median.
struct DiemerJoyceConcentration: ConcentrationRelation {
  private let structure: StructureFormation
  private let redshift: Double
  private let growth: Double
  private let normalization: Double

  private static let kappa = 0.41
  private static let (a0, a1, b0, b1) = (2.45, 1.82, 3.20, 2.30)
  private static let alpha = 0.21

  init(_ structure: StructureFormation, redshift: Double) {
    (self.structure, self.redshift) = (structure, redshift)
    growth = structure.growthFactor(at: redshift)
    normalization = 1 - Self.alpha * (1 - structure.growthRate(at: redshift))
  }

  func callAsFunction(_ mass: Double) throws -> Double {
    let nu = StructureFormation.collapseThreshold / (structure.fluctuation(ofMass: mass).sigma * growth)
    // The mass of a sphere of kappa times the radius. d ln R is a third of d ln M.
    let inner = Self.kappa * Self.kappa * Self.kappa * mass
    let steepness = -6 * structure.fluctuation(ofMass: inner).slope
    let rightSide =
      Self.a0 * (1 + Self.a1 * steepness) / nu * (1 + nu * nu / (Self.b0 * (1 + Self.b1 * steepness)))
    return normalization * (try solve(exponent: (2 + steepness) / 6, logarithm: Double.log(rightSide), mass))
  }

  /// u of ln u - exponent ln m(u) = logarithm.
  ///
  /// The left side is convex in ln u, so Newton's steps from the right come down to the larger root.
  private func solve(exponent: Double, logarithm: Double, _ mass: Double) throws -> Double {
    var logConcentration = 14.0
    for _ in 0..<60 {
      let c = Double.exp(logConcentration)
      let share = c / (1 + c)
      let mu = Double.log(1 + c) - share
      let slope = 1 - exponent * share * share / mu
      let step = (logConcentration - exponent * Double.log(mu) - logarithm) / slope
      guard slope > 0, step.isFinite, logConcentration - step > -3 else { break }
      logConcentration -= step
      if abs(step) < 1e-12 { return Double.exp(logConcentration) }
    }
    throw NumericalError.noSolution(
      quantity: "concentration (Diemer & Joyce 2019)", context: "mass \(mass), redshift \(redshift)")
  }
}

import LensCore
import LensNumerics

/// The analytic relation of Ludlow et al. (2016) at one redshift.
///
/// Inside the scale radius of an Einasto profile with alpha = 0.18 is a share s(c) of the mass, whose mean density is C times the
/// critical density at the redshift zf when halos of more than a part f of the mass had come to hold the same share:
///
///     200 c^3 s(c) H(z)^2 = C H(zf)^2
///     s(c) = erfc [(delta_c/D(zf) - delta_c/D(z)) / sqrt(2 (sigma^2(f M) - sigma^2(M)))]
///
/// Reference: Ludlow et al. (2016), MNRAS 460, 1214, eqs. 6 and 7, C = 650, f = 0.02, as colossus 1.4.0 solves them.
struct LudlowConcentration: ConcentrationRelation {
  private let structure: StructureFormation
  private let redshift: Double
  /// Times C / 200, H^2 in units of today's.
  private let expansion: Double
  private let threshold: Double

  init(_ structure: StructureFormation, redshift: Double) {
    (self.structure, self.redshift) = (structure, redshift)
    let rate = structure.cosmology.expansionRate(at: redshift)
    expansion = rate * rate * 200 / 650
    threshold = StructureFormation.collapseThreshold / structure.growthFactor(at: redshift)
  }

  func callAsFunction(_ mass: Double) throws -> Double {
    let (whole, part) = (
      structure.fluctuation(ofMass: mass).sigma, structure.fluctuation(ofMass: 0.02 * mass).sigma
    )
    let width = Double.squareRoot(2 * (part * part - whole * whole))
    let logConcentration = try findRoot(
      in: 0.2...7, relativeTolerance: 1e-12, quantity: "concentration (Ludlow et al. 2016)"
    ) { difference(concentration: Double.exp($0), width) }
    return Double.exp(logConcentration)
  }

  /// Left side less right side of the second equation: rises from below 0.
  private func difference(concentration: Double, _ width: Double) -> Double {
    let share = Self.innerShare(concentration)
    let density = expansion * concentration * concentration * concentration * share
    let matter = structure.cosmology.matterDensity
    let cubedScale = (density - (1 - matter)) / matter
    let now = 1 + redshift
    // Formed later than now: as if now, where all of the mass is in.
    guard cubedScale > now * now * now else { return share - 1 }
    let formation = Double.power(cubedScale, 1.0 / 3) - 1
    let wait = StructureFormation.collapseThreshold / structure.growthFactor(at: formation) - threshold
    return share - complementaryErrorFunction(wait / width)
  }

  /// Mass inside the scale radius over that inside c of them.
  private static func innerShare(_ concentration: Double) -> Double {
    einastoMass(1) / einastoMass(concentration)
  }

  /// Mass inside x scale radii up to a factor: integral of s^(3/alpha - 1) exp(-2 s / alpha) ds up to x^alpha.
  private static func einastoMass(_ x: Double) -> Double {
    let alpha = 0.18
    return GaussLegendreRule.order64.integrate(from: 0, to: Double.power(x, alpha)) { s in
      Double.exp((3 / alpha - 1) * Double.log(s) - 2 / alpha * s)
    }
  }
}

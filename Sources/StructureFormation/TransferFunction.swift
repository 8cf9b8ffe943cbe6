import Cosmology
import LensNumerics

/// How much fluctuations of each length have grown by the time matter dominates, with baryons and their acoustic waves.
///
/// Reference: Eisenstein & Hu (1998), ApJ 496, 605; equation numbers are of that paper. Within some per cent of Boltzmann
/// codes up to 100/Mpc.
struct TransferFunction: Sendable {
  /// Of the matter.
  private let baryonFraction: Double
  /// 1/Mpc, eq. 3: whose wave fits the horizon when matter and radiation are equal.
  let equality: Double
  /// Mpc, eq. 6.
  let soundHorizon: Double
  /// 1/Mpc, eq. 7.
  private let silk: Double
  /// alpha_c and beta_c of cold matter, eqs. 11 and 12.
  private let (coldAlpha, coldBeta): (Double, Double)
  /// alpha_b, beta_b and beta_node of baryons, eqs. 14, 24 and 23.
  private let (baryonAlpha, baryonBeta, node): (Double, Double, Double)

  init(_ cosmology: FlatLambdaCDM, _ fluctuations: MatterFluctuations) {
    let hubble = cosmology.hubbleConstant / 100
    let matter = cosmology.matterDensity * hubble * hubble
    let baryons = fluctuations.baryonDensity * hubble * hubble
    let fraction = baryons / matter
    let history = ThermalHistory(matter: matter, baryons: baryons)
    baryonFraction = fraction
    equality = history.equality
    soundHorizon = history.soundHorizon
    silk =
      1.6 * Double.power(baryons, 0.52) * Double.power(matter, 0.73)
      * (1 + Double.power(10.4 * matter, -0.95))
    coldAlpha = Self.coldAlpha(matter, fraction)
    coldBeta = Self.coldBeta(matter, fraction)
    baryonAlpha = history.baryonAlpha
    baryonBeta =
      0.5 + fraction + (3 - 2 * fraction) * Double.squareRoot(17.2 * 17.2 * matter * matter + 1)
    node = 8.41 * Double.power(matter, 0.435)
  }

  /// T(k), 1 on the largest scales (eq. 16); the wavenumber in 1/Mpc, comoving.
  func callAsFunction(_ wavenumber: Double) -> Double {
    let q = wavenumber / (13.41 * equality)
    return baryonFraction * baryons(wavenumber, q) + (1 - baryonFraction) * coldMatter(wavenumber, q)
  }

  /// Eq. 17.
  private func coldMatter(_ wavenumber: Double, _ q: Double) -> Double {
    let x = wavenumber * soundHorizon / 5.4
    let x2 = x * x
    let share = 1 / (1 + x2 * x2)
    return share * Self.pressureless(q, alpha: 1, beta: coldBeta)
      + (1 - share) * Self.pressureless(q, alpha: coldAlpha, beta: coldBeta)
  }

  /// Eq. 21.
  private func baryons(_ wavenumber: Double, _ q: Double) -> Double {
    let x = wavenumber * soundHorizon
    let shift = node / x
    // Eq. 22: s / (1 + (beta_node/ks)^3)^(1/3).
    let angle = x * Double.power(1 + shift * shift * shift, -1.0 / 3)
    // So far out waves are a part in 1e15 of all, and sines lose digits.
    if angle > 9e4 { return 0 }
    let damping = baryonBeta / x
    let smooth = Self.pressureless(q, alpha: 1, beta: 1) / (1 + x * x / 27.04)
    let waves =
      baryonAlpha / (1 + damping * damping * damping) * Double.exp(-Double.power(wavenumber / silk, 1.4))
    return (smooth + waves) * (angle > 1e-3 ? sineAndCosine(angle).sine / angle : 1 - angle * angle / 6)
  }

  /// Eqs. 19 and 20.
  private static func pressureless(_ q: Double, alpha: Double, beta: Double) -> Double {
    let logTerm = Double.log(2.718_281_828_459_045 + 1.8 * beta * q)
    let slope = 14.2 / alpha + 386 / (1 + 69.9 * Double.power(q, 1.08))
    return logTerm / (logTerm + slope * q * q)
  }

  /// Eq. 11; `matter` is Omega_m h^2, and `fraction` that of baryons.
  private static func coldAlpha(_ matter: Double, _ fraction: Double) -> Double {
    let a1 = Double.power(46.9 * matter, 0.670) * (1 + Double.power(32.1 * matter, -0.532))
    let a2 = Double.power(12 * matter, 0.424) * (1 + Double.power(45 * matter, -0.582))
    return Double.power(a1, -fraction) * Double.power(a2, -fraction * fraction * fraction)
  }

  /// Eq. 12.
  private static func coldBeta(_ matter: Double, _ fraction: Double) -> Double {
    let b1 = 0.944 / (1 + Double.power(458 * matter, -0.708))
    let b2 = Double.power(0.395 * matter, -0.0266)
    return 1 / (1 + b1 * (Double.power(1 - fraction, b2) - 1))
  }
}

/// Eqs. 2 to 6, 14 and 15 of Eisenstein & Hu (1998): matter against radiation, and sound up to the drag epoch.
private struct ThermalHistory {
  let equality: Double
  let soundHorizon: Double
  let baryonAlpha: Double

  /// - Parameters: Densities Omega h^2.
  init(matter: Double, baryons: Double) {
    let theta = MatterFluctuations.backgroundTemperature / 2.7
    let theta2 = theta * theta
    let equalityRedshift = 2.5e4 * matter / (theta2 * theta2)
    equality = 0.0746 * matter / theta2
    let dragRedshift = Self.dragRedshift(matter, baryons)
    let loading = 31.5 * baryons / (theta2 * theta2) * 1000
    let (atDrag, atEquality) = (loading / dragRedshift, loading / equalityRedshift)
    let ratio =
      (Double.squareRoot(1 + atDrag) + Double.squareRoot(atDrag + atEquality))
      / (1 + Double.squareRoot(atEquality))
    soundHorizon = 2 / (3 * equality) * Double.squareRoot(6 / atEquality) * Double.log(ratio)
    baryonAlpha =
      2.07 * equality * soundHorizon * Double.power(1 + atDrag, -0.75)
      * Self.suppression((1 + equalityRedshift) / (1 + dragRedshift))
  }

  /// Eq. 4.
  private static func dragRedshift(_ matter: Double, _ baryons: Double) -> Double {
    let b1 = 0.313 * Double.power(matter, -0.419) * (1 + 0.607 * Double.power(matter, 0.674))
    let b2 = 0.238 * Double.power(matter, 0.223)
    return 1291 * Double.power(matter, 0.251) / (1 + 0.659 * Double.power(matter, 0.828))
      * (1 + b1 * Double.power(baryons, b2))
  }

  /// Eq. 15.
  private static func suppression(_ y: Double) -> Double {
    let root = Double.squareRoot(1 + y)
    return y * (-6 * root + (2 + 3 * y) * Double.log((root + 1) / (root - 1)))
  }
}

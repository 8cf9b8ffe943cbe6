import Cosmology
import LensNumerics

/// Growth of small fluctuations of matter in a flat universe with a cosmological constant, without radiation.
///
/// Reference: Heath (1977), MNRAS 179, 351, eq. 3; Eisenstein & Hu (1999), ApJ 511, 5, eq. 8.
struct LinearGrowth: Sendable {
  let cosmology: FlatLambdaCDM
  /// Of today, in units in which growth is the scale factor while matter dominates.
  private let today: Double

  init(_ cosmology: FlatLambdaCDM) {
    self.cosmology = cosmology
    today = Self.growth(at: 1, cosmology)
  }

  /// D(z), 1 today.
  func factor(at redshift: Double) -> Double {
    Self.growth(at: 1 / (1 + redshift), cosmology) / today
  }

  /// d ln D / d ln a: from Heath's integral by parts, f = Omega_m(a) (5 a / (2 D) - 3/2) with D -> a early on.
  func rate(at redshift: Double) -> Double {
    let scale = 1 / (1 + redshift)
    let growth = Self.growth(at: scale, cosmology)
    return cosmology.matterFraction(at: redshift) * (2.5 * scale / growth - 1.5)
  }

  /// 5/2 Omega_m E(a) * integral from 0 to a of da' / (a' E(a'))^3, where a' = a s^2 makes the integrand smooth.
  private static func growth(at scale: Double, _ cosmology: FlatLambdaCDM) -> Double {
    let matter = cosmology.matterDensity
    let cube = scale * scale * scale
    let emptiness = (1 - matter) * cube
    let integral = GaussLegendreRule.order64.integrate(from: 0, to: 1) { s in
      let s2 = s * s
      let density = matter + emptiness * s2 * s2 * s2
      return s2 * s2 / (density * Double.squareRoot(density))
    }
    // a E(a) = sqrt((Omega_m + Omega_Lambda a^3) / a).
    return 5 * matter * scale * Double.squareRoot(matter + emptiness) * integral
  }
}

import Cosmology
import LensNumerics
import MassProfiles
import StructureFormation

/// A Navarro-Frenk-White halo in solar masses and proper kpc.
public struct NavarroFrenkWhiteHalo: Sendable {
  /// M_200c.
  public let mass: Double
  /// c_200c.
  public let concentration: Double
  /// r_200c.
  public let virialRadius: Double
  public var scaleRadius: Double { virialRadius / concentration }

  /// - Parameter redshift: Of the critical density that mass and concentration refer to.
  public init(mass: Double, concentration: Double, redshift: Double, _ cosmology: FlatLambdaCDM) {
    (self.mass, self.concentration) = (mass, concentration)
    virialRadius = HaloTruncation.radius(ofMass: mass, overdensity: 200, redshift: redshift, cosmology)
  }

  /// rho_s, solar masses per cubic kpc.
  public var scaleDensity: Double {
    let logarithm = Double.log(1 + concentration) - concentration / (1 + concentration)
    return mass / (4 * Double.pi * scaleRadius * scaleRadius * scaleRadius * logarithm)
  }
}

/// A halo of cold dark matter where it is drawn: rho = f rho_NFW / (1 + (r/r_t)^2).
public struct TruncatedHalo: Sendable {
  public let navarroFrenkWhite: NavarroFrenkWhiteHalo
  /// r_t, proper kpc.
  public var truncationRadius: Double
  /// f.
  public var densityRatio = 1.0
  /// When it fell into its host; nil in the field.
  public let infallRedshift: Double?
  /// [x, y], arcsec.
  public let place: [Double]

  public init(
    _ navarroFrenkWhite: NavarroFrenkWhiteHalo, truncationRadius: Double, infallRedshift: Double?,
    place: [Double]
  ) {
    (self.navarroFrenkWhite, self.truncationRadius) = (navarroFrenkWhite, truncationRadius)
    (self.infallRedshift, self.place) = (infallRedshift, place)
  }

  private var tau: Double { truncationRadius / navarroFrenkWhite.scaleRadius }

  /// Mass inside a radius in kpc, solar masses.
  public func massInside(_ radius: Double) -> Double {
    let (halo, tau) = (navarroFrenkWhite, tau)
    let volume = Double.power(halo.scaleRadius, 3)
    return 4 * Double.pi * densityRatio * halo.scaleDensity * volume
      * SphereIntegrals.inside(radius / halo.scaleRadius) {
        1 / ($0 * (1 + $0) * (1 + $0) * (1 + $0 * $0 / (tau * tau)))
      }
  }

  /// All its mass (Baltz, Marshall & Oguri 2009, appendix A), solar masses.
  public var mass: Double {
    let (halo, squared) = (navarroFrenkWhite, tau * tau)
    let share = tau / (squared + 1)
    let volume = Double.power(halo.scaleRadius, 3)
    return 4 * Double.pi * densityRatio * halo.scaleDensity * volume * share * share
      * ((squared - 1) * Double.log(tau) + tau * Double.pi - (squared + 1))
  }

  /// As a lens.
  func lens(_ geometry: LensGeometry) -> Halo {
    let (halo, angles) = (navarroFrenkWhite, LensAngles(geometry))
    var spec = TruncatedNavarroFrenkWhiteSpec()
    spec.scaleRadius = angles.arcsec(halo.scaleRadius)
    spec.truncationRadius = angles.arcsec(truncationRadius)
    // Wright & Brainerd (2000), eq. 13, at the scale radius.
    let surface = 4 * densityRatio * halo.scaleDensity * halo.scaleRadius * (1 + Double.log(0.5))
    spec.deflectionAtScaleRadius = surface / angles.criticalDensity * spec.scaleRadius
    spec.center = place
    return Halo(
      MassSpec(spec), mass: halo.mass, place: place, concentration: halo.concentration,
      truncationRadius: spec.truncationRadius)
  }
}

/// Lengths and surface densities of a plane in kpc.
struct LensAngles {
  private let kpcPerArcsec: Double
  /// Solar masses per square kpc.
  let criticalDensity: Double

  init(_ geometry: LensGeometry) {
    kpcPerArcsec = 1000 * geometry.length(ofAngle: 1)
    criticalDensity = geometry.criticalSurfaceDensity / 1e6
  }

  func arcsec(_ kpc: Double) -> Double { kpc / kpcPerArcsec }
  func kpc(_ arcsec: Double) -> Double { arcsec * kpcPerArcsec }
}

/// Integrals over spheres whose density is a function of the radius.
enum SphereIntegrals {
  /// The integral of x^2 rho over 0...x.
  static func inside(_ x: Double, _ density: (Double) -> Double) -> Double {
    // What is left out is e^-25 of a cusp's mass.
    GaussLegendreRule.order64.integrate(from: Double.log(x) - 12.5, to: Double.log(x)) {
      let x = Double.exp($0)
      return x * x * x * density(x)
    }
  }

  /// The same over the cylinder of radius 1: with the caps in front of and behind the sphere.
  static func cylinder(_ density: (Double) -> Double) -> Double {
    // x = cosh u, and 1 - sqrt(1 - 1/x^2) = 1 - tanh u.
    inside(1, density)
      + [0.0, 4, 8].reduce(0) { sum, start in
        sum
          + GaussLegendreRule.order64.integrate(from: start, to: start + 4) { u in
            let grown = Double.exp(u)
            let (x, sine) = ((grown + 1 / grown) / 2, (grown - 1 / grown) / 2)
            return x * x * density(x) * (1 - sine / x) * sine
          }
      }
  }
}

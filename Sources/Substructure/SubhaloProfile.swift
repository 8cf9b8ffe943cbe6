import Cosmology
import LensCore
import LensNumerics
import MassProfiles

/// How the mass of a subhalo is spread.
public enum SubhaloProfile: String, CaseIterable, Sendable {
  /// All of it in one point, as in the published image sets.
  case pointMass = "point_mass"
  /// A singular isothermal sphere; the mass is that inside the radius of 200 times the critical density.
  case singularIsothermalSphere = "sis"
  /// Navarro-Frenk-White; the mass is M_200.
  case navarroFrenkWhite = "nfw"
  /// Navarro-Frenk-White with a truncation; the mass is M_200 of the halo before truncation.
  case truncatedNavarroFrenkWhite = "truncated_nfw"

  /// The lens model of a subhalo.
  ///
  /// - Parameters:
  ///   - mass: Solar masses.
  ///   - center: [x, y] in arcsec.
  ///   - truncation: Truncation radius over scale radius, for `truncated_nfw`.
  public func mass(
    _ mass: Double, center: [Double], truncation: Double, geometry: LensGeometry
  ) -> MassSpec {
    switch self {
    case .pointMass:
      return pointMassSpec(einsteinRadius: geometry.einsteinRadius(ofMass: mass), center: center)
    case .singularIsothermalSphere:
      var spec = SingularIsothermalSphereSpec()
      spec.einsteinRadius = geometry.einsteinRadius(
        velocityDispersion: virialVelocityDispersion(mass: mass, geometry: geometry))
      spec.center = center
      return MassSpec(spec)
    case .navarroFrenkWhite:
      var spec = NavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = scale(mass, geometry)
      spec.center = center
      return MassSpec(spec)
    case .truncatedNavarroFrenkWhite:
      var spec = TruncatedNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = scale(mass, geometry)
      spec.truncationRadius = truncation * spec.scaleRadius
      spec.center = center
      return MassSpec(spec)
    }
  }

  private func scale(_ mass: Double, _ geometry: LensGeometry) -> (Double, Double) {
    geometry.navarroFrenkWhite(
      mass: mass, concentration: meanConcentration(mass: mass, geometry: geometry))
  }
}

/// A point mass as a component of a scene.
package func pointMassSpec(einsteinRadius: Double, center: [Double]) -> MassSpec {
  var spec = PointMassSpec()
  spec.einsteinRadius = einsteinRadius
  spec.center = center
  return MassSpec(spec)
}

/// Mean concentration c_200 of a halo of a mass in solar masses.
///
/// Reference: Duffy et al. (2008), MNRAS 390, L64, Table 1, NFW fits of the full sample within 0 < z < 2. Fitted to halos of
/// 1e11 to 1e15 solar masses; for subhalos of 1e6 to 1e10 it is an extrapolation.
package func meanConcentration(mass: Double, geometry: LensGeometry) -> Double {
  let pivot = 2e12 / (geometry.cosmology.hubbleConstant / 100)
  return 5.71 * Double.power(mass / pivot, -0.084) * Double.power(1 + geometry.lensRedshift, -0.47)
}

/// Velocity dispersion in km/s of the isothermal sphere with M_200 = mass: sigma^2 = G M / (2 r_200)
/// (Binney & Tremaine 2008, Galactic Dynamics, section 4.3.3).
func virialVelocityDispersion(mass: Double, geometry: LensGeometry) -> Double {
  let radius = geometry.virialRadius(ofMass: mass)
  let perKilogram = PhysicalConstants.gravitationalConstant * PhysicalConstants.solarMass
  let squared = perKilogram * mass / (2 * radius * PhysicalConstants.metresPerMpc)
  return Double.squareRoot(squared) / 1000
}

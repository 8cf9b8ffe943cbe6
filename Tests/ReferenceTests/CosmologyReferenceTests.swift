import Cosmology
import Foundation
import LensCore
import LensTestSupport
import Testing

/// Distances and lensing masses against astropy.
@Suite struct CosmologyReferenceTests {
  /// The same constants and the same integral: what remains is rounding and astropy's quadrature.
  private static let tolerance = 1e-9

  private let cosmology = FlatLambdaCDM()

  /// The reference's surface densities are lenstronomy's, whose G and solar mass are of another year: their
  /// product differs by 2.8e-4. Both sets of constants stand in the file.
  private func ratioOfConstants() throws -> Double {
    let file = try ReferenceData.json("cosmo/distances.json")
    let (ours, theirs) = (
      Lenstronomy.numbers(file["constants"]), Lenstronomy.numbers(file["lenstronomy_constants"])
    )
    return try #require(ours["G"]) * #require(ours["M_sun"])
      / (#require(theirs["G"]) * #require(theirs["M_sun"]))
  }

  @Test func `distances and densities agree with astropy`() throws {
    let single = try #require(try ReferenceData.json("cosmo/distances.json")["single"] as? [[String: Double]])
    var (comoving, angular, hubble) = (
      WorstError("comoving distance"), WorstError("angular diameter distance"), WorstError("expansion rate")
    )
    var density = WorstError("critical density")
    for entry in single {
      let z = try #require(entry["z"])
      comoving.note(
        cosmology.comovingDistance(to: z), expected: try #require(entry["comoving_Mpc"]), floor: 0)
      angular.note(
        cosmology.angularDiameterDistance(to: z), expected: try #require(entry["D_A_Mpc"]), floor: 0)
      hubble.note(70 * cosmology.expansionRate(at: z), expected: try #require(entry["H_kms_Mpc"]), floor: 0)
      let gramsPerCubicCentimetre =
        1e3 * PhysicalConstants.solarMass / pow(100 * PhysicalConstants.metresPerMpc, 3)
      density.note(
        cosmology.criticalDensity(at: z) * gramsPerCubicCentimetre,
        expected: try #require(entry["rho_crit_g_cm3"]), floor: 0)
    }
    for worst in [comoving, angular, hubble, density] { worst.expect(atMost: Self.tolerance) }
  }

  @Test func `lensing masses and Einstein radii agree with astropy`() throws {
    let pairs = try #require(try ReferenceData.json("cosmo/distances.json")["pairs"] as? [[String: Any]])
    let constants = try ratioOfConstants()
    var density = WorstError("critical surface density")
    var sphere = WorstError("Einstein radius of 250 km/s")
    var (mass, point) = (WorstError("mass inside 1 arcsec"), WorstError("Einstein radius of a point mass"))
    var luminosity = WorstError("Einstein radius from luminosity distances")
    for entry in pairs {
      let pair = Lenstronomy.numbers(entry)
      let geometry = try LensGeometry(
        lensRedshift: try #require(pair["z_l"]), sourceRedshift: try #require(pair["z_s"]),
        cosmology: cosmology)
      var byLuminosity = cosmology
      byLuminosity.distances = .luminosity
      let faulty = try LensGeometry(
        lensRedshift: geometry.lensRedshift, sourceRedshift: geometry.sourceRedshift, cosmology: byLuminosity)
      density.note(
        geometry.criticalSurfaceDensity * constants, expected: try #require(pair["sigma_crit_Msun_Mpc2"]),
        floor: 0)
      density.note(
        geometry.criticalSurfaceDensityPerSquareArcsec * constants,
        expected: try #require(pair["sigma_crit_angle_Msun_arcsec2"]), floor: 0)
      sphere.note(
        geometry.einsteinRadius(velocityDispersion: 250),
        expected: try #require(pair["sis_sigma250_theta_E"]),
        floor: 0)
      mass.note(
        geometry.mass(insideEinsteinRadius: 1) * constants,
        expected: try #require(pair["mass_in_theta_E_1arcsec"]), floor: 0)
      for radii in try #require(entry["einstein"] as? [[String: Double]]) {
        let solarMasses = try #require(radii["M_Msun"])
        point.note(
          geometry.einsteinRadius(ofMass: solarMasses),
          expected: try #require(radii["theta_E_point_mass_angular_diameter_arcsec"]), floor: 0)
        // The tools round the arcsec in a radian to 206265.
        luminosity.note(
          faulty.einsteinRadius(ofMass: solarMasses) * 206_265 / Units.arcsecPerRadian,
          expected: try #require(radii["theta_E_pylensing_luminosity_distance_arcsec_times206265"]), floor: 0)
      }
    }
    for worst in [density, sphere, mass, point, luminosity] { worst.expect(atMost: Self.tolerance) }
  }

  @Test func `NFW halos of a mass and concentration agree with lenstronomy`() throws {
    let halos = try #require(try ReferenceData.json("cosmo/nfw_physical2angle.json")["nfw"] as? [Any])
    let constants = try ratioOfConstants()
    var (radius, deflection) = (WorstError("NFW scale radius"), WorstError("NFW deflection"))
    for entry in halos.map(Lenstronomy.numbers) {
      let geometry = try LensGeometry(
        lensRedshift: try #require(entry["z_l"]), sourceRedshift: try #require(entry["z_s"]),
        cosmology: cosmology)
      let halo = geometry.navarroFrenkWhite(
        mass: try #require(entry["M200c_Msun"]), concentration: try #require(entry["c"]))
      radius.note(halo.scaleRadius, expected: try #require(entry["Rs_angle"]), floor: 0)
      deflection.note(
        halo.deflectionAtScaleRadius / constants, expected: try #require(entry["alpha_Rs"]), floor: 0)
    }
    radius.expect(atMost: Self.tolerance)
    deflection.expect(atMost: Self.tolerance)
  }
}

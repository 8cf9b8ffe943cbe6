import LensCore
import LensNumerics

/// The distances of one lens and one source, and the conversions between masses and angles that follow.
///
/// Masses in solar masses, distances in Mpc, angles in arcsec. By angular diameter distances, unless the cosmology says otherwise.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 2.
public struct LensGeometry: Sendable, Equatable {
  public let lensRedshift: Double
  public let sourceRedshift: Double
  public let lensDistance: Double
  public let sourceDistance: Double
  public let lensSourceDistance: Double
  public let cosmology: FlatLambdaCDM

  /// - Throws: `SpecError` unless 0 < lensRedshift < sourceRedshift.
  public init(lensRedshift: Double, sourceRedshift: Double, cosmology: FlatLambdaCDM) throws {
    guard lensRedshift > 0, sourceRedshift > lensRedshift, sourceRedshift.isFinite else {
      throw SpecError(
        keyPath: "redshifts",
        value: "lens \(specNumber(lensRedshift)), source \(specNumber(sourceRedshift))",
        requirement: "the source must lie behind the lens: 0 < lens redshift < source redshift")
    }
    self.lensRedshift = lensRedshift
    self.sourceRedshift = sourceRedshift
    self.cosmology = cosmology
    switch cosmology.distances {
    case .angularDiameter:
      lensDistance = cosmology.angularDiameterDistance(to: lensRedshift)
      sourceDistance = cosmology.angularDiameterDistance(to: sourceRedshift)
      lensSourceDistance = cosmology.angularDiameterDistance(from: lensRedshift, to: sourceRedshift)
    case .luminosity:
      lensDistance = cosmology.luminosityDistance(to: lensRedshift)
      sourceDistance = cosmology.luminosityDistance(to: sourceRedshift)
      lensSourceDistance = sourceDistance - lensDistance
    }
  }

  /// D_ls / D_s.
  public var distanceRatio: Double { lensSourceDistance / sourceDistance }

  /// c^2 D_s / (4 pi G D_l D_ls), in solar masses per square Mpc.
  public var criticalSurfaceDensity: Double {
    let c = PhysicalConstants.speedOfLight
    let perMetre = c * c / (4 * Double.pi * PhysicalConstants.gravitationalConstant)
    return perMetre * PhysicalConstants.metresPerMpc / PhysicalConstants.solarMass
      * sourceDistance / (lensDistance * lensSourceDistance)
  }

  /// Length in Mpc at the lens that spans an angle in arcsec.
  public func length(ofAngle angle: Double) -> Double { angle / Units.arcsecPerRadian * lensDistance }

  /// Critical surface density in solar masses per square arcsec.
  public var criticalSurfaceDensityPerSquareArcsec: Double {
    let arcsec = length(ofAngle: 1)
    return criticalSurfaceDensity * arcsec * arcsec
  }

  /// Projected mass inside an Einstein radius: pi theta_E^2 Sigma_cr.
  public func mass(insideEinsteinRadius radius: Double) -> Double {
    Double.pi * radius * radius * criticalSurfaceDensityPerSquareArcsec
  }

  /// Einstein radius of a projected mass; for a point mass, of the mass itself.
  public func einsteinRadius(ofMass mass: Double) -> Double {
    Double.squareRoot(mass / (Double.pi * criticalSurfaceDensityPerSquareArcsec))
  }

  /// Einstein radius of a singular isothermal sphere: 4 pi (sigma / c)^2 D_ls / D_s.
  ///
  /// - Parameter velocityDispersion: One-dimensional, in km/s.
  public func einsteinRadius(velocityDispersion: Double) -> Double {
    let ratio = velocityDispersion * 1000 / PhysicalConstants.speedOfLight
    return 4 * Double.pi * ratio * ratio * distanceRatio * Units.arcsecPerRadian
  }

  /// Velocity dispersion in km/s of the isothermal sphere with this Einstein radius.
  public func velocityDispersion(einsteinRadius: Double) -> Double {
    let ratio = einsteinRadius / (4 * Double.pi * distanceRatio * Units.arcsecPerRadian)
    return Double.squareRoot(ratio) * PhysicalConstants.speedOfLight / 1000
  }

  /// Radius in Mpc inside which the mean density is 200 times the critical density at the lens redshift.
  public func virialRadius(ofMass mass: Double) -> Double {
    let cubedRadius = mass / (4 * Double.pi / 3 * 200 * cosmology.criticalDensity(at: lensRedshift))
    return Double.exp(Double.log(cubedRadius) / 3)
  }

  /// Scale radius and deflection at it (both arcsec) of a Navarro-Frenk-White halo at the lens.
  ///
  /// - Parameters:
  ///   - mass: M_200 against the critical density at the lens redshift.
  ///   - concentration: c_200 = r_200 / r_s.
  ///
  /// Reference: Navarro, Frenk & White (1997), ApJ 490, 493, eqs. 1 and 2; deflection Wright & Brainerd (2000).
  public func navarroFrenkWhite(mass: Double, concentration: Double) -> (
    scaleRadius: Double, deflectionAtScaleRadius: Double
  ) {
    let virialRadius = virialRadius(ofMass: mass)
    let scaleRadius = virialRadius / concentration
    let logTerm = Double.log(1 + concentration) - concentration / (1 + concentration)
    let characteristicDensity = mass / (4 * Double.pi * scaleRadius * scaleRadius * scaleRadius * logTerm)
    let deflection =
      4 * characteristicDensity * scaleRadius * scaleRadius * (1 + Double.log(0.5))
      / criticalSurfaceDensity
    let arcsec = Units.arcsecPerRadian / lensDistance
    return (scaleRadius * arcsec, deflection * arcsec)
  }
}

import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import StructureFormation

/// A kind of dark matter: how many halos of a mass there are, how concentrated they are, and how their mass is spread.
public protocol DarkMatterModel: SpecKind {
  /// Halos of a mass in units of those of cold dark matter, 0 to 1.
  func abundance(mass: Double, isSubhalo: Bool, redshift: Double, _ cosmology: FlatLambdaCDM) -> Double
  /// Concentration in units of that of cold dark matter.
  func concentration(mass: Double, redshift: Double, _ cosmology: FlatLambdaCDM) -> Double
  /// The lens models of a halo that is a truncated NFW halo in cold dark matter.
  func halos(of halo: TruncatedHalo, _ geometry: LensGeometry) throws -> [Halo]
}

extension DarkMatterModel {
  public func abundance(
    mass: Double, isSubhalo: Bool, redshift: Double, _ cosmology: FlatLambdaCDM
  ) -> Double { 1 }
  public func concentration(mass: Double, redshift: Double, _ cosmology: FlatLambdaCDM) -> Double { 1 }
  public func halos(of halo: TruncatedHalo, _ geometry: LensGeometry) -> [Halo] { [halo.lens(geometry)] }
}

/// Cold and without collisions.
public struct ColdDarkMatter: DarkMatterModel, Equatable {
  public static let kind = "cold"

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {}
}

/// Fast enough once to have smoothed out small fluctuations: fewer light halos, which are less concentrated.
///
/// Reference: Lovell (2020), ApJ 897, 147 (numbers, of field halos and of subhalos apart); Bose et al. (2016), MNRAS 455, 318
/// (concentrations).
public struct WarmDarkMatterModel: DarkMatterModel, Equatable {
  public static let kind = "warm"

  /// Mass in solar masses of the sphere whose diameter is the wavelength at which fluctuations are half as large as in cold dark
  /// matter.
  public var halfModeMass = 1e8

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("half_mode_mass", &halfModeMass, SpecRange(1...1e14, unit: "solar masses"))
  }

  public func abundance(
    mass: Double, isSubhalo: Bool, redshift: Double, _ cosmology: FlatLambdaCDM
  ) -> Double {
    let suppression = isSubhalo ? Suppression.lovell2020Subhalos : .lovell2020Field
    return suppression(mass: mass, scale: halfModeMass)
  }

  public func concentration(mass: Double, redshift: Double, _ cosmology: FlatLambdaCDM) -> Double {
    // Without the factor that goes with redshift alone: it would change heavy halos, too, which are those of cold dark matter.
    Suppression.boseConcentration(mass: mass, scale: halfModeMass)
  }
}

/// Of particles that collide with each other: halos have cores, which grow and then shrink again.
///
/// Reference: Yang et al. (2023), arXiv:2305.16176.
public struct SelfInteractingDarkMatter: DarkMatterModel, Equatable {
  public static let kind = "self_interacting"

  /// Effective cross section per mass, cm^2/g.
  public var crossSection = 10.0
  /// How many times faster subhalos evolve than halos in the field do: tides strip what would heat them.
  public var subhaloAcceleration = 1.0

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("cross_section", &crossSection, .above(0, upTo: 1e6, unit: "cm^2/g"))
    visitor.number("subhalo_acceleration", &subhaloAcceleration, SpecRange(0.1...100))
  }

  public func halos(of halo: TruncatedHalo, _ geometry: LensGeometry) throws -> [Halo] {
    let density = halo.navarroFrenkWhite
    let collapse = SelfInteraction.collapseTime(
      scaleDensity: density.scaleDensity, scaleRadius: density.scaleRadius, crossSection: crossSection)
    let age = SelfInteraction.evolutionTime(
      at: geometry.lensRedshift, infall: halo.infallRedshift, acceleration: subhaloAcceleration,
      geometry.cosmology)
    let radii = SelfInteraction.radii(atTime: age / collapse)
    let cored = CoredHalo(
      mass: halo.massInside(density.virialRadius), inside: density.virialRadius,
      scaleRadius: radii.scale * density.scaleRadius, coreRadius: radii.core * density.scaleRadius,
      truncationRadius: halo.truncationRadius)
    return [cored.lens(of: halo, listed: density.mass, geometry)]
  }
}

/// So light that its wavelength is that of galaxies: no light halos, and a soliton in the middle of each.
///
/// Reference: Schive et al. (2014), PRL 113, 261302 (solitons), (2016), ApJ 818, 89 (numbers); Laroche et al. (2022), MNRAS 517, 1867
/// (concentrations, and halos as soliton and cored NFW halo).
public struct FuzzyDarkMatterModel: DarkMatterModel, Equatable {
  public static let kind = "fuzzy"

  /// Of the particle, 1e-22 eV.
  public var particleMass = 1.0

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("particle_mass", &particleMass, SpecRange(0.01...1e4, unit: "1e-22 eV"))
  }

  private func scales(_ cosmology: FlatLambdaCDM) -> FuzzyDarkMatter {
    FuzzyDarkMatter(particleMass: particleMass, cosmology: cosmology)
  }

  public func abundance(
    mass: Double, isSubhalo: Bool, redshift: Double, _ cosmology: FlatLambdaCDM
  ) -> Double {
    let scales = scales(cosmology)
    return mass < scales.smallestHaloMass(at: redshift)
      ? 0 : Suppression.schive2016(mass: mass, scale: scales.suppressionMass)
  }

  public func concentration(mass: Double, redshift: Double, _ cosmology: FlatLambdaCDM) -> Double {
    Suppression.larocheConcentration(mass: mass, scale: scales(cosmology).suppressionMass)
  }

  public func halos(of halo: TruncatedHalo, _ geometry: LensGeometry) throws -> [Halo] {
    let (scales, density) = (scales(geometry.cosmology), halo.navarroFrenkWhite)
    // The halo took its shape when it fell in.
    let redshift = halo.infallRedshift ?? geometry.lensRedshift
    let radius = scales.coreRadius(haloMass: density.mass, redshift: redshift)
    let soliton = SolitonHalo(
      coreRadius: radius, centralDensity: scales.centralDensity(coreRadius: radius, redshift: redshift))
    let whole = halo.massInside(density.virialRadius)
    let cored = CoredHalo(
      mass: max(whole - soliton.mass, 0), inside: density.virialRadius, scaleRadius: density.scaleRadius,
      coreRadius: radius, truncationRadius: halo.truncationRadius)
    return [soliton.lens(of: halo, geometry)]
      + (whole > soliton.mass
        ? [cored.lens(of: halo, listed: max(density.mass - soliton.mass, 0), geometry)] : [])
  }
}

import Cosmology
import LensCore
import LensNumerics
import StructureFormation

/// Where the halos of a population end.
public protocol HaloTruncationKind: SpecKind {
  /// - Parameters:
  ///   - halo: As it formed.
  ///   - setting: What became of it since.
  /// - Returns: Truncation radius in kpc, and what is left of the density inside.
  func truncation(of halo: NavarroFrenkWhiteHalo, _ setting: TidalSetting) throws -> (
    radius: Double, density: Double
  )
}

/// Where a halo is and when it came there.
public struct TidalSetting: Sendable {
  /// From the host's centre, kpc; nil in the field.
  public let distance: Double?
  /// Solar masses.
  public let hostMass: Double
  public let redshift: Double
  /// Nil in the field.
  public let infallRedshift: Double?
  public let cosmology: FlatLambdaCDM
}

/// At the tidal radius in an isothermal host: 1.4 kpc (m / 1e7)^(1/3) (r / 50 kpc)^(2/3).
///
/// Reference: Cyr-Racine et al. (2016), PRD 94, 043505; Gilman et al. (2020), MNRAS 491, 6077.
public struct RocheTruncation: HaloTruncationKind, Equatable {
  public static let kind = "roche"

  /// Kpc, for 1e7 solar masses 50 kpc from the host's centre.
  public var radius = 1.4

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("radius", &radius, SpecRange(0.01...100, unit: "kpc"))
  }

  public func truncation(of halo: NavarroFrenkWhiteHalo, _ setting: TidalSetting) -> (
    radius: Double, density: Double
  ) {
    let distance = setting.distance ?? 50
    return (
      HaloTruncation.rocheRadius(mass: halo.mass, distance: distance, normalization: radius), 1
    )
  }
}

/// By what tides have taken on average since the halo fell in: m = m_infall (1 + zeta x^zeta t/tau)^(-1/zeta), x = m_infall / M_host,
/// with tau = 2 Gyr H(0)/H(z) sqrt(Delta(0)/Delta(z)); density and truncation radius follow from the bound mass.
///
/// Reference: Giocoli, Tormen & van den Bosch (2008), MNRAS 386, 2135, eqs. 8 to 10 (zeta 0.06); Du et al. (2024), arXiv:2403.09597.
public struct TidalTruncation: HaloTruncationKind, Equatable {
  public static let kind = "tidal"

  /// Gyr, today.
  public var timescale = 2.0
  /// zeta.
  public var exponent = 0.06

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("timescale", &timescale, SpecRange(0.01...1000, unit: "Gyr"))
    visitor.number("exponent", &exponent, SpecRange(0.001...1))
  }

  /// The bound mass over that at infall.
  func boundFraction(mass: Double, _ setting: TidalSetting) -> Double {
    guard let infall = setting.infallRedshift, infall > setting.redshift else { return 1 }
    let cosmology = setting.cosmology
    // The rate changes little over the orbits of one halo: that of the time in the middle.
    let (start, end) = (cosmology.age(at: infall), cosmology.age(at: setting.redshift))
    let middle = (infall + setting.redshift) / 2
    func density(_ redshift: Double) -> Double {
      cosmology.virialOverdensity(at: redshift) * cosmology.matterFraction(at: redshift)
    }
    let pace =
      timescale / cosmology.expansionRate(at: middle) / Double.squareRoot(density(middle) / density(0))
    let ratio = Double.power(mass / setting.hostMass, exponent)
    return Double.power(1 + exponent * ratio * (end - start) / pace, -1 / exponent)
  }

  public func truncation(of halo: NavarroFrenkWhiteHalo, _ setting: TidalSetting) throws -> (
    radius: Double, density: Double
  ) {
    let left = try HaloTruncation.stripped(
      boundFraction: boundFraction(mass: halo.mass, setting), concentration: halo.concentration)
    return (left.radius * halo.scaleRadius, left.density)
  }
}

/// At the radius inside which the mean density is a multiple of the critical density, whatever the host does: of field halos.
public struct OverdensityTruncation: HaloTruncationKind, Equatable {
  public static let kind = "overdensity"

  public var value = 50.0

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("value", &value, SpecRange(1...1e5))
  }

  public func truncation(of halo: NavarroFrenkWhiteHalo, _ setting: TidalSetting) -> (
    radius: Double, density: Double
  ) {
    (
      HaloTruncation.radius(
        ofMass: halo.mass, overdensity: value, redshift: setting.redshift, setting.cosmology), 1
    )
  }
}

/// So far outside, a thousand scale radii, that nothing of it is seen.
public struct NoTruncation: HaloTruncationKind, Equatable {
  public static let kind = "none"

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {}

  public func truncation(of halo: NavarroFrenkWhiteHalo, _ setting: TidalSetting) -> (
    radius: Double, density: Double
  ) {
    (1000 * halo.scaleRadius, 1)
  }
}

/// One way to truncate halos, written as a mapping of its kind to its parameters, for instance `roche: {radius: 1.4}`.
public struct HaloTruncationSpec: SpecComponent {
  public static let kinds: [any HaloTruncationKind.Type] = [
    RocheTruncation.self, TidalTruncation.self, OverdensityTruncation.self, NoTruncation.self,
  ]

  public private(set) var parameters: any HaloTruncationKind

  public init(_ parameters: some HaloTruncationKind) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> HaloTruncationSpec? {
    (visitor.readTagged(value, among: kinds) as? any HaloTruncationKind).map { HaloTruncationSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  public mutating func fill(_ visitor: SpecVisitor) { parameters = visitor.filled(parameters) }

  public var usualName: String { type(of: parameters).kind }
}

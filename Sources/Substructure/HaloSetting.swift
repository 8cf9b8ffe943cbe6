import Cosmology
import MassProfiles

/// What a population of halos finds where it is drawn: distances, the masses of its plane, and what dark matter is.
public struct HaloSetting {
  public let strength: StrengthSetting
  public let darkMatter: DarkMatterSpec

  public init(_ strength: StrengthSetting, darkMatter: DarkMatterSpec = DarkMatterSpec()) {
    (self.strength, self.darkMatter) = (strength, darkMatter)
  }

  public var geometry: LensGeometry { strength.geometry }

  /// The `einstein_mass` of a mass of the plane, solar masses.
  public func einsteinMass(_ name: String) throws -> Double { try strength.einsteinMass(name) }
}

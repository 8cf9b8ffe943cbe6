/// A parameter's name and the value that a sample has.
public struct DrawnParameter: Sendable, Equatable {
  /// The path of its key, or a name that begins with `derived.`.
  public let name: String
  public let value: Double
  /// As FITS tables and astropy spell it.
  public let unit: String

  /// The name as a column: FITS allows letters, digits and underscores in a portable one.
  package static func column(_ name: String) -> String { String(name.map { $0 == "." ? "_" : $0 }) }

  /// What follows from a scene, and its unit; of a lens that makes no ring the first three are missing.
  package static let derived: KeyValuePairs = [
    "derived.einstein_radius": "arcsec", "derived.einstein_mass": "solMass",
    "derived.velocity_dispersion": "km/s", "derived.substructure_count": "",
    "derived.substructure_mass": "solMass", "derived.substructure_einstein_radius": "arcsec",
  ]

  init(name: String, value: Double, unit: String) {
    (self.name, self.value, self.unit) = (name, value, unit)
  }
}

/// A drawn parameter that might as well have a value close by.
package struct FreeParameter {
  package let name: String
  package let value: Double
  /// How much it differs from sample to sample.
  package let width: Double
}

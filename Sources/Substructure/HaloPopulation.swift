import LensCore
import MassProfiles

/// One drawn halo as tables list it.
public struct Halo: Sendable {
  /// Its strength in arcsec.
  public let model: MassSpec
  /// Solar masses.
  public let mass: Double
  /// [x, y], arcsec.
  public let place: [Double]

  public init(_ model: MassSpec, mass: Double, place: [Double]) {
    (self.model, self.mass, self.place) = (model, mass, place)
  }
}

/// The parameters of a population of halos, from which each sample draws its own.
public protocol HaloPopulation: SpecKind {
  /// The name of the mass in the same plane that a fraction refers to; nil for none.
  var reference: String? { get }
  /// Whether it expands into masses of which a scene may hold very many (`MassProfileSpec.smallHalo`).
  var hasSmallHalos: Bool { get }
  /// - Parameters:
  ///   - streams: The random numbers that belong to a key of the parameters.
  ///   - setting: The distances, and the masses of the plane.
  /// - Throws: `NumericalError` if a prior gives no value.
  func draw(_ streams: (String) -> RandomStream, _ setting: StrengthSetting) throws -> [Halo]
}

extension HaloPopulation {
  public var hasSmallHalos: Bool { true }
}

import LensCore
import MassProfiles

/// One drawn halo as tables list it, or a sheet that goes with halos.
public struct Halo: Sendable {
  /// Its strength in arcsec.
  public let model: MassSpec
  /// Solar masses; nil of a sheet, which no table lists.
  public let mass: Double?
  /// [x, y], arcsec.
  public let place: [Double]
  /// c_200c when it formed; nil of what has none.
  public let concentration: Double?
  /// Arcsec; nil of what has none.
  public let truncationRadius: Double?

  public init(
    _ model: MassSpec, mass: Double, place: [Double], concentration: Double? = nil,
    truncationRadius: Double? = nil
  ) {
    (self.model, self.mass, self.place) = (model, mass, place)
    (self.concentration, self.truncationRadius) = (concentration, truncationRadius)
  }

  init(sheet: MassSpec) {
    (model, mass, place, concentration, truncationRadius) = (sheet, nil, [0, 0], nil, nil)
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
  ///   - setting: The distances, the masses of the plane, and what dark matter is.
  /// - Throws: `NumericalError` if a prior gives no value.
  func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo]
}

extension HaloPopulation {
  public var hasSmallHalos: Bool { true }
}

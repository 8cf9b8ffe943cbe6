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
  /// - Parameters:
  ///   - streams: The random numbers that belong to a key of the parameters.
  ///   - setting: The distances, and the masses of the plane.
  /// - Throws: `NumericalError` if a prior gives no value.
  func draw(_ streams: (String) -> RandomStream, _ setting: StrengthSetting) throws -> [Halo]
}

/// A component of a plane that expands into many masses, written as a mapping of its kind to its parameters, for instance
/// `subhalos: {count: {poisson: {mean: 25}}}`.
public struct HaloPopulationSpec: SpecComponent {
  /// The table of contents: every kind of population.
  public static let kinds: [any HaloPopulation.Type] = [SubhaloPopulation.self]

  public private(set) var parameters: any HaloPopulation

  public init(_ parameters: some HaloPopulation) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> HaloPopulationSpec? {
    (visitor.readTagged(value, among: kinds) as? any HaloPopulation).map { HaloPopulationSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  public mutating func fill(_ visitor: SpecVisitor) { parameters = visitor.filled(parameters) }

  /// The name of its kind, which its parameters stand under.
  public var kind: String { type(of: parameters).kind }
  public var usualName: String { kind }
}

import Legacy
import LensCore
import Substructure

/// A component of a plane that expands into many masses, written as a mapping of its kind to its parameters, for instance
/// `subhalos: {count: {poisson: {mean: 25}}}`.
public struct HaloPopulationSpec: SpecComponent {
  /// The table of contents: every kind of population.
  public static let kinds: [any HaloPopulation.Type] = [
    DarkSubhalos.self, SubhaloPopulation.self, VortexPopulation.self, PointChain.self, PyLensingChain.self,
    PyLensingPoints.self,
  ]

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

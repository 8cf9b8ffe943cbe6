import LensCore
import StructureFormation

/// What dark matter is, and how concentrated its halos are: for the populations `dark_subhalos` and `line_of_sight`.
public struct DarkMatterSpec: SpecFields {
  public var model = DarkMatterModelSpec(ColdDarkMatter())
  public var concentration = ConcentrationSpec()
  public var fluctuations = MatterFluctuations()

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.convertible("model", &model)
    visitor.object("concentration", &concentration)
    fluctuations.visit(visitor)
  }
}

/// Concentrations c_200c of halos by their mass, before what a kind of dark matter makes of them.
public struct ConcentrationSpec: SpecFields, Equatable {
  /// The median.
  public var law = ConcentrationLaw.diemerJoyce2019
  /// The same median for all masses, in the place of the law.
  public var value: Double?
  /// Standard deviation of log10 c.
  ///
  /// Reference of the default: Diemer & Kravtsov (2015), ApJ 799, 108, section 4.
  public var scatter = 0.16

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("law", &law)
    visitor.number("value", &value, SpecRange(1...1e4))
    visitor.number("scatter", &scatter, SpecRange(0...1))
    visitor.withoutEffect("law", if: value != nil, "all masses have the concentration of `value`")
  }
}

/// One kind of dark matter, written as a mapping of its kind to its parameters, for instance `warm: {half_mode_mass: 1e8}`.
public struct DarkMatterModelSpec: SpecComponent {
  /// The table of contents: every kind of dark matter.
  public static let kinds: [any DarkMatterModel.Type] = [
    ColdDarkMatter.self, WarmDarkMatterModel.self, SelfInteractingDarkMatter.self, FuzzyDarkMatterModel.self,
  ]

  public private(set) var parameters: any DarkMatterModel

  public init(_ parameters: some DarkMatterModel) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> DarkMatterModelSpec? {
    (visitor.readTagged(value, among: kinds) as? any DarkMatterModel).map { DarkMatterModelSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  public mutating func fill(_ visitor: SpecVisitor) { parameters = visitor.filled(parameters) }

  public var usualName: String { type(of: parameters).kind }
}

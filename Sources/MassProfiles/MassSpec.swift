import LensCore
import LensNumerics

/// The parameters of one kind of mass profile, and the way from them to a kernel.
public protocol MassProfileSpec: SpecKind {
  func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar>
  /// The same parameters, if they are those of a kind of which a scene may hold very many.
  var smallHalo: SmallHaloSpec? { get }
  /// A strength that is given by another quantity; nil if it is the profile's own parameter.
  var given: GivenStrength? { get }
  /// The name of the profile that the given strength is a fraction of.
  var reference: String? { get }
  /// The same profile with a strength of its own.
  ///
  /// - Throws: `NumericalError.noSolution` if it cannot have the strength that is given.
  func resolved(_ setting: StrengthSetting) throws -> Self
  /// The ring that it makes if it is alone in its plane; nil for kinds that are never alone, such as shear. By default it is looked
  /// for about the peak, where there is one.
  ///
  /// - Throws: `NumericalError.noSolution` if it is too weak to have one.
  func ring() throws -> LensRing?
  /// [x, y] in arcsec of its middle; nil for what is everywhere.
  var place: [Double]? { get }
  /// Einstein radius in arcsec of a point with its whole mass; nil if that has no limit, or is not known.
  var totalMassRadius: Double? { get }
  /// [x, y] in arcsec of the place where the surface density peaks, perhaps without limit; nil if it is even.
  var peak: [Double]? { get }
}

extension MassProfileSpec {
  public var smallHalo: SmallHaloSpec? { nil }
  public var peak: [Double]? { nil }
  public var given: GivenStrength? { nil }
  public func resolved(_ setting: StrengthSetting) throws -> Self { self }
  public var reference: String? { nil }
  public var place: [Double]? { peak }
  public var totalMassRadius: Double? { nil }
}

/// The kinds of mass of which a scene may hold very many: asking for one of these takes a fraction of a dynamic cast.
public enum SmallHaloSpec {
  case point(PointMassSpec)
  case truncated(TruncatedNavarroFrenkWhiteSpec)
  case sphere(SphereSpec)
}

/// A sphere that is read from a table.
public struct SphereSpec {
  private let spec: any SphericalHaloSpec

  init(_ spec: some SphericalHaloSpec) { self.spec = spec }

  package func halo<Scalar: LensScalar>(_ scalar: Scalar.Type) -> SphericalHalo<Scalar> {
    SphericalHalo(spec)
  }
}

/// One mass component of a scene, written in YAML as a mapping of its kind to its parameters, for instance
/// `sie: {einstein_radius: 1.2, axis_ratio: 0.8}`.
public struct MassSpec: SpecComponent {
  /// The table of contents: every kind of mass profile.
  public static let kinds: [any MassProfileSpec.Type] = [
    SingularIsothermalSphereSpec.self,
    IsothermalEllipsoidSpec.self,
    EllipticalPowerLawSpec.self,
    PseudoJaffeSpec.self,
    MultipoleSpec.self,
    NavarroFrenkWhiteSpec.self,
    EllipticalNavarroFrenkWhiteSpec.self,
    TruncatedNavarroFrenkWhiteSpec.self,
    GeneralizedNavarroFrenkWhiteSpec.self,
    CoredNavarroFrenkWhiteSpec.self,
    CoredTruncatedNavarroFrenkWhiteSpec.self,
    SoftenedNavarroFrenkWhiteSpec.self,
    HernquistSpec.self,
    SolitonSpec.self,
    GranulesSpec.self,
    ExternalShearSpec.self,
    ConvergenceSheetSpec.self,
    PointMassSpec.self,
    UniformLineSpec.self,
  ]

  public private(set) var parameters: any MassProfileSpec

  public init(_ parameters: some MassProfileSpec) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> MassSpec? {
    (visitor.readTagged(value, among: kinds) as? any MassProfileSpec).map { MassSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  public mutating func fill(_ visitor: SpecVisitor) { parameters = visitor.filled(parameters) }

  public var usualName: String { type(of: parameters).kind }

  /// See `MassProfileSpec.resolved`.
  public func resolved(_ setting: StrengthSetting) throws -> MassSpec {
    parameters.given == nil ? self : try Self.resolved(parameters, setting)
  }

  private static func resolved(
    _ parameters: some MassProfileSpec, _ setting: StrengthSetting
  ) throws -> MassSpec { MassSpec(try parameters.resolved(setting)) }

  /// The kernel for these parameters.
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    parameters.profile(scalar)
  }
}

import LensCore
import LensNumerics

/// The parameters of one kind of mass profile, and the way from them to a kernel.
public protocol MassProfileSpec: SpecKind {
  func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar>
  /// The same parameters, if they are those of a kind of which a scene may hold very many.
  var smallHalo: SmallHaloSpec? { get }
  /// [x, y] in arcsec of the place where the surface density peaks, perhaps without limit; nil if it is even.
  var peak: [Double]? { get }
}

extension MassProfileSpec {
  public var smallHalo: SmallHaloSpec? { nil }
  public var peak: [Double]? { nil }
}

/// The kinds of mass of which a scene may hold very many: asking for one of these takes a fraction of a dynamic cast.
public enum SmallHaloSpec {
  case point(PointMassSpec)
  case truncated(TruncatedNavarroFrenkWhiteSpec)
}

/// One mass component of a scene, written in YAML as a mapping of its kind to its parameters, for instance
/// `sie: {einstein_radius: 1.2, axis_ratio: 0.8}`.
public struct MassSpec: SpecConvertible {
  /// The table of contents: every kind of mass profile.
  public static let kinds: [any MassProfileSpec.Type] = [
    SingularIsothermalSphereSpec.self,
    IsothermalEllipsoidSpec.self,
    NavarroFrenkWhiteSpec.self,
    EllipticalNavarroFrenkWhiteSpec.self,
    TruncatedNavarroFrenkWhiteSpec.self,
    ExternalShearSpec.self,
    ConvergenceSheetSpec.self,
    PointMassSpec.self,
    UniformLineSpec.self,
  ]

  public let parameters: any MassProfileSpec

  public init(_ parameters: some MassProfileSpec) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> MassSpec? {
    (visitor.readTagged(value, among: kinds) as? any MassProfileSpec).map { MassSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  /// The kernel for these parameters.
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    parameters.profile(scalar)
  }
}

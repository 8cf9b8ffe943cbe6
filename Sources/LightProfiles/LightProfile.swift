import LensCore
import LensNumerics

/// A distribution of surface brightness on one plane.
public protocol LightProfile<Scalar>: Sendable {
  associatedtype Scalar: LensScalar

  /// Adds the surface brightness at positions in arcsec, in the units of the profile's own normalisation.
  ///
  /// - Parameter scratch: Columns for intermediate results.
  func addBrightness(
    at position: VectorColumns<Scalar>, to brightness: Column<Scalar>, scratch: ScratchColumns<Scalar>)

  /// Whether the brightness at (-x, -y) is that at (x, y), to the last bit: then half of an image need not be computed.
  var isPointSymmetric: Bool { get }
}

extension LightProfile {
  public var isPointSymmetric: Bool { false }
}

/// The parameters of one kind of light profile, and the way from them to a kernel.
public protocol LightProfileSpec: SpecKind {
  func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar>
  /// Flux in brightness times arcsec^2, integrated over the whole plane.
  var totalFlux: Double { get }
}

/// One light component of a scene, written in YAML as a mapping of its kind to its parameters, for instance
/// `sersic: {intensity: 0.8, sersic_index: 1.5}`, beside which `bands: {g: 0.4, r: 0.9}` may say how bright it is in each band.
public struct LightSpec: SpecComponent {
  /// The table of contents: every kind of light profile.
  public static let kinds: [any LightProfileSpec.Type] = [SersicSpec.self, GaussianLightSpec.self]

  public private(set) var parameters: any LightProfileSpec
  /// What its brightness is multiplied with in each band.
  public var bands = BandFactors()

  public init(_ parameters: some LightProfileSpec) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> LightSpec? {
    var (profile, factors) = (value, SpecValue?.none)
    if case .map(let entries) = value {
      factors = value[bandsKey]
      profile = .map(entries.filter { $0.key != bandsKey })
    }
    guard let parameters = visitor.readTagged(profile, among: kinds) as? any LightProfileSpec else {
      return nil
    }
    var light = LightSpec(parameters)
    if let factors, !factors.isNull {
      light.bands = BandFactors.read(factors, visitor.child(at: bandsKey)) ?? BandFactors()
    }
    return light
  }

  public func written() -> SpecValue {
    guard case .map(let entries) = SpecVisitor.writeTagged(parameters), !bands.names.isEmpty else {
      return SpecVisitor.writeTagged(parameters)
    }
    return .map(entries + [.init(Self.bandsKey, bands.written())])
  }

  public mutating func fill(_ visitor: SpecVisitor) {
    parameters = visitor.filled(parameters)
    visitor.convertible(Self.bandsKey, &bands)
  }

  private static let bandsKey = "bands"

  public var usualName: String { type(of: parameters).kind }

  /// The kernel for these parameters.
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar> {
    parameters.profile(scalar)
  }
}

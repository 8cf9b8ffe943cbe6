import LensCore
import LensNumerics

/// Parameters of a pseudo-Jaffe ellipsoid, also called dual pseudo-isothermal, or chameleon: isothermal between a core and a truncation.
public struct PseudoJaffeSpec: MassProfileSpec, Equatable {
  public static let kind = "pseudo_jaffe"

  /// That of the singular isothermal ellipsoid which it is far outside the core and far inside the truncation, arcsec.
  public var einsteinRadius = 1.0
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// Arcsec, measured like R in the convergence; less than the truncation radius.
  public var coreRadius = 0.0
  /// Arcsec, likewise.
  public var truncationRadius = 1.0
  /// Minor over major axis of the lines of equal convergence.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.strength(
      "einstein_radius", &einsteinRadius, .deflection, or: [.velocityDispersion, .mass], &given)
    visitor.number("core_radius", &coreRadius, .deflection)
    visitor.number("truncation_radius", &truncationRadius, SpecRange(1e-6...1e4, unit: "arcsec"))
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
    guard visitor.isReading else { return }
    let core = visitor.limits(of: "core_radius", coreRadius).upperBound
    let truncation = visitor.limits(of: "truncation_radius", truncationRadius).lowerBound
    visitor.check(
      core < truncation, "core_radius", given: "\(core)",
      "must be less than the truncation_radius \(truncation)")
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    PseudoJaffe<Scalar>(self)
  }

  public var peak: [Double]? { center }

  /// The mass is pi Sigma_cr theta_E (r_t - r_c).
  public var totalMassRadius: Double? {
    Double.squareRoot(einsteinRadius * max(truncationRadius - coreRadius, 0))
  }

  public func resolved(_ setting: StrengthSetting) throws -> PseudoJaffeSpec {
    guard let given else { return self }
    var copy = self
    copy.given = nil
    if given.kind == .mass {
      let radius = setting.geometry.einsteinRadius(ofMass: given.value)
      copy.einsteinRadius = radius * radius / (truncationRadius - coreRadius)
    } else {
      copy.einsteinRadius = setting.geometry.einsteinRadius(velocityDispersion: given.value)
    }
    return copy
  }

  /// The isothermal ellipsoid with a core, one of the two whose difference it is.
  fileprivate func ellipsoid(core: Double) -> IsothermalEllipsoidSpec {
    var spec = IsothermalEllipsoidSpec()
    (spec.einsteinRadius, spec.coreRadius) = (einsteinRadius, core)
    (spec.axisRatio, spec.positionAngle, spec.center) = (axisRatio, positionAngle, center)
    return spec
  }
}

/// A pseudo-Jaffe ellipsoid with convergence (theta_E / 2) (1 / sqrt(r_c^2 + R^2) - 1 / sqrt(r_t^2 + R^2)), R^2 = q x^2 + y^2 / q: an isothermal
/// ellipsoid less one with a larger core.
///
/// Reference: Keeton (2001), arXiv:astro-ph/0102341, pseudo-Jaffe ellipsoid; after Kassiola & Kovner (1993), ApJ 417, 450.
public struct PseudoJaffe<Scalar: LensScalar>: MassProfile {
  private let inner: IsothermalEllipsoid<Scalar>
  private let outer: IsothermalEllipsoid<Scalar>

  public init(_ spec: PseudoJaffeSpec) {
    inner = IsothermalEllipsoid(spec.ellipsoid(core: spec.coreRadius))
    var negative = spec.ellipsoid(core: spec.truncationRadius)
    negative.einsteinRadius *= -1
    outer = IsothermalEllipsoid(negative)
  }

  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    inner.addDeflection(at: position, to: deflection, scratch: scratch)
    outer.addDeflection(at: position, to: deflection, scratch: scratch)
  }

  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    inner.addPotential(at: position, to: potential)
    outer.addPotential(at: position, to: potential)
  }

  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    inner.addHessian(at: position, to: hessian)
    outer.addHessian(at: position, to: hessian)
  }
}

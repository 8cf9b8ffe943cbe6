import LensCore
import LensNumerics

/// Parameters of an elliptical Gaussian blob of light.
public struct GaussianLightSpec: LightProfileSpec, Equatable {
  public static let kind = "gaussian"

  /// Integrated over the plane, in brightness times arcsec^2.
  public var flux = 1.0
  /// Standard deviation in arcsec, measured like R = sqrt(q x^2 + y^2 / q).
  public var sigma = 0.1
  /// Minor over major axis of the isophotes.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("flux", &flux, .brightness)
    visitor.number("sigma", &sigma, .length)
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar> {
    GaussianLight<Scalar>(self)
  }

  public var totalFlux: Double { flux }
}

/// The normal distribution in two dimensions, flux / (2 pi sigma^2) exp(-R^2 / (2 sigma^2)).
public struct GaussianLight<Scalar: LensScalar>: LightProfile {
  private let frame: EllipseFrame<Scalar>
  private let axisRatio: Scalar
  private let inverseAxisRatio: Scalar
  private let halfInverseVariance: Scalar
  private let peak: Scalar

  public init(_ spec: GaussianLightSpec) {
    let variance = spec.sigma * spec.sigma
    frame = EllipseFrame(
      center: spec.center, axisRatio: spec.axisRatio, positionAngle: spec.positionAngle)
    axisRatio = Scalar(spec.axisRatio)
    inverseAxisRatio = Scalar(1 / spec.axisRatio)
    halfInverseVariance = Scalar(0.5 / variance)
    peak = Scalar(spec.flux / (2 * Double.pi * variance))
  }

  public var isPointSymmetric: Bool { frame.isAtOrigin }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBrightness(
    at position: VectorColumns<Scalar>, to brightness: Column<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let squared = axisRatio * x * x + inverseAxisRatio * y * y
      brightness[i] += peak * Scalar.exp(-halfInverseVariance * squared)
    }
  }
}

import Glibc
import LensCore
import LensNumerics
import LightProfiles

/// Parameters of a ring of light.
public struct RingLightSpec: LightProfileSpec, Equatable {
  public static let kind = "ring"

  /// On the ring, in brightness.
  public var intensity = 1.0
  /// Of the ring, arcsec.
  public var radius = 0.3
  /// Standard deviation across it, arcsec.
  public var sigma = 0.05
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("intensity", &intensity, .brightness)
    visitor.number("radius", &radius, .length)
    visitor.number("sigma", &sigma, .length)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar> {
    RingLight<Scalar>(self)
  }

  /// 2 pi I times the integral of r exp(-(r - R)^2 / (2 s^2)): with t = R / (sqrt(2) s),
  /// 2 pi I s^2 (exp(-t^2) + sqrt(pi) t (1 + erf t)).
  public var totalFlux: Double {
    let t = radius / (sigma * 2.0.squareRoot())
    let whole = Double.exp(-t * t) + Double.pi.squareRoot() * t * (1 + erf(t))
    return 2 * Double.pi * intensity * sigma * sigma * whole
  }
}

/// A circle of light with a normal profile across it, I exp(-(r - R)^2 / (2 s^2)).
public struct RingLight<Scalar: LensScalar>: LightProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  private let intensity: Scalar
  private let radius: Scalar
  private let halfInverseVariance: Scalar

  public init(_ spec: RingLightSpec) {
    (centreX, centreY) = (Scalar(spec.center[0]), Scalar(spec.center[1]))
    (intensity, radius) = (Scalar(spec.intensity), Scalar(spec.radius))
    halfInverseVariance = Scalar(0.5 / (spec.sigma * spec.sigma))
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBrightness(
    at position: VectorColumns<Scalar>, to brightness: Column<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let distance = Scalar.squareRoot(dx * dx + dy * dy) - radius
      brightness[i] += intensity * Scalar.exp(-halfInverseVariance * distance * distance)
    }
  }
}

import LensCore
import LensNumerics

/// Parameters of a constant external shear.
public struct ExternalShearSpec: MassProfileSpec, Equatable {
  public static let kind = "shear"

  /// Dimensionless.
  public var strength = 0.0
  /// Direction along which images are stretched, radians counter-clockwise from +x.
  public var angle = 0.0
  /// Where the deflection vanishes, [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("strength", &strength, .from(0, below: 1))
    visitor.number("angle", &angle, .angle)
    visitor.numbers("center", &center, .position)
  }

  @specialized(where Scalar == Float)
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    ExternalShear<Scalar>(self)
  }
}

/// Shear by distant masses: gamma_1 = gamma cos(2 phi), gamma_2 = gamma sin(2 phi), no convergence.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 3 (external shear).
public struct ExternalShear<Scalar: LensScalar>: MassProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  private let gamma1: Scalar
  private let gamma2: Scalar

  public init(_ spec: ExternalShearSpec) {
    let (sine, cosine) = sineAndCosine(2 * spec.angle)
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    gamma1 = Scalar(spec.strength * cosine)
    gamma2 = Scalar(spec.strength * sine)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      deflection.x[i] += gamma1 * dx + gamma2 * dy
      deflection.y[i] += gamma2 * dx - gamma1 * dy
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      potential[i] += gamma1 * (dx * dx - dy * dy) / 2 + gamma2 * dx * dy
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      hessian.xx[i] += gamma1
      hessian.xy[i] += gamma2
      hessian.yy[i] -= gamma1
    }
  }
}

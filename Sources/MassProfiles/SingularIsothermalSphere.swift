import LensCore
import LensNumerics

/// Parameters of a singular isothermal sphere.
public struct SingularIsothermalSphereSpec: MassProfileSpec, Equatable {
  public static let kind = "sis"

  /// Arcsec.
  public var einsteinRadius = 1.0
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.strength(
      "einstein_radius", &einsteinRadius, .deflection, or: [.velocityDispersion, .einsteinMass], &given)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    SingularIsothermalSphere<Scalar>(self)
  }

  public var peak: [Double]? { center }

  public func ring() -> LensRing? { LensRing(radius: einsteinRadius) }

  public func resolved(_ setting: StrengthSetting) -> SingularIsothermalSphereSpec {
    guard let given else { return self }
    var copy = self
    copy.given = nil
    copy.einsteinRadius =
      given.ring(setting)?.radius ?? setting.geometry.einsteinRadius(velocityDispersion: given.value)
    return copy
  }
}

/// A singular isothermal sphere: convergence theta_E / (2 r), deflection of constant size theta_E.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 3 (singular isothermal sphere).
public struct SingularIsothermalSphere<Scalar: LensScalar>: MassProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  private let einsteinRadius: Scalar

  public init(_ spec: SingularIsothermalSphereSpec) {
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    einsteinRadius = Scalar(spec.einsteinRadius)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let mean = einsteinRadius / radius(dx, dy)
      deflection.x[i] += mean * dx
      deflection.y[i] += mean * dy
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      potential[i] += einsteinRadius * radius(position.x[i] - centreX, position.y[i] - centreY)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let r = radius(dx, dy)
      let mean = einsteinRadius / r
      let h = circularHessian(dx, dy, squaredRadius: r * r, mean: mean, convergence: mean / 2)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  @inline(__always)
  private func radius(_ dx: Scalar, _ dy: Scalar) -> Scalar {
    Scalar.squareRoot(max(dx * dx + dy * dy, Scalar.smallestSquaredDistance))
  }
}

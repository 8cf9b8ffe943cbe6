import LensCore
import LensNumerics

/// Parameters of a spherical Navarro-Frenk-White halo.
public struct NavarroFrenkWhiteSpec: HaloWithRing, Equatable {
  public static let kind = "nfw"

  /// Arcsec.
  public var scaleRadius = 1.0
  /// Deflection at the scale radius, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection, and a virial mass also in that of the scale radius.
  public var given: GivenStrength?
  /// c_200, with a virial mass.
  public var concentration: Double?
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.halo(
      scaleRadius: &scaleRadius, .scaleRadius, deflection: &deflectionAtScaleRadius,
      concentration: &concentration, or: .ofHaloWithRing, &given)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    NavarroFrenkWhite<Scalar>(self)
  }

  public var peak: [Double]? { center }

  /// The factor A in alpha(x) = A h(x) / x, fixed by h(1) = 1 + ln(1/2).
  var amplitude: Double { deflectionAtScaleRadius / (1 + Double.log(0.5)) }
}

/// A spherical Navarro-Frenk-White halo, density proportional to 1 / (x (1 + x)^2) with x = r / r_s.
///
/// Deflection A h(x) / x, convergence A (1 - F(x)) / (2 r_s (x^2 - 1)), potential A r_s g(x).
/// Relative error of the deflection below 1e-11 down to x = 1e-8 (`MassProfileLimitTests`), in Float below 3e-6 at every
/// radius (`FloatDeflectionTests`).
///
/// Reference: Wright & Brainerd (2000), ApJ 534, 34, for the surface density and its mean; potential Meneghetti,
/// Bartelmann & Moscardini (2003), MNRAS 340, 105, section 3.
public struct NavarroFrenkWhite<Scalar: LensScalar>: MassProfile {
  private typealias Functions = NavarroFrenkWhiteFunctions<Scalar>

  private let centreX: Scalar
  private let centreY: Scalar
  private let inverseScale: Scalar
  /// A / r_s.
  private let strength: Scalar
  /// A r_s.
  private let potentialScale: Scalar

  public init(_ spec: NavarroFrenkWhiteSpec) {
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    inverseScale = Scalar(1 / spec.scaleRadius)
    strength = Scalar(spec.amplitude / spec.scaleRadius)
    potentialScale = Scalar(spec.amplitude * spec.scaleRadius)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    let (radius, mean, root) = (scratch.a, scratch.b, scratch.c)
    for i in 0..<position.count { radius[i] = scaled(position.x[i] - centreX, position.y[i] - centreY) }
    for i in 0..<position.count { (_, mean[i], root[i]) = Functions.angle(radius[i]) }
    for i in 0..<position.count {
      let x = radius[i]
      mean[i] = strength * Functions.mass(x, ratio: mean[i], root: root[i]) / (x * x)
    }
    for i in 0..<position.count {
      deflection.x[i] += mean[i] * (position.x[i] - centreX)
      deflection.y[i] += mean[i] * (position.y[i] - centreY)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let x = scaled(position.x[i] - centreX, position.y[i] - centreY)
      let (angle, _, root) = Functions.angle(x)
      potential[i] += potentialScale * Functions.potential(x, angle: angle, root: root)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let x = scaled(dx, dy)
      let (_, ratio, root) = Functions.angle(x)
      let h = circularHessian(
        dx, dy, squaredRadius: x * x / (inverseScale * inverseScale),
        mean: strength * Functions.mass(x, ratio: ratio, root: root) / (x * x),
        convergence: strength * Functions.surfaceDensity(x, ratio: ratio) / 2)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  @inline(__always)
  private func scaled(_ dx: Scalar, _ dy: Scalar) -> Scalar {
    Scalar.squareRoot(max(dx * dx + dy * dy, Scalar.smallestSquaredDistance)) * inverseScale
  }
}

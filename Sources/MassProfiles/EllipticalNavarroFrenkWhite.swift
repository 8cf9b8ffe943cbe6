import LensCore
import LensNumerics

/// Parameters of a Navarro-Frenk-White halo with elliptical convergence.
public struct EllipticalNavarroFrenkWhiteSpec: HaloWithRing, Equatable {
  public static let kind = "elliptical_nfw"

  /// Arcsec, measured like R = sqrt(q x^2 + y^2 / q).
  public var scaleRadius = 1.0
  /// Deflection at the scale radius of the spherical halo with this mass, in arcsec.
  public var deflectionAtScaleRadius = 0.1
  /// In the place of the deflection, and a virial mass also in that of the scale radius.
  public var given: GivenStrength?
  /// c_200, with a virial mass.
  public var concentration: Double?
  /// Minor over major axis of the lines of equal convergence.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    // The ellipsoids that it is a sum of hold the halo down to 1e-5 scale radii.
    visitor.halo(
      scaleRadius: &scaleRadius, .hostScaleRadius, deflection: &deflectionAtScaleRadius,
      concentration: &concentration, or: .ofHaloWithRing, &given)
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    EllipticalNavarroFrenkWhite<Scalar>(self)
  }

  public var peak: [Double]? { center }
}

/// A Navarro-Frenk-White halo with elliptical convergence, as a sum of 44 cored steep ellipsoids.
///
/// Each has convergence a / (2 (s^2 + R^2)^(3/2)), R^2 = q x^2 + y^2 / q, and closed forms for everything. With
/// X = sqrt(q) x, Y = sqrt(q) y, w^2 = q^2 (s^2 + X^2) + Y^2 and P = (w + s)^2 + (1 - q^2) X^2, its deflection is
/// sqrt(q) a / (s w P) (X (w + q^2 s), Y (w + s)).
///
/// Accuracy: deflection, potential and convergence belong to each other to rounding; the convergence is within
/// 1e-4 of the exact profile between 1e-6 and 1e3 scale radii.
///
/// Reference: Oguri (2021), PASP 133, 074504, section 3, after Keeton & Kochanek (1998).
public struct EllipticalNavarroFrenkWhite<Scalar: LensScalar>: MassProfile {
  private let frame: EllipseFrame<Scalar>
  private let q2: Scalar
  /// sqrt(q) / r_s: sky to scaled coordinates.
  private let scale: Scalar
  private let ellipsoids: [Ellipsoid]

  /// Core radius s, in scale radii, and A r_s a / s, in arcsec^2.
  private struct Ellipsoid: Sendable {
    let core: Scalar
    let strength: Scalar
    /// Makes the potential zero at the centre.
    let centralTerm: Scalar
  }

  public init(_ spec: EllipticalNavarroFrenkWhiteSpec) {
    let q = spec.axisRatio
    let amplitude = spec.deflectionAtScaleRadius * spec.scaleRadius / (1 + Double.log(0.5))
    frame = EllipseFrame(
      center: spec.center, axisRatio: spec.axisRatio, positionAngle: spec.positionAngle)
    q2 = Scalar(q * q)
    scale = Scalar(Double.squareRoot(q) / spec.scaleRadius)
    ellipsoids = coredSteepEllipsoids.map { core, amplitudeOfEllipsoid in
      let squaredLimit = core * (1 + q) * core * (1 + q)
      return Ellipsoid(
        core: Scalar(core), strength: Scalar(amplitude * amplitudeOfEllipsoid / core),
        centralTerm: Scalar(Double.log(squaredLimit)))
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for ellipsoid in ellipsoids {
      let s = ellipsoid.core
      for i in 0..<position.count {
        let (x, y) = scaled(position.x[i], position.y[i])
        let (w, p) = widthAndDenominator(x, y, s)
        let factor = scale * ellipsoid.strength / (w * p)
        let (ax, ay) = frame.sky(factor * x * (w + q2 * s), factor * y * (w + s))
        deflection.x[i] += ax
        deflection.y[i] += ay
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for ellipsoid in ellipsoids {
      for i in 0..<position.count {
        let (x, y) = scaled(position.x[i], position.y[i])
        let p = widthAndDenominator(x, y, ellipsoid.core).denominator
        potential[i] += ellipsoid.strength * (Scalar.log(p) - ellipsoid.centralTerm) / 2
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for ellipsoid in ellipsoids {
      let s = ellipsoid.core
      for i in 0..<position.count {
        let (x, y) = scaled(position.x[i], position.y[i])
        let (w, p) = widthAndDenominator(x, y, s)
        let (wx, wy) = (q2 * x / w, y / w)
        let (px, py) = (2 * x * (w + q2 * s) / w, 2 * y * (w + s) / w)
        // The gradient of ln(P) / 2 is (px, py) / (2 P); these are its derivatives by the quotient rule.
        let pxx = 2 * ((w + q2 * s) - x * q2 * s * wx / w) / w
        let pxy = -2 * x * q2 * s * wy / (w * w)
        let pyy = 2 * ((w + s) - y * s * wy / w) / w
        let factor = scale * scale * ellipsoid.strength / (2 * p)
        let h = frame.sky(
          uu: factor * (pxx - px * px / p), uv: factor * (pxy - px * py / p),
          vv: factor * (pyy - py * py / p))
        hessian.xx[i] += h.xx
        hessian.xy[i] += h.xy
        hessian.yy[i] += h.yy
      }
    }
  }

  @inline(__always)
  private func scaled(_ x: Scalar, _ y: Scalar) -> (Scalar, Scalar) {
    let (u, v) = frame.local(x, y)
    return (scale * u, scale * v)
  }

  @inline(__always)
  private func widthAndDenominator(
    _ x: Scalar, _ y: Scalar, _ s: Scalar
  ) -> (width: Scalar, denominator: Scalar) {
    // Never zero: no core is smaller than 1e-6 scale radii.
    let w = Scalar.squareRoot(q2 * (s * s + x * x) + y * y)
    return (w, (w + s) * (w + s) + (1 - q2) * x * x)
  }
}

import LensCore
import LensNumerics

/// Parameters of a straight line of uniform mass: a vortex of superfluid dark matter.
public struct UniformLineSpec: WholeMass, Equatable {
  public static let kind = "line_mass"

  /// Einstein radius in arcsec of a point with the line's whole mass.
  public var einsteinRadius = 0.1
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// The name of the profile that a mass fraction refers to.
  public var fractionOf = "host"
  /// Arcsec.
  public var length = 1.0
  /// Of the line, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// Of the middle, [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.mass(&einsteinRadius, fractionOf: &fractionOf, &given)
    visitor.number("length", &length, .length)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    UniformLine<Scalar>(self)
  }
}

/// A straight line of uniform mass, in closed form instead of as a chain of points.
///
/// With the line along u from -L/2 to L/2, a = u + L/2 + iv and b = u - L/2 + iv, the point-mass deflection
/// theta_E^2 / conj(z) (Schneider, Kochanek & Wambsganss 2006, Part 1, section 2) integrated along the line is
/// conj(alpha) = (theta_E^2 / L) ln(a / b), and its potential (theta_E^2 / L) Re(a ln a - b ln b - L). The only
/// branch cut lies on the line itself, across which the deflection jumps by 2 pi theta_E^2 / L; a ray on the line gets
/// the mean of both sides. The convergence is zero off the line. Far away the line is a point mass.
public struct UniformLine<Scalar: LensScalar>: MassProfile {
  private let frame: EllipseFrame<Scalar>
  private let length: Scalar
  private let half: Scalar
  /// Rays that are no farther from the line cannot be told from rays on it: some roundings of their places, arcsec.
  private let thickness: Scalar
  /// theta_E^2 / L.
  private let strength: Scalar

  public init(_ spec: UniformLineSpec) {
    frame = EllipseFrame(center: spec.center, positionAngle: spec.positionAngle)
    length = Scalar(spec.length)
    half = Scalar(spec.length / 2)
    thickness = 4 * .ulpOfOne * Scalar(spec.length / 2 + abs(spec.center[0]) + abs(spec.center[1]))
    strength = Scalar(spec.einsteinRadius * spec.einsteinRadius / spec.length)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    let (along, across) = (scratch.a, scratch.b)
    for i in 0..<position.count { (along[i], across[i]) = frame.local(position.x[i], position.y[i]) }
    for i in 0..<position.count {
      let (u, v) = (along[i], across[i])
      along[i] = strength * endsLogarithm(u, v)
      across[i] = strength * subtendedAngle(u, v)
    }
    for i in 0..<position.count {
      let (ax, ay) = frame.sky(along[i], across[i])
      deflection.x[i] += ax
      deflection.y[i] += ay
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (u, v) = frame.local(position.x[i], position.y[i])
      let (near, far) = (u - half, u + half)
      let logarithms = far * Scalar.log(squaredLength(far, v)) - near * Scalar.log(squaredLength(near, v))
      potential[i] += strength * (logarithms / 2 + v * subtendedAngle(u, v) - length)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (u, v) = frame.local(position.x[i], position.y[i])
      let (near, far) = (u - half, u + half)
      let (inverseFar, inverseNear) = (1 / squaredLength(far, v), 1 / squaredLength(near, v))
      let uu = strength * (far * inverseFar - near * inverseNear)
      let uv = strength * v * (inverseFar - inverseNear)
      let h = frame.sky(uu: uu, uv: uv, vv: -uu)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  /// ln |a / b|, without loss far away, where the ratio tends to 1.
  @inline(__always)
  private func endsLogarithm(_ u: Scalar, _ v: Scalar) -> Scalar {
    // |a|^2 - |b|^2 = 2 u L exactly, wherever neither end is nearer than the smallest distance.
    let (far, near) = (squaredLength(u + half, v), squaredLength(u - half, v))
    return Scalar.log(far, over: near, difference: 2 * u * length) / 2
  }

  /// The angle that the line spans as seen from the ray, positive on its left side: arg b - arg a. On the line it is
  /// the mean of pi and -pi.
  @inline(__always)
  private func subtendedAngle(_ u: Scalar, _ v: Scalar) -> Scalar {
    let angle = Scalar.atan2(y: v * length, x: u * u + v * v - half * half)
    return abs(v) <= thickness ? 0 : angle
  }

  @inline(__always)
  private func squaredLength(_ u: Scalar, _ v: Scalar) -> Scalar {
    max(u * u + v * v, Scalar.smallestSquaredDistance)
  }
}

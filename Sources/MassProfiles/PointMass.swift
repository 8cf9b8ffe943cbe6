import LensCore
import LensNumerics

/// Parameters of a point mass.
public struct PointMassSpec: WholeMass, Equatable {
  public static let kind = "point_mass"

  /// Arcsec.
  public var einsteinRadius = 0.01
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// The name of the profile that a mass fraction refers to.
  public var fractionOf = "host"
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.mass(&einsteinRadius, fractionOf: &fractionOf, &given)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    PointMass<Scalar>(self)
  }

  public var smallHalo: SmallHaloSpec? { .point(self) }

  public func ring() -> LensRing? { LensRing(radius: einsteinRadius) }
}

/// A point mass: deflection theta_E^2 / r, potential theta_E^2 ln(r / 1 arcsec), no convergence off the centre.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 2 (point mass).
public struct PointMass<Scalar: LensScalar>: CircularMassProfile {
  public let centreX: Scalar
  public let centreY: Scalar
  public let squaredEinsteinRadius: Scalar

  @inlinable
  public init(_ spec: PointMassSpec) {
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    squaredEinsteinRadius = Scalar(spec.einsteinRadius * spec.einsteinRadius)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let mean = squaredEinsteinRadius / squaredRadius(dx, dy)
      deflection.x[i] += mean * dx
      deflection.y[i] += mean * dy
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      potential[i] += squaredEinsteinRadius * Scalar.log(squaredRadius(dx, dy)) / 2
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let r2 = squaredRadius(dx, dy)
      let shear = squaredEinsteinRadius / (r2 * r2)
      hessian.xx[i] += shear * (dy * dy - dx * dx)
      hessian.xy[i] -= 2 * shear * dx * dy
      hessian.yy[i] += shear * (dx * dx - dy * dy)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func fillMeanConvergence(
    _ mean: Column<Scalar>, squaredRadius: Column<Scalar>, count: Int, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<count {
      mean[i] = squaredEinsteinRadius / max(squaredRadius[i], Scalar.smallestSquaredDistance)
    }
  }

  @inline(__always)
  private func squaredRadius(_ dx: Scalar, _ dy: Scalar) -> Scalar {
    max(dx * dx + dy * dy, Scalar.smallestSquaredDistance)
  }
}

import LensCore
import LensNumerics
import MassProfiles

/// Parameters of an isothermal sphere with a core.
public struct CoredIsothermalSphereSpec: MassProfileSpec, Equatable {
  public static let kind = "cored_isothermal_sphere"

  /// Einstein radius in arcsec of the sphere without its core.
  public var einsteinRadius = 1.0
  /// Arcsec.
  public var coreRadius = 0.1
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("einstein_radius", &einsteinRadius, .deflection)
    visitor.number("core_radius", &coreRadius, .scaleRadius)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    CoredIsothermalSphere<Scalar>(self)
  }

  public var peak: [Double]? { center }
}

/// An isothermal sphere with convergence theta_E / (2 sqrt(r_c^2 + r^2)).
///
/// With w = sqrt(r_c^2 + r^2) the mean convergence inside r is theta_E / (w + r_c), and the potential
/// theta_E (w - r_c - r_c ln((w + r_c) / (2 r_c))), zero at the centre.
///
/// Reference: Hinshaw & Krauss (1987), ApJ 320, 468, section II, integrated once more for the potential.
public struct CoredIsothermalSphere<Scalar: LensScalar>: MassProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  private let einsteinRadius: Scalar
  private let coreRadius: Scalar

  public init(_ spec: CoredIsothermalSphereSpec) {
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    einsteinRadius = Scalar(spec.einsteinRadius)
    coreRadius = Scalar(spec.coreRadius)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let mean = einsteinRadius / (width(dx, dy) + coreRadius)
      deflection.x[i] += mean * dx
      deflection.y[i] += mean * dy
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let w = width(position.x[i] - centreX, position.y[i] - centreY)
      let logarithm = Scalar.log((w + coreRadius) / (2 * coreRadius))
      potential[i] += einsteinRadius * (w - coreRadius - coreRadius * logarithm)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let w = width(dx, dy)
      let h = circularHessian(
        dx, dy, squaredRadius: max(dx * dx + dy * dy, Scalar.smallestSquaredDistance),
        mean: einsteinRadius / (w + coreRadius), convergence: einsteinRadius / (2 * w))
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  @inline(__always)
  private func width(_ dx: Scalar, _ dy: Scalar) -> Scalar {
    Scalar.squareRoot(coreRadius * coreRadius + dx * dx + dy * dy)
  }
}

import LensCore
import LensNumerics

/// Parameters of a multipole: what makes a host boxy, discy, triangular or lopsided.
public struct MultipoleSpec: MassProfileSpec, Equatable {
  public static let kind = "multipole"

  /// m: 1 is lopsided, 3 triangular, 4 boxy or discy.
  public var order = 4
  /// a_m in arcsec: the convergence is a_m cos(m (phi - angle)) / (2 r). May be below 0.
  public var amplitude = 0.01
  /// Of the first maximum, radians counter-clockwise from +x.
  public var angle = 0.0
  /// Radius in arcsec where a multipole of order 1 has no potential; another one moves the source alone.
  public var referenceRadius = 1.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("order", &order, 1...12)
    visitor.number("amplitude", &amplitude, SpecRange(-1e4...1e4, unit: "arcsec"))
    visitor.number("angle", &angle, .angle)
    visitor.number("reference_radius", &referenceRadius, .einsteinRadius)
    visitor.withoutEffect("reference_radius", if: order != 1, "the order is not 1")
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    Multipole<Scalar>(self)
  }
}

/// A multipole of order m with convergence a_m cos(m phi) / (2 r), phi from its angle.
///
/// For m > 1 the potential is r f(phi), f = a_m cos(m phi) / (1 - m^2): the deflection has the radial part f and the tangential part f', and
/// of the second derivatives only the tangential one, (f + f'') / r, is not 0. For m = 1 the potential is (a_1 / 2) x ln(r / r_0).
///
/// Reference: Xu et al. (2013), arXiv:1307.4220, eqs. B11 and B12; order 1 has the potential whose Laplacian is twice the convergence.
public struct Multipole<Scalar: LensScalar>: MassProfile {
  private let frame: EllipseFrame<Scalar>
  private let order: Int
  private let amplitude: Scalar
  /// 1 / (1 - m^2); 0 for m = 1.
  private let share: Scalar
  private let inverseReference: Scalar

  public init(_ spec: MultipoleSpec) {
    frame = EllipseFrame(center: spec.center, positionAngle: spec.angle)
    (order, amplitude) = (spec.order, Scalar(spec.amplitude))
    share = order == 1 ? 0 : 1 / (1 - Scalar(order * order))
    inverseReference = Scalar(1 / spec.referenceRadius)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let (u, v) = localDeflection(x, y)
      let (ax, ay) = frame.sky(u, v)
      deflection.x[i] += ax
      deflection.y[i] += ay
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let r = radius(x, y)
      if order == 1 {
        potential[i] += amplitude / 2 * x * Scalar.log(r * inverseReference)
      } else {
        potential[i] += amplitude * share * r * powers(x / r, y / r).cosine
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let r = radius(x, y)
      let (c, s) = (x / r, y / r)
      let h: (xx: Scalar, xy: Scalar, yy: Scalar)
      if order == 1 {
        let size = amplitude / (2 * r)
        h = frame.sky(
          uu: size * c * (3 - 2 * c * c), uv: size * s * (1 - 2 * c * c), vv: size * c * (1 - 2 * s * s))
      } else {
        let tangential = amplitude * powers(c, s).cosine / r
        h = frame.sky(uu: tangential * s * s, uv: -tangential * c * s, vv: tangential * c * c)
      }
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  @inline(__always)
  private func radius(_ x: Scalar, _ y: Scalar) -> Scalar {
    Scalar.squareRoot(max(x * x + y * y, Scalar.smallestSquaredDistance))
  }

  @inline(__always)
  private func localDeflection(_ x: Scalar, _ y: Scalar) -> (Scalar, Scalar) {
    let r = radius(x, y)
    let (c, s) = (x / r, y / r)
    if order == 1 {
      let half = amplitude / 2
      // A ray that hits the centre is not deflected.
      let isCentre = x == 0 && y == 0
      return (isCentre ? 0 : half * (Scalar.log(r * inverseReference) + c * c), half * c * s)
    }
    // At the centre, where c and s are 0, so is all of it.
    let (cosine, sine) = powers(c, s)
    let (radial, tangential) = (amplitude * share * cosine, -amplitude * share * Scalar(order) * sine)
    return (radial * c - tangential * s, radial * s + tangential * c)
  }

  /// Cosine and sine of m times the angle.
  @inline(__always)
  private func powers(_ c: Scalar, _ s: Scalar) -> (cosine: Scalar, sine: Scalar) {
    var (cosine, sine) = (c, s)
    for _ in 1..<order { (cosine, sine) = (cosine * c - sine * s, cosine * s + sine * c) }
    return (cosine, sine)
  }
}

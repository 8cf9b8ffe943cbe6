import LensCore
import LensNumerics

/// Parameters of an isothermal ellipsoid, singular unless it has a core.
public struct IsothermalEllipsoidSpec: MassProfileSpec, Equatable {
  public static let kind = "sie"

  /// Radius in arcsec of the circle with the area of the ellipse inside which the mean convergence of the
  /// coreless profile is 1.
  public var einsteinRadius = 1.0
  /// In the place of the Einstein radius. A velocity dispersion gives that of the coreless profile, the others belong to the
  /// profile as it is.
  public var given: GivenStrength?
  /// Minor over major axis of the lines of equal convergence.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]
  /// Core radius in arcsec, measured like R in the convergence.
  public var coreRadius = 0.0

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.strength(
      "einstein_radius", &einsteinRadius, .deflection,
      or: [.velocityDispersion, .effectiveEinsteinRadius, .einsteinMass], &given)
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
    visitor.number("core_radius", &coreRadius, .deflection)
  }

  @specialized(where Scalar == Float)
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    IsothermalEllipsoid<Scalar>(self)
  }

  public var peak: [Double]? { center }

  public func resolved(_ setting: StrengthSetting) throws -> IsothermalEllipsoidSpec {
    guard let given else { return self }
    var copy = self
    copy.given = nil
    copy.einsteinRadius =
      try given.ring(setting).map { try copy.strength(for: $0) }
      ?? setting.geometry.einsteinRadius(velocityDispersion: given.value)
    return copy
  }
}

/// An isothermal ellipsoid with convergence theta_E / (2 sqrt(R_c^2 + R^2)), R^2 = q x^2 + y^2 / q.
///
/// In the frame of the axes, with b = theta_E sqrt(q), s = R_c / sqrt(q), f = sqrt(1 - q^2) and
/// w = sqrt(q^2 (s^2 + x^2) + y^2), the deflection is
/// (b / f) (arctan(f x / (w + s)), artanh(f y / (w + q^2 s))).
///
/// f is kept above the root of the rounding unit, where the formula has its circular limit. Without a core, a series
/// (`IsothermalSeries`) takes the place of both functions where few terms are enough.
///
/// Reference: Keeton & Kochanek (1998), ApJ 495, 157, section 2, after Kormann, Schneider & Bartelmann (1994).
public struct IsothermalEllipsoid<Scalar: LensScalar>: MassProfile {
  private let frame: EllipseFrame<Scalar>
  private let b: Scalar
  private let s: Scalar
  private let q: Scalar
  private let q2: Scalar
  private let f: Scalar
  /// Makes the potential zero at the centre.
  private let coreConstant: Scalar
  private let series: IsothermalSeries?

  public init(_ spec: IsothermalEllipsoidSpec) {
    let q = spec.axisRatio
    let rootQ = Double.squareRoot(q)
    frame = EllipseFrame(
      center: spec.center, axisRatio: spec.axisRatio, positionAngle: spec.positionAngle)
    b = Scalar(spec.einsteinRadius * rootQ)
    s = Scalar(spec.coreRadius / rootQ)
    self.q = Scalar(q)
    q2 = Scalar(q * q)
    f = max(Scalar(Double.squareRoot(1 - q * q)), Scalar.squareRoot(Scalar.ulpOfOne))
    let centralTerm = Double.log(max(spec.coreRadius / rootQ * (1 + q), .leastNormalMagnitude))
    coreConstant = Scalar(spec.einsteinRadius * spec.coreRadius * centralTerm)
    series =
      spec.coreRadius > 0
      ? nil
      : IsothermalSeries(
        axisRatio: q, scale: spec.einsteinRadius * rootQ, precision: Double(Scalar.ulpOfOne) / 2)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    addSpecialized(at: position, to: deflection, scratch)
  }

  /// Not inlined: before it chooses a specialization, the caller would look up the types of all these variables.
  @inline(never)
  private func addSpecialized(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>,
    _ scratch: ScratchColumns<Scalar>
  ) {
    let (u, v) = (scratch.a, scratch.b)
    if let series {
      let (frame, q) = (frame, q)
      for i in 0..<position.count {
        let (x, y) = frame.local(position.x[i], position.y[i])
        let inverse = 1 / w(x, y)
        (u[i], v[i]) = (q * x * inverse, y * inverse)
      }
      series.deflect(cosine: u, sine: v, count: position.count)
    } else {
      deflectByFunctions(position, scratch)
    }
    for i in 0..<position.count {
      let (ax, ay) = frame.sky(u[i], v[i])
      deflection.x[i] += ax
      deflection.y[i] += ay
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let w = w(x, y)
      let (u, v) = localDeflection(x, y, w)
      let core = (w + s) * (w + s) + f * f * x * x
      potential[i] += x * u + y * v - b * s * Scalar.log(core) / 2 + coreConstant
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let w = w(x, y)
      let (ws, wq) = (w + s, w + q2 * s)
      let nx = ws * ws + f * f * x * x
      let ny = wq * wq - f * f * y * y
      let h = frame.sky(
        uu: b * (ws - q2 * x * x / w) / nx, uv: -b * x * y / (w * nx), vv: b * (wq - y * y / w) / ny)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  /// Writes the deflection in the frame of the axes to the first two scratch columns.
  @inline(__always)
  private func deflectByFunctions(_ position: VectorColumns<Scalar>, _ scratch: ScratchColumns<Scalar>) {
    let (u, v, w) = (scratch.a, scratch.b, scratch.c)
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      (u[i], v[i], w[i]) = (x, y, self.w(x, y))
    }
    let scale = b / f
    for i in 0..<position.count { u[i] = scale * Scalar.atan(f * u[i], overPositive: w[i] + s) }
    for i in 0..<position.count { v[i] = scale * Scalar.atanh(f * v[i], over: w[i] + q2 * s) }
  }

  @inline(__always)
  private func w(_ x: Scalar, _ y: Scalar) -> Scalar {
    Scalar.squareRoot(max(q2 * (s * s + x * x) + y * y, Scalar.smallestSquaredDistance))
  }

  @inline(__always)
  private func localDeflection(_ x: Scalar, _ y: Scalar, _ w: Scalar) -> (Scalar, Scalar) {
    let scale = b / f
    return (
      scale * Scalar.atan(f * x, overPositive: w + s), scale * Scalar.atanh(f * y, over: w + q2 * s)
    )
  }
}

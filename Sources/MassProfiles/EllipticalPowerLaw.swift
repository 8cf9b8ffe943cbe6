import LensCore
import LensNumerics

/// Parameters of an elliptical power law.
public struct EllipticalPowerLawSpec: MassProfileSpec, Equatable {
  public static let kind = "epl"

  /// Radius in arcsec of the circle with the area of the ellipse inside which the mean convergence is 1.
  public var einsteinRadius = 1.0
  /// In the place of the Einstein radius.
  public var given: GivenStrength?
  /// Of the density in space, which falls as r^-slope: 2 is isothermal.
  public var slope = 2.0
  /// Minor over major axis of the lines of equal convergence.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.strength(
      "einstein_radius", &einsteinRadius, .deflection, or: [.effectiveEinsteinRadius, .einsteinMass], &given)
    visitor.number("slope", &slope, SpecRange(1.1...2.9))
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    EllipticalPowerLaw<Scalar>(self)
  }

  public var peak: [Double]? { center }

  public func resolved(_ setting: StrengthSetting) throws -> EllipticalPowerLawSpec {
    guard let ring = given?.ring(setting) else { return self }
    var copy = self
    copy.given = nil
    copy.einsteinRadius = try copy.strength(for: ring)
    return copy
  }
}

/// An elliptical power law with convergence (3 - slope) / 2 (theta_E / R)^(slope - 1), R^2 = q x^2 + y^2 / q.
///
/// In the frame of the axes, with t = slope - 1, w = sqrt(q^2 x^2 + y^2), b = theta_E sqrt(q), g = (1 - q) / (1 + q) and
/// e^(i eta) = (q x + i y) / w, the deflection is
///
///     2 b / (1 + q) (b / w)^(t - 1) sum_n c_n e^(i (2n + 1) eta),
///     c_0 = 1,    c_n = -g (2n - (2 - t)) / (2n + (2 - t)) c_(n-1),
///
/// the potential (x alpha_x + y alpha_y) / (2 - t), and the shear -kappa e^(2 i phi) + (1 - t) e^(i phi) alpha / r. Terms are summed by
/// Clenshaw's recurrence, as `IsothermalSeries` does, until the next is below a rounding: 24 of Float and 52 bits take 7 and 15 for
/// q = 0.8, and 140 and 330 for q = 0.05.
///
/// Reference: Tessore & Metcalf (2015), A&A 580, A79, eqs. 13, 15, 17, 23 and 28.
public struct EllipticalPowerLaw<Scalar: LensScalar>: MassProfile {
  private let frame: EllipseFrame<Scalar>
  private let b: Scalar
  private let q: Scalar
  private let t: Scalar
  /// With the factor in front of the sum.
  private let terms: [Scalar]

  public init(_ spec: EllipticalPowerLawSpec) {
    let (q, t) = (spec.axisRatio, spec.slope - 1)
    frame = EllipseFrame(center: spec.center, axisRatio: q, positionAngle: spec.positionAngle)
    let b = spec.einsteinRadius * Double.squareRoot(q)
    (self.b, self.q, self.t) = (Scalar(b), Scalar(q), Scalar(t))
    let ratio = (1 - q) / (1 + q)
    var (term, terms) = (1.0, [Scalar(2 * b / (1 + q))])
    // What is left out is at most 1 / (1 - g) of the first term of it.
    while abs(term) > (1 - ratio) * Double(Scalar.ulpOfOne) / 4, ratio > 0 {
      let n = 2 * Double(terms.count)
      term *= -ratio * (n - (2 - t)) / (n + (2 - t))
      terms.append(Scalar(2 * b / (1 + q) * term))
    }
    self.terms = terms
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    let (u, v) = (scratch.a, scratch.b)
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let inverse = 1 / w(x, y)
      (u[i], v[i]) = (q * x * inverse, y * inverse)
      scratch.c[i] = inverse
    }
    if t == 1 {
      for i in 0..<position.count { scratch.c[i] = 1 }
    } else {
      for i in 0..<position.count { scratch.c[i] = Scalar.power(b * scratch.c[i], t - 1) }
    }
    sumSeries(u, v, count: position.count)
    for i in 0..<position.count {
      let (ax, ay) = frame.sky(scratch.c[i] * u[i], scratch.c[i] * v[i])
      deflection.x[i] += ax
      deflection.y[i] += ay
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let (u, v) = localDeflection(x, y)
      potential[i] += (x * u + y * v) / (2 - t)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let (u, v) = localDeflection(x, y)
      let convergence = (2 - t) / 2 * Scalar.power(b / w(x, y), t)
      let squared = max(x * x + y * y, Scalar.smallestSquaredDistance)
      // e^(2 i phi) and e^(i phi) alpha / r.
      let (cosine, sine) = ((x * x - y * y) / squared, 2 * x * y / squared)
      let (real, imaginary) = ((x * u - y * v) / squared, (x * v + y * u) / squared)
      let shear1 = (1 - t) * real - convergence * cosine
      let shear2 = (1 - t) * imaginary - convergence * sine
      let h = frame.sky(uu: convergence + shear1, uv: shear2, vv: convergence - shear1)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  @inline(__always)
  private func w(_ x: Scalar, _ y: Scalar) -> Scalar {
    Scalar.squareRoot(max(q * q * x * x + y * y, Scalar.smallestSquaredDistance))
  }

  @inline(__always)
  private func localDeflection(_ x: Scalar, _ y: Scalar) -> (Scalar, Scalar) {
    let w = w(x, y)
    let (cosine, sine) = (q * x / w, y / w)
    let (first, second) = sums(2 - 4 * sine * sine)
    let power = Scalar.power(b / w, t - 1)
    return (power * cosine * (first - second), power * sine * (first + second))
  }

  /// The last two numbers of Clenshaw's recurrence, for 2 cos 2 eta.
  @inline(__always)
  private func sums(_ twice: Scalar) -> (Scalar, Scalar) {
    var (first, second) = (Scalar.zero, Scalar.zero)
    for term in terms.reversed() { (first, second) = (term + (twice * first - second), first) }
    return (first, second)
  }

  /// Replaces cos eta and sin eta by the sum of the series.
  @inline(__always)
  private func sumSeries(_ cosine: Column<Scalar>, _ sine: Column<Scalar>, count: Int) {
    // Sixteen rays at once: the recurrence of a single one would wait for itself at every term.
    for start in stride(from: 0, to: count, by: 16) {
      let lanes = min(16, count - start)
      var twice = SIMD16<Scalar>.zero
      for k in 0..<lanes { twice[k] = 2 - 4 * sine[start + k] * sine[start + k] }
      var (first, second) = (SIMD16<Scalar>.zero, SIMD16<Scalar>.zero)
      for n in stride(from: terms.count - 1, through: 0, by: -1) {
        (first, second) = (SIMD16(repeating: terms[n]) + (twice * first - second), first)
      }
      for k in 0..<lanes {
        cosine[start + k] *= first[k] - second[k]
        sine[start + k] *= first[k] + second[k]
      }
    }
  }
}

extension EllipticalPowerLawSpec: EllipticalHost {
  /// theta_E^t R^(2 - t), the integral of 2 R kappa.
  func enclosedMass(_ radius: Double) -> Double {
    Double.power(einsteinRadius, slope - 1) * Double.power(radius, 3 - slope)
  }

  /// The ring of this host; nil without a strength.
  public func ring() throws -> LensRing? {
    if einsteinRadius == 0 { return nil }
    if slope == 2 || axisRatio == 1 { return LensRing(radius: einsteinRadius) }
    return HostCriticalCurve(self, guess: einsteinRadius)?.ring
  }

  /// The Einstein radius for which the host has a ring: its curve grows in proportion to it.
  ///
  /// - Throws: `NumericalError.noSolution` if no curve is found.
  func strength(for wanted: WantedRing) throws -> Double {
    var unit = self
    unit.einsteinRadius = 1
    guard let ring = try unit.ring() else {
      throw NumericalError.noSolution(
        quantity: "critical curve", context: "of a power law with slope \(specNumber(slope))")
    }
    return switch wanted {
    case .einsteinRadius(let radius): radius / ring.einsteinRadius
    case .massRadius(let radius): radius / ring.massRadius
    }
  }
}

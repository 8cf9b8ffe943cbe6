import LensCore
import LensNumerics

/// Parameters of a spherical Navarro-Frenk-White halo with a smooth truncation.
public struct TruncatedNavarroFrenkWhiteSpec: MassProfileSpec, Equatable {
  public static let kind = "truncated_nfw"

  /// Arcsec.
  public var scaleRadius = 0.1
  /// Deflection at the scale radius of the same halo without truncation, in arcsec.
  public var deflectionAtScaleRadius = 0.01
  /// In the place of the deflection, and a virial mass also in that of the scale radius.
  public var given: GivenStrength?
  /// c_200, with a virial mass.
  public var concentration: Double?
  /// Radius beyond which the density falls by a further factor r^2, in arcsec.
  public var truncationRadius = 0.5
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.halo(
      scaleRadius: &scaleRadius, .scaleRadius, deflection: &deflectionAtScaleRadius,
      concentration: &concentration, or: [.virialMass], &given)
    visitor.number("truncation_radius", &truncationRadius, SpecRange(1e-9...1e12))
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    TruncatedNavarroFrenkWhite<Scalar>(self)
  }

  public var peak: [Double]? { center }

  public func resolved(_ setting: StrengthSetting) throws -> TruncatedNavarroFrenkWhiteSpec {
    guard let given else { return self }
    var copy = self
    (copy.scaleRadius, copy.deflectionAtScaleRadius) = try given.halo(concentration, setting)
    (copy.given, copy.concentration) = (nil, nil)
    return copy
  }

  public var smallHalo: SmallHaloSpec? { .truncated(self) }
}

/// A Navarro-Frenk-White halo whose density is multiplied by tau^2 / (tau^2 + x^2), tau = r_t / r_s.
///
/// Deflection A m(x) / x with the projected mass m of Baltz et al., eq. A.10, regrouped so that nothing cancels
/// at small x. The potential is the deflection's integral by two Gauss-Legendre rules in ln x, which cost 128 deflections.
///
/// Reference: Baltz, Marshall & Oguri (2009), JCAP 01, 015, eqs. A.4 to A.10 (n = 1).
public struct TruncatedNavarroFrenkWhite<Scalar: LensScalar>: CircularMassProfile {
  private typealias Functions = NavarroFrenkWhiteFunctions<Scalar>

  public let centreX: Scalar
  public let centreY: Scalar
  private let inverseScale: Scalar
  private let tau: Scalar
  private let inverseTau: Scalar
  /// A tau^2 / (r_s (tau^2 + 1)^2).
  private let strength: Scalar
  private let potentialScale: Scalar

  @specialized(where Scalar == Float)
  public init(_ spec: TruncatedNavarroFrenkWhiteSpec) {
    let tau = spec.truncationRadius / spec.scaleRadius
    let amplitude = spec.deflectionAtScaleRadius / (1 + Double.log(0.5))
    let truncation = tau * tau / ((tau * tau + 1) * (tau * tau + 1))
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    inverseScale = Scalar(1 / spec.scaleRadius)
    self.tau = Scalar(tau)
    inverseTau = Scalar(1 / tau)
    strength = Scalar(amplitude * truncation / spec.scaleRadius)
    potentialScale = Scalar(amplitude * truncation * spec.scaleRadius)
  }

  /// Arcsec.
  public var scaleRadius: Scalar { 1 / inverseScale }

  /// What the deflection at the scale radius would be without the truncation, arcsec.
  public var deflectionAtScaleRadius: Scalar {
    let truncation = tau * tau / ((tau * tau + 1) * (tau * tau + 1))
    return strength * scaleRadius / truncation * (1 + Scalar(Double.log(0.5)))
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      scratch.a[i] = scaled(position.x[i] - centreX, position.y[i] - centreY)
    }
    fillMeanConvergence(scratch.b, atRadius: scratch.a, count: position.count, scratch)
    for i in 0..<position.count {
      deflection.x[i] += scratch.b[i] * (position.x[i] - centreX)
      deflection.y[i] += scratch.b[i] * (position.y[i] - centreY)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func fillMeanConvergence(
    _ mean: Column<Scalar>, squaredRadius: Column<Scalar>, count: Int, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<count {
      scratch.a[i] =
        Scalar.squareRoot(max(squaredRadius[i], Scalar.smallestSquaredDistance)) * inverseScale
    }
    fillMeanConvergence(mean, atRadius: scratch.a, count: count, scratch)
  }

  /// The same for radii in scale radii; uses the scratch columns c to f.
  @inline(__always)
  private func fillMeanConvergence(
    _ mean: Column<Scalar>, atRadius radius: Column<Scalar>, count: Int, _ scratch: ScratchColumns<Scalar>
  ) {
    let (sum, excess, difference, unbounded) = (scratch.c, scratch.d, scratch.e, scratch.f)
    for i in 0..<count { (sum[i], excess[i]) = sumAndExcess(radius[i]) }
    for i in 0..<count {
      let x = radius[i]
      let (ratio, root, rest) = ratioRootAndDifference(x, sum: sum[i], excess: excess[i])
      (mean[i], unbounded[i], difference[i]) = (ratio, root, rest)
    }
    for i in 0..<count { unbounded[i] = Functions.mass(radius[i], ratio: mean[i], root: unbounded[i]) }
    for i in 0..<count { mean[i] = innerLogarithm(radius[i], sum: sum[i]) }
    let outer = sum
    for i in 0..<count { outer[i] = outerLogarithm(sum: sum[i], excess: excess[i]) }
    for i in 0..<count {
      let x = radius[i]
      let mass = mass(
        unbounded: unbounded[i], difference: difference[i], inner: mean[i], outer: outer[i], excess: excess[i]
      )
      mean[i] = strength * mass / (x * x)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    let rule = GaussLegendreRule.order64
    for i in 0..<position.count {
      let x = scaled(position.x[i] - centreX, position.y[i] - centreY)
      // With t = x exp(-s) the integrand m(t) / t dt is m ds, which changes as slowly as m does with ln t; at the end m
      // has fallen as t^2 below rounding.
      let range = Scalar.log(max(x, 1)) + 18.5
      var integral: Scalar = 0
      // Twice the rule: singularities lie no farther than pi / 2 from the real axis.
      for start in [0, 0.5] {
        for (node, weight) in zip(rule.nodes, rule.weights) {
          integral += Scalar(weight / 2) * range * mass(x * Scalar.exp(-range * Scalar(start + node / 2)))
        }
      }
      potential[i] += potentialScale * integral
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      let x = scaled(dx, dy)
      let (_, ratio, _) = Functions.angle(x)
      let h = circularHessian(
        dx, dy, squaredRadius: x * x / (inverseScale * inverseScale),
        mean: strength * mass(x) / (x * x),
        convergence: strength * surfaceDensity(x, ratio: ratio) / 2)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  /// m(x) (tau^2 + 1)^2 / tau^2.
  @inline(__always)
  private func mass(_ x: Scalar) -> Scalar {
    let (sum, excess) = sumAndExcess(x)
    let (ratio, root, difference) = ratioRootAndDifference(x, sum: sum, excess: excess)
    return mass(
      unbounded: Functions.mass(x, ratio: ratio, root: root), difference: difference,
      inner: innerLogarithm(x, sum: sum), outer: outerLogarithm(sum: sum, excess: excess), excess: excess)
  }

  /// - Parameter unbounded: The mass of the halo without truncation, h(x).
  @inline(__always)
  private func mass(
    unbounded: Scalar, difference: Scalar, inner l: Scalar, outer: Scalar, excess: Scalar
  ) -> Scalar {
    (tau * tau - 1) * (unbounded - outer + excess * inverseTau * l) + difference
  }

  /// sqrt(tau^2 + x^2) + tau, and the same with a minus without cancellation.
  @inline(__always)
  private func sumAndExcess(_ x: Scalar) -> (sum: Scalar, excess: Scalar) {
    let sum = Scalar.squareRoot(tau * tau + x * x) + tau
    return (sum, x * x / sum)
  }

  /// F(x), sqrt|1 - x^2| and 2 x^2 F(x) - pi (sqrt(tau^2 + x^2) - tau).
  @inline(__always)
  private func ratioRootAndDifference(_ x: Scalar, sum: Scalar, excess: Scalar) -> (
    ratio: Scalar, root: Scalar, difference: Scalar
  ) {
    let (angle, complement, w) = Functions.angles(x)
    let (inverse, x2, root) = (1 / w, x * x, sum - tau)
    let ratio = angle * inverse
    let direct = 2 * x2 * ratio - Scalar.pi * excess
    // Far out both terms are pi x; with F = (pi/2 - arcsin(1/x)) / w that part drops out.
    let far =
      (Scalar.pi * (tau * tau + (1 - tau * tau) * x2) / (x2 + w * root) - 2 * x2 * complement) * inverse
      + Scalar.pi * tau
    return (ratio, w, x > 2 ? far : direct)
  }

  /// ln(x / (sqrt(tau^2 + x^2) + tau)), whose numbers hardly differ far out.
  @inline(__always)
  private func innerLogarithm(_ x: Scalar, sum: Scalar) -> Scalar {
    Scalar.log(x, over: sum, difference: -(tau + tau * tau / (x + (sum - tau))))
  }

  /// ln((sqrt(tau^2 + x^2) + tau) / (2 tau)).
  @inline(__always)
  private func outerLogarithm(sum: Scalar, excess: Scalar) -> Scalar {
    Scalar.log(sum, over: 2 * tau, difference: excess)
  }

  /// Twice the convergence over A / r_s, times (tau^2 + 1)^2 / tau^2 (Baltz et al., eq. A.8).
  @inline(__always)
  private func surfaceDensity(_ x: Scalar, ratio: Scalar) -> Scalar {
    let sum = sumAndExcess(x).sum
    let (root, l) = (sum - tau, innerLogarithm(x, sum: sum))
    return (tau * tau + 1) * Functions.surfaceDensity(x, ratio: ratio) + 2 * ratio - Scalar.pi / root
      + (tau * tau - 1) / (tau * root) * l
  }

  @inline(__always)
  private func scaled(_ dx: Scalar, _ dy: Scalar) -> Scalar {
    Scalar.squareRoot(max(dx * dx + dy * dy, Scalar.smallestSquaredDistance)) * inverseScale
  }
}

import LensCore
import LensNumerics

/// Parameters of an elliptical Sersic profile.
public struct SersicSpec: LightProfileSpec, Equatable {
  public static let kind = "sersic"

  /// Surface brightness at the effective radius.
  public var intensity = 1.0
  /// Arcsec, measured like R = sqrt(q x^2 + y^2 / q).
  public var effectiveRadius = 0.5
  public var sersicIndex = 1.0
  /// Minor over major axis of the isophotes.
  public var axisRatio = 1.0
  /// Of the major axis, radians counter-clockwise from +x.
  public var positionAngle = 0.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]
  public var coefficient = SersicCoefficient.halfLight

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("intensity", &intensity, .brightness)
    visitor.number("effective_radius", &effectiveRadius, .length)
    visitor.number("sersic_index", &sersicIndex, SpecRange(0.36...10))
    visitor.number("axis_ratio", &axisRatio, .axisRatio)
    visitor.number("position_angle", &positionAngle, .angle)
    visitor.numbers("center", &center, .position)
    visitor.choice("coefficient", &coefficient)
  }

  @specialized(where Scalar == Float)
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar> {
    Sersic<Scalar>(self)
  }

  /// 2 pi n I_e R_e^2 e^b b^(-2n) Gamma(2n) (Graham & Driver 2005, PASA 22, 118, eq. 2).
  public var totalFlux: Double {
    let (n, b) = (sersicIndex, coefficient.value(sersicIndex: sersicIndex))
    let logarithm = b - 2 * n * Double.log(b) + logGamma(2 * n)
    return 2 * Double.pi * n * intensity * effectiveRadius * effectiveRadius * Double.exp(logarithm)
  }
}

/// The Sersic profile I_e exp(-b ((R / R_e)^(1/n) - 1)).
///
/// Reference: Sersic (1968), as in Graham & Driver (2005), PASA 22, 118, eq. 1.
public struct Sersic<Scalar: LensScalar>: LightProfile {
  private let frame: EllipseFrame<Scalar>
  /// q / R_e^2 and 1 / (q R_e^2).
  private let squaredScaleX: Scalar
  private let squaredScaleY: Scalar
  private let halfExponent: Scalar
  /// How many square roots make (R / R_e)^(1/n) of (R / R_e)^2; nil for a power by logarithm and exponential.
  private let squareRoots: Int?
  /// b / ln 2, because powers of 2 are cheaper than powers of e.
  private let b: Scalar
  private let intensity: Scalar

  public init(_ spec: SersicSpec) {
    frame = EllipseFrame(
      center: spec.center, axisRatio: spec.axisRatio, positionAngle: spec.positionAngle)
    let squaredRadius = spec.effectiveRadius * spec.effectiveRadius
    squaredScaleX = Scalar(spec.axisRatio / squaredRadius)
    squaredScaleY = Scalar(1 / (spec.axisRatio * squaredRadius))
    halfExponent = Scalar(0.5 / spec.sersicIndex)
    squareRoots =
      switch spec.sersicIndex {
      case 0.5: 0
      case 1: 1
      case 2: 2
      case 4: 3
      default: nil
      }
    b = Scalar(spec.coefficient.value(sersicIndex: spec.sersicIndex) / Double.log(2))
    intensity = Scalar(spec.intensity)
  }

  public var isPointSymmetric: Bool { frame.isAtOrigin }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBrightness(
    at position: VectorColumns<Scalar>, to brightness: Column<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    let power = scratch.a
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      power[i] = x * x * squaredScaleX + y * y * squaredScaleY
    }
    guard let squareRoots else {
      for i in 0..<position.count { power[i] = halfExponent * Scalar.log2(power[i]) }
      for i in 0..<position.count { power[i] = Scalar.exp2(power[i]) }
      return addBrightness(of: power, to: brightness, position.count)
    }
    for _ in 0..<squareRoots {
      for i in 0..<position.count { power[i] = Scalar.squareRoot(power[i]) }
    }
    addBrightness(of: power, to: brightness, position.count)
  }

  /// - Parameter power: (R / R_e)^(1/n).
  @inline(__always)
  private func addBrightness(of power: Column<Scalar>, to brightness: Column<Scalar>, _ count: Int) {
    // The least normal number is what `exp2` gives where there is no light.
    for i in 0..<count {
      brightness[i] += intensity * (Scalar.exp2(b - b * power[i]) - Scalar.leastNormalMagnitude)
    }
  }
}

import LensCore
import LensNumerics

/// How the coefficient b of the Sersic profile follows from the index n.
public enum SersicCoefficient: String, CaseIterable, Sendable {
  /// b = 2n - 1/3 + 4/(405n) + 46/(25515n^2) + ...: the effective radius holds half the light, to 1e-6.
  case halfLight = "half_light"
  /// b = 1.9992n - 0.3271, a linear fit for 0.5 < n < 10 (Capaccioli 1989), as lenstronomy has it.
  case linear

  /// Reference for `halfLight`: Ciotti & Bertin (1999), A&A 352, 447, eq. 18.
  func value(sersicIndex n: Double) -> Double {
    switch self {
    case .linear: return 1.9992 * n - 0.3271
    case .halfLight:
      let inverse = 1 / n
      let terms = inverse * (4 / 405 + inverse * (46 / 25515 + inverse * (131 / 1_148_175 - inverse * 2_194_697 / 30_690_717_750)))
      return 2 * n - 1 / 3 + terms
    }
  }
}

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
    visitor.number("intensity", &intensity, .nonNegative)
    visitor.number("effective_radius", &effectiveRadius, .positive)
    visitor.number("sersic_index", &sersicIndex, SpecRange(0.36...10))
    visitor.number("axis_ratio", &axisRatio, SpecRange(0.05...1))
    visitor.number("position_angle", &positionAngle, SpecRange(-100...100))
    visitor.numbers("center", &center, .finite)
    visitor.choice("coefficient", &coefficient)
  }

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
  private let axisRatio: Scalar
  private let inverseAxisRatio: Scalar
  private let inverseSquaredRadius: Scalar
  private let halfExponent: Scalar
  private let b: Scalar
  private let intensity: Scalar

  public init(_ spec: SersicSpec) {
    frame = EllipseFrame(center: spec.center, positionAngle: spec.positionAngle)
    axisRatio = Scalar(spec.axisRatio)
    inverseAxisRatio = Scalar(1 / spec.axisRatio)
    inverseSquaredRadius = Scalar(1 / (spec.effectiveRadius * spec.effectiveRadius))
    halfExponent = Scalar(0.5 / spec.sersicIndex)
    b = Scalar(spec.coefficient.value(sersicIndex: spec.sersicIndex))
    intensity = Scalar(spec.intensity)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBrightness(at position: VectorColumns<Scalar>, to brightness: Column<Scalar>) {
    for i in 0..<position.count {
      let (x, y) = frame.local(position.x[i], position.y[i])
      let squared = (axisRatio * x * x + inverseAxisRatio * y * y) * inverseSquaredRadius
      brightness[i] += intensity * Scalar.exp(b - b * Scalar.power(squared, halfExponent))
    }
  }
}

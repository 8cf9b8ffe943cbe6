import LensCore
import LensNumerics

/// Parameters of a soliton, the core of a halo of ultra-light dark matter.
public struct SolitonSpec: SphericalHaloSpec, Equatable {
  public static let kind = "soliton"

  /// In projection at the centre.
  public var centralConvergence = 0.1
  /// In the place of the central convergence.
  public var given: GivenStrength?
  /// Where the density is half of that at the centre, arcsec.
  public var coreRadius = 0.1
  /// The density's power of 1 + a r^2, without its sign; 8 is that of simulated solitons.
  public var slope = 8.0
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.strength(
      "central_convergence", &centralConvergence, SpecRange(0...1e6), or: .ofSphere + [.mass], &given)
    visitor.number("core_radius", &coreRadius, .tabulatedScaleRadius)
    visitor.number("slope", &slope, SpecRange(2...20))
    visitor.numbers("center", &center, .position)
  }

  var density: SolitonDensity { SolitonDensity(slope: slope) }
  var scaleRadius: Double { coreRadius }

  /// From the mass inside x = r / r_c, kappa_0 (1 - (1 + a x^2)^(3/2 - s)) / ((s - 3/2) a).
  var deflectionAtScaleRadius: Double {
    get { centralConvergence * deflectionOfUnit }
    set { centralConvergence = newValue / deflectionOfUnit }
  }

  private var deflectionOfUnit: Double {
    coreRadius * wholeMass * (1 - Double.exp((1.5 - slope) / slope * Double.log(2)))
  }

  /// Over pi kappa_0 r_c^2.
  private var wholeMass: Double { 1 / ((slope - 1.5) * density.curvature) }

  public var totalMassRadius: Double? { coreRadius * Double.squareRoot(centralConvergence * wholeMass) }

  public func resolved(_ setting: StrengthSetting) throws -> SolitonSpec {
    guard let given, given.kind == .mass else { return try sphereResolved(setting) }
    var copy = self
    copy.given = nil
    let radius = setting.einsteinRadius(ofMass: given.value) / coreRadius
    copy.centralConvergence = radius * radius / wholeMass
    return copy
  }
}

/// Density proportional to (1 + a x^2)^-s, x = r / r_c and a = 2^(1/s) - 1.
///
/// Reference: Schive et al. (2014), Nature Physics 10, 496, eq. 3, whose a is 0.091 for s = 8.
struct SolitonDensity: SphericalDensity {
  let slope: Double

  var curvature: Double { Double.exp(Double.log(2) / slope) - 1 }

  var shape: [Double] { [slope] }
  var reach: Double { max(1, 1 / Double.squareRoot(curvature)) }

  func value(at x: Double) -> Double { Double.exp(-slope * Double.log(1 + curvature * x * x)) }
}

import LensCore
import LensNumerics

/// Parameters of a profile that is its density: a size, a strength at that size, and what its shape depends on.
protocol SphericalHaloSpec: MassProfileSpec {
  associatedtype Density: SphericalDensity
  /// Arcsec.
  var scaleRadius: Double { get }
  /// Deflection at the scale radius, in arcsec.
  var deflectionAtScaleRadius: Double { get set }
  var given: GivenStrength? { get set }
  var center: [Double] { get }
  var density: Density { get }
}

extension [StrengthKind] {
  /// Of spheres whose ring is where their mean convergence is one.
  static let ofSphere: Self = [.effectiveEinsteinRadius, .einsteinMass]
}

extension SpecVisitor {
  /// Strength and size of a spherical halo, in arcsec.
  func sphere(
    scaleRadius: inout Double, deflection: inout Double, or kinds: [StrengthKind] = .ofSphere,
    _ given: inout GivenStrength?
  ) {
    strength("deflection_at_scale_radius", &deflection, .deflection, or: kinds, &given)
    number("scale_radius", &scaleRadius, .tabulatedScaleRadius)
  }
}

extension SphericalHaloSpec {
  public var peak: [Double]? { center }
  public var smallHalo: SmallHaloSpec? { .sphere(SphereSpec(self)) }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    SphericalHalo<Scalar>(self)
  }

  public func resolved(_ setting: StrengthSetting) throws -> Self { try sphereResolved(setting) }

  /// With the strength for which the mean convergence is one at the ring that is wanted.
  func sphereResolved(_ setting: StrengthSetting) throws -> Self {
    guard let given, let wanted = given.ring(setting) else { return self }
    var copy = self
    copy.given = nil
    copy.deflectionAtScaleRadius = 1
    let radius = wanted.radius
    let deflection = SphericalHalo<Double>(copy).deflection(at: radius)
    copy.deflectionAtScaleRadius = radius / deflection
    return copy
  }
}

/// A spherical density, read from a table.
///
/// Relative errors of deflection, potential and second derivatives in Double below 1e-10 from 1e-6 scale radii on (`MassReferenceTests`,
/// `SphericalTableTests`), of the deflection in Float below 3e-6 (`FloatDeflectionTests`).
package struct SphericalHalo<Scalar: LensScalar>: CircularMassProfile {
  package let centreX: Scalar
  package let centreY: Scalar
  private let table: SphericalTable<Scalar>
  /// 1 / r_s^2.
  private let inverseSquare: Scalar
  /// Of the mean convergence: the deflection at r_s over r_s.
  private let strength: Scalar
  /// Arcsec.
  package var deflectionAtScaleRadius: Scalar { strength / Scalar.squareRoot(inverseSquare) }
  private let potentialScale: Scalar

  init(_ spec: some SphericalHaloSpec) {
    (centreX, centreY) = (Scalar(spec.center[0]), Scalar(spec.center[1]))
    inverseSquare = Scalar(1 / (spec.scaleRadius * spec.scaleRadius))
    strength = Scalar(spec.deflectionAtScaleRadius / spec.scaleRadius)
    potentialScale = Scalar(spec.deflectionAtScaleRadius * spec.scaleRadius)
    table = SphericalTables.table(spec.density)
  }

  /// At a distance from the centre, arcsec.
  func deflection(at radius: Double) -> Double {
    withExtendedLifetime(table) {
      Double(strength * place(Scalar(radius * radius) * inverseSquare).mean(table.numbers)) * radius
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    withExtendedLifetime(table) {
      let numbers = table.numbers
      for i in 0..<position.count {
        let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
        let mean = strength * place((dx * dx + dy * dy) * inverseSquare).mean(numbers)
        deflection.x[i] += mean * dx
        deflection.y[i] += mean * dy
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    withExtendedLifetime(table) {
      let numbers = table.numbers
      for i in 0..<position.count {
        let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
        potential[i] += potentialScale * place((dx * dx + dy * dy) * inverseSquare).potential(numbers)
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    withExtendedLifetime(table) {
      let numbers = table.numbers
      for i in 0..<position.count {
        let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
        let squared = max(dx * dx + dy * dy, Scalar.smallestSquaredDistance)
        let place = place(squared * inverseSquare)
        let h = circularHessian(
          dx, dy, squaredRadius: squared, mean: strength * place.mean(numbers),
          convergence: strength * place.convergence(numbers))
        hessian.xx[i] += h.xx
        hessian.xy[i] += h.xy
        hessian.yy[i] += h.yy
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func fillMeanConvergence(
    _ mean: Column<Scalar>, squaredRadius: Column<Scalar>, count: Int, scratch: ScratchColumns<Scalar>
  ) {
    withExtendedLifetime(table) {
      let numbers = table.numbers
      for i in 0..<count { mean[i] = strength * place(squaredRadius[i] * inverseSquare).mean(numbers) }
    }
  }

  @inline(__always)
  private func place(_ squared: Scalar) -> SphericalPlace<Scalar> { SphericalPlace(squared) }
}

/// A place in a table.
private struct SphericalPlace<Scalar: LensScalar> {
  private typealias Table = SphericalTable<Scalar>

  /// The bin's first number in the table.
  private let start: Int
  /// Within the bin, from -1 to 1.
  private let t: Scalar
  private let half: Scalar
  private let squared: Scalar

  @inline(__always)
  init(_ squared: Scalar) {
    self.squared = squared
    // In this order what is no number is the lowest, and has a place in the table; results are no numbers by the position.
    let inside = min(Table.highest.nextDown, max(Table.lowest, squared))
    let exponent = Int(inside.exponent)
    let place = (inside.significand - 1) * Scalar(Table.binsPerOctave)
    let bin = Int(place)
    start = ((exponent - Table.exponents.lowerBound) * Table.binsPerOctave + bin) * Table.numbersPerBin
    t = 2 * (place - Scalar(bin)) - 1
    half = Scalar(sign: .plus, exponent: inside.exponent, significand: 1) / Scalar(2 * Table.binsPerOctave)
  }

  /// What is outside the table has the mass of its end, or the convergence of its middle.
  @inline(__always)
  private var beyond: Scalar { squared > Table.highest ? Table.highest / squared : 1 }

  @inline(__always)
  func mean(_ numbers: Column<Scalar>) -> Scalar { polynomial(numbers, start) * beyond }

  @inline(__always)
  func convergence(_ numbers: Column<Scalar>) -> Scalar {
    let inside = squared >= Table.lowest && squared <= Table.highest
    return inside
      ? polynomial(numbers, start + Table.terms) : squared > Table.highest ? 0 : polynomial(numbers, start)
  }

  /// Half the integral of the mean.
  @inline(__always)
  func potential(_ numbers: Column<Scalar>) -> Scalar {
    if squared < Table.lowest { return polynomial(numbers, start) * squared / 2 }
    var sum: Scalar = 0
    // Of t^power from -1 to t.
    var (power, sign): (Scalar, Scalar) = (t, -1)
    for k in 0..<Table.terms {
      sum += numbers[start + k] * (power - sign) / Scalar(k + 1)
      (power, sign) = (power * t, -sign)
    }
    let inside = numbers[start + 2 * Table.terms] + sum * half / 2
    guard squared > Table.highest else { return inside }
    return inside + polynomial(numbers, start) * Table.highest / 2 * Scalar.log(squared / Table.highest)
  }

  @inline(__always)
  private func polynomial(_ numbers: Column<Scalar>, _ start: Int) -> Scalar {
    var value = numbers[start + Table.terms - 1]
    for k in stride(from: Table.terms - 2, through: 0, by: -1) { value = value * t + numbers[start + k] }
    return value
  }
}

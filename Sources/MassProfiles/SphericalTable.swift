import LensCore
import LensNumerics
import Synchronization

/// The functions of a spherical profile by the square u of the radius over the scale radius: polynomials in u in each of four
/// bins per octave, with the mean convergence inside the scale radius as the unit.
///
/// The potential's are those of half the integral of the mean. Nearer to the centre than 1e-7 scale radii the mean convergence is that there; beyond a
/// million scale radii all mass is inside.
///
/// Unchecked, since the numbers are written by `init` alone.
final class SphericalTable<Scalar: LensScalar>: @unchecked Sendable {
  /// Of each bin the powers of the mean and of the convergence, and the potential at its lower end.
  private let storage: ColumnStorage<Scalar>

  /// Valid while the table is alive.
  var numbers: Column<Scalar> { storage.column }

  static var terms: Int { 9 }
  static var numbersPerBin: Int { 2 * terms + 1 }
  static var binsPerOctave: Int { 4 }
  static var exponents: Range<Int> { -46..<40 }
  /// Of u.
  static var lowest: Scalar {
    Scalar(sign: .plus, exponent: Scalar.Exponent(exponents.lowerBound), significand: 1)
  }
  static var highest: Scalar {
    Scalar(sign: .plus, exponent: Scalar.Exponent(exponents.upperBound), significand: 1)
  }

  init(_ density: some SphericalDensity) {
    let projection = SphericalProjection(density)
    let unit = 1 / projection.mean(1)
    let nodes = ChebyshevFit.nodes(Self.terms)
    let bins = Self.exponents.count * Self.binsPerOctave
    storage = ColumnStorage(count: bins * Self.numbersPerBin, repeating: 0)
    var potential = 0.0
    for bin in 0..<bins {
      let (lower, half) = Self.place(of: bin)
      let radii = nodes.map { Double.squareRoot(lower + half * ($0 + 1)) }
      let mean = Self.powers(radii.map { unit * projection.mean($0) })
      let convergence = Self.powers(radii.map { unit * projection.convergence($0) })
      if bin == 0 { potential = Self.inside(lower, mean, half) }
      let start = bin * Self.numbersPerBin
      for power in 0..<Self.terms {
        storage.column[start + power] = Scalar(mean[power])
        storage.column[start + Self.terms + power] = Scalar(convergence[power])
      }
      storage.column[start + 2 * Self.terms] = Scalar(potential)
      potential += Self.rise(mean, half)
    }
  }

  private static func powers(_ values: [Double]) -> [Double] {
    ChebyshevFit.powers(ChebyshevFit.coefficients(values))
  }

  /// The potential at the first bin's lower end: the mean goes on towards the centre as a power of u.
  private static func inside(_ lower: Double, _ mean: [Double], _ half: Double) -> Double {
    // In powers of t: the middle's value and slope, and the value at t = -1.
    let exponent = mean[1] / mean[0] * (lower + half) / half
    let atLower = mean.enumerated().reduce(0) { $0 + ($1.offset % 2 == 0 ? $1.element : -$1.element) }
    return lower * atLower / (2 * (1 + exponent))
  }

  /// By how much the potential, whose derivative is half the mean, rises in a bin.
  private static func rise(_ mean: [Double], _ half: Double) -> Double {
    stride(from: 0, to: terms, by: 2).reduce(0) { $0 + half * mean[$1] / Double($1 + 1) }
  }

  /// The lower end of a bin in u, and half its width.
  private static func place(of bin: Int) -> (lower: Double, half: Double) {
    let octave = Double(sign: .plus, exponent: exponents.lowerBound + bin / binsPerOctave, significand: 1)
    let width = octave / Double(binsPerOctave)
    return (octave + Double(bin % binsPerOctave) * width, width / 2)
  }
}

/// Tables by their densities: scenes of one population often differ in nothing that a table depends on, and one takes some milliseconds.
///
/// What is read from a table does not depend on whether it was kept.
enum SphericalTables {
  private struct Key: Hashable, Sendable {
    let kind: ObjectIdentifier
    let shape: [Double]
  }

  private static let most = 64
  private static let floats = Mutex<[Key: SphericalTable<Float>]>([:])
  private static let doubles = Mutex<[Key: SphericalTable<Double>]>([:])

  static func table<Scalar: LensScalar>(_ density: some SphericalDensity) -> SphericalTable<Scalar> {
    if Scalar.self == Float.self, let table = kept(density, floats) as? SphericalTable<Scalar> {
      return table
    }
    if Scalar.self == Double.self, let table = kept(density, doubles) as? SphericalTable<Scalar> {
      return table
    }
    return SphericalTable(density)
  }

  private static func kept<Density: SphericalDensity, Scalar>(
    _ density: Density, _ tables: borrowing Mutex<[Key: SphericalTable<Scalar>]>
  ) -> SphericalTable<Scalar> {
    let key = Key(kind: ObjectIdentifier(Density.self), shape: density.shape)
    if let table = tables.withLock({ $0[key] }) { return table }
    // Not in the lock: others may go on. Two threads may make the same table, which is as good as one.
    let table = SphericalTable<Scalar>(density)
    tables.withLock {
      if $0.count >= most { $0.removeAll() }
      $0[key] = table
    }
    return table
  }
}

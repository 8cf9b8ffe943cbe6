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
  var list: [Scalar] { (0..<storage.count).map { storage.column[$0] } }

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

  init(_ numbers: [Double]) {
    storage = ColumnStorage(count: numbers.count, repeating: 0)
    for (place, number) in numbers.enumerated() { storage.column[place] = Scalar(number) }
  }
}

extension SphericalTable<Double> {
  private static let fit = ChebyshevFit(terms)

  convenience init(_ density: some SphericalDensity) {
    let projection = SphericalProjection(density)
    let unit = 1 / projection.mean(1)
    var (numbers, potential) = ([Double](), 0.0)
    for bin in 0..<Self.exponents.count * Self.binsPerOctave {
      let (lower, half) = Self.place(of: bin)
      let radii = Self.fit.nodes.map { Double.squareRoot(lower + half * ($0 + 1)) }
      let mean = Self.fit.powers(radii.map { unit * projection.mean($0) })
      if bin == 0 { potential = Self.inside(lower, mean, half) }
      numbers += mean + Self.fit.powers(radii.map { unit * projection.convergence($0) }) + [potential]
      potential += Self.rise(mean, half)
    }
    self.init(numbers)
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

  /// In both precisions, since the strength of a host is found in Double.
  private struct Both: Sendable {
    let float: SphericalTable<Float>
    let double: SphericalTable<Double>
  }

  /// Halos of self-interacting dark matter come in some hundreds of shapes.
  private static let most = 1024
  private static let tables = Mutex<[Key: Both]>([:])

  static func table<Scalar: LensScalar>(_ density: some SphericalDensity) -> SphericalTable<Scalar> {
    let both = kept(density)
    if let table = both.float as? SphericalTable<Scalar> ?? both.double as? SphericalTable<Scalar> {
      return table
    }
    return SphericalTable(both.double.list)
  }

  private static func kept<Density: SphericalDensity>(_ density: Density) -> Both {
    let key = Key(kind: ObjectIdentifier(Density.self), shape: density.shape)
    if let both = tables.withLock({ $0[key] }) { return both }
    // Not in the lock: others may go on. Two threads may make the same table, which is as good as one.
    let double = SphericalTable(density)
    let both = Both(float: SphericalTable(double.list), double: double)
    tables.withLock {
      if $0.count >= most { $0.removeAll() }
      $0[key] = both
    }
    return both
  }
}

import LensCore
import LensNumerics

/// The radial functions of truncated halos of one tau = r_t / r_s, for maps that need them at millions of places.
///
/// The mean convergence m of a halo with scale radius and deflection there of 1 is a polynomial of degree 6 in u = x^2 in each
/// of 32 bins per octave of u. All else follows from it: the deflection is m times the vector from the centre, its derivatives
/// hold m', and the potential is half the integral of m, whose own formula costs 128 deflections. Relative errors of
/// deflection, potential and second derivatives below 1e-10 (`TruncatedHaloTableTests`).
///
/// Unchecked, since the numbers are written by `init` alone.
final class TruncatedHaloTable: @unchecked Sendable {
  /// Of each bin seven coefficients of the mean and the potential at its middle: a line of the cache.
  private let storage: ColumnStorage<Double>

  /// Valid while the table is alive.
  var numbers: Column<Double> { storage.column }

  static let numbersPerBin = 8
  static let terms = 7
  private static let lowestExponent = -80
  private static let octaves = 124
  private static let binsPerOctave = 32
  /// Leaves eleven bits of exponent and five of the mantissa: one number per bin.
  private static let shift: UInt64 = 47
  private static let lowest = Double(sign: .plus, exponent: lowestExponent, significand: 1)
  private static let highest = Double(sign: .plus, exponent: lowestExponent + octaves, significand: 1)
    .nextDown
  private static let firstBin = lowest.bitPattern >> shift

  /// - Throws: `NumericalError.noSolution` if the polynomials cannot be fitted.
  init(tau: Double) throws {
    let bins = Self.octaves * Self.binsPerOctave
    // Chebyshev nodes on [-1, 1].
    let nodes = (0..<Self.terms).map { sineAndCosine(.pi * (Double($0) + 0.5) / Double(Self.terms)).cosine }
    let inverse = try leastSquaresInverse(
      nodes.map { t in (0..<Self.terms).map { (0..<$0).reduce(1.0) { u, _ in u * t } } }, regularization: 0)
    let samples = Self.samples(tau, nodes, bins: bins)
    storage = ColumnStorage(count: bins * Self.numbersPerBin, repeating: 0)
    let numbers = storage.column
    var potential = 0.0
    for bin in 0..<bins {
      let start = bin * Self.numbersPerBin
      for power in 0..<Self.terms {
        for k in 0..<Self.terms {
          numbers[start + power] += inverse[power][k] * samples[bin * Self.terms + k]
        }
      }
      // Below the first bin the mean hardly changes.
      if bin == 0 { potential = Self.lowest * numbers[0] / 2 }
      let mean = (0..<Self.terms).map { numbers[start + $0] }
      let rise = Self.rise(of: mean, half: Self.place(of: bin).half)
      numbers[start + Self.terms] = potential + rise.toMiddle
      potential += rise.whole
    }
  }

  /// The mean convergence at the nodes of all bins.
  private static func samples(_ tau: Double, _ nodes: [Double], bins: Int) -> [Double] {
    var spec = TruncatedNavarroFrenkWhiteSpec()
    (spec.scaleRadius, spec.deflectionAtScaleRadius, spec.truncationRadius) = (1, 1, tau)
    let tile = RayTile<Double>(count: bins * terms)
    for bin in 0..<bins {
      let place = place(of: bin)
      for (k, node) in nodes.enumerated() {
        tile.potential[bin * terms + k] = place.middle + place.half * node
      }
    }
    TruncatedNavarroFrenkWhite<Double>(spec).fillMeanConvergence(
      tile.brightness, squaredRadius: tile.potential, count: tile.count, scratch: tile.scratch)
    // The columns are views: the tile must live until the last one has been read.
    return withExtendedLifetime(tile) { (0..<tile.count).map { tile.brightness[$0] } }
  }

  /// By how much the potential, whose derivative with respect to u is half the mean, rises in a bin.
  private static func rise(of mean: [Double], half: Double) -> (toMiddle: Double, whole: Double) {
    var (toMiddle, whole) = (0.0, 0.0)
    for (power, coefficient) in mean.enumerated() {
      let integral = half * coefficient / Double(2 * (power + 1))
      // Of t^power from -1 to 0, and from -1 to 1.
      toMiddle += power % 2 == 0 ? integral : -integral
      whole += power % 2 == 0 ? 2 * integral : 0
    }
    return (toMiddle, whole)
  }

  /// The middle and half the width of a bin in u.
  private static func place(of bin: Int) -> (middle: Double, half: Double) {
    let lower = Double(bitPattern: (firstBin + UInt64(bin)) << shift)
    let upper = Double(bitPattern: (firstBin + UInt64(bin) + 1) << shift)
    return ((lower + upper) / 2, (upper - lower) / 2)
  }

  /// Some places, and what the table says there, in columns of one block of memory: a compiler sees that they do not overlap,
  /// and makes vectors of loops over them.
  struct Places {
    static let capacity = 64
    private let base: UnsafeMutablePointer<Double>
    private let count: Int

    private enum Name: Int {
      case squared, t, half, inverseHalf, c0, c1, c2, c3, c4, c5, c6, middle, mean, slope, potential,
        laplacian,
        count
    }

    /// Looks up places.
    ///
    /// - Parameters:
    ///   - numbers: The table's.
    ///   - memory: `memory` numbers, the first `count` of them the places' u.
    ///   - count: At most `capacity`.
    init(_ numbers: Column<Double>, _ memory: UnsafeMutablePointer<Double>, count: Int) {
      (base, self.count) = (memory, count)
      findBins()
      copyCoefficients(numbers)
    }

    static let memory = Name.count.rawValue * capacity

    @inline(__always)
    private subscript(_ name: Name, _ i: Int) -> Double {
      get { base[name.rawValue &* Self.capacity &+ i] }
      nonmutating set { base[name.rawValue &* Self.capacity &+ i] = newValue }
    }

    /// Writes the start of each place's row in the table to the column `middle`, as an integer.
    private func findBins() {
      for i in 0..<count {
        let inside = min(max(self[.squared, i], lowest), highest)
        let bin = inside.bitPattern >> shift
        // 2^e, an octave's lower end, is 64 half widths of a bin; 2^-e by its bits, since divisions take longer than all else.
        let exponent = inside.bitPattern & 0x7ff0_0000_0000_0000
        self[.half, i] = Double(bitPattern: exponent) * (1 / Double(2 * binsPerOctave))
        let inverseHalf = Double(bitPattern: 0x7fe0_0000_0000_0000 &- exponent) * Double(2 * binsPerOctave)
        self[.inverseHalf, i] = inverseHalf
        self[.t, i] = (inside - Double(bitPattern: bin << shift)) * inverseHalf - 1
        self[.middle, i] = Double(bitPattern: (bin &- firstBin) &* UInt64(numbersPerBin))
      }
    }

    private func copyCoefficients(_ numbers: Column<Double>) {
      for i in 0..<count {
        let row = numbers.advanced(by: Int(truncatingIfNeeded: self[.middle, i].bitPattern))
        self[.c0, i] = row[0]
        self[.c1, i] = row[1]
        self[.c2, i] = row[2]
        self[.c3, i] = row[3]
        self[.c4, i] = row[4]
        self[.c5, i] = row[5]
        self[.c6, i] = row[6]
        self[.middle, i] = row[7]
      }
    }

    /// The mean convergence.
    @inline(__always) func mean(_ i: Int) -> Double { self[.mean, i] }
    /// Its derivative with respect to u.
    @inline(__always) func slope(_ i: Int) -> Double { self[.slope, i] }
    @inline(__always) func potential(_ i: Int) -> Double { self[.potential, i] }
    @inline(__always) func squared(_ i: Int) -> Double { self[.squared, i] }
    /// A quarter of the convergence's Laplacian with respect to x.
    @inline(__always) func quarterLaplacian(_ i: Int) -> Double { self[.laplacian, i] }

    func fillMean() {
      for i in 0..<count {
        let (t, square) = (self[.t, i], self[.t, i] * self[.t, i])
        let even = ((self[.c6, i] * square + self[.c4, i]) * square + self[.c2, i]) * square + self[.c0, i]
        let odd = (self[.c5, i] * square + self[.c3, i]) * square + self[.c1, i]
        self[.mean, i] = even + odd * t
      }
    }

    func fillSlope() {
      for i in 0..<count {
        let (t, square) = (self[.t, i], self[.t, i] * self[.t, i])
        let even = (5 * self[.c5, i] * square + 3 * self[.c3, i]) * square + self[.c1, i]
        let odd = (6 * self[.c6, i] * square + 4 * self[.c4, i]) * square + 2 * self[.c2, i]
        self[.slope, i] = (even + odd * t) * self[.inverseHalf, i]
      }
    }

    func fillPotential() {
      for i in 0..<count {
        let (t, square) = (self[.t, i], self[.t, i] * self[.t, i])
        let high = (1.0 / 7) * self[.c6, i] * square + 0.2 * self[.c4, i]
        let even = (high * square + (1.0 / 3) * self[.c2, i]) * square + self[.c0, i]
        let odd = ((1.0 / 6) * self[.c5, i] * square + 0.25 * self[.c3, i]) * square + 0.5 * self[.c1, i]
        self[.potential, i] = self[.middle, i] + (even + odd * t) * (0.5 * t) * self[.half, i]
      }
    }

    /// With kappa = m + u m' a quarter of the Laplacian is u kappa'' + kappa' = 2 m' + 4 u m'' + u^2 m'''.
    func fillQuarterLaplacian() {
      for i in 0..<count {
        let (t, square) = (self[.t, i], self[.t, i] * self[.t, i])
        let secondEven = (30 * self[.c6, i] * square + 12 * self[.c4, i]) * square + 2 * self[.c2, i]
        let second = secondEven + (20 * self[.c5, i] * square + 6 * self[.c3, i]) * t
        let thirdOdd = 120 * self[.c6, i] * square + 24 * self[.c4, i]
        let third = 60 * self[.c5, i] * square + 6 * self[.c3, i] + thirdOdd * t
        let u = self[.squared, i] * self[.inverseHalf, i]
        self[.laplacian, i] = 2 * self[.slope, i] + u * self[.inverseHalf, i] * (4 * second + u * third)
      }
    }
  }
}

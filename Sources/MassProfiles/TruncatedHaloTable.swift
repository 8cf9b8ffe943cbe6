import LensCore
import LensNumerics

/// The radial functions of truncated halos of one tau = r_t / r_s, for maps that need them at millions of places.
///
/// The mean convergence of a halo with scale radius and deflection there of 1 is a polynomial of degree 7 in x^2 in each
/// of sixteen bins per octave of x^2; its derivative gives the convergence, d(x^2 mean)/d(x^2), and its integral the
/// potential, whose own formula costs 128 deflections. Relative errors below 1e-10 (`TruncatedHaloTableTests`).
final class TruncatedHaloTable: Sendable {
  /// Eight coefficients of the mean and nine of the potential, bin by bin.
  let numbers: [Double]

  static let numbersPerBin = 17
  private static let terms = 8
  private static let lowestExponent = -80
  private static let octaves = 124
  /// Leaves eleven bits of exponent and four of the mantissa: one number per bin.
  private static let shift: UInt64 = 48
  private static let lowest = Double(sign: .plus, exponent: lowestExponent, significand: 1)
  private static let highest = Double(sign: .plus, exponent: lowestExponent + octaves, significand: 1)
    .nextDown
  private static let firstBin = lowest.bitPattern >> shift

  /// - Throws: `NumericalError.noSolution` if the polynomials cannot be fitted.
  init(tau: Double) throws {
    var spec = TruncatedNavarroFrenkWhiteSpec()
    (spec.scaleRadius, spec.deflectionAtScaleRadius, spec.truncationRadius) = (1, 1, tau)
    let halo = TruncatedNavarroFrenkWhite<Double>(spec)
    // Chebyshev nodes on [-1, 1].
    let nodes = (0..<Self.terms).map { k in
      sineAndCosine(Double.pi * (Double(k) + 0.5) / Double(Self.terms)).cosine
    }
    let powers = nodes.map { t in (0..<Self.terms).map { power in (0..<power).reduce(1.0) { u, _ in u * t } }
    }
    let inverse = try leastSquaresInverse(powers, regularization: 0)
    let bins = Self.octaves * 16
    let tile = RayTile<Double>(count: bins * Self.terms)
    for bin in 0..<bins {
      let place = Self.place(of: bin)
      for (k, node) in nodes.enumerated() {
        tile.potential[bin * Self.terms + k] = place.middle + place.half * node
      }
    }
    halo.fillMeanConvergence(
      tile.brightness, squaredRadius: tile.potential, count: tile.count, scratch: tile.scratch)
    var (numbers, potential) = ([Double](), 0.0)
    numbers.reserveCapacity(bins * Self.numbersPerBin)
    for bin in 0..<bins {
      let mean = (0..<Self.terms).map { power in
        (0..<Self.terms).reduce(0) { $0 + inverse[power][$1] * tile.brightness[bin * Self.terms + $1] }
      }
      // Below the first bin the mean hardly changes.
      if bin == 0 { potential = Self.lowest * mean[0] / 2 }
      // The potential's derivative with respect to x^2 is half the mean.
      let half = Self.place(of: bin).half
      let rise = mean.enumerated().map { half * $0.element / Double(2 * ($0.offset + 1)) }
      // The bin's lower end is at t = -1.
      let atLowerEnd = rise.enumerated().reduce(0) { $0 + ($1.offset % 2 == 0 ? -1 : 1) * $1.element }
      numbers += mean + [potential - atLowerEnd] + rise
      potential += rise.reduce(0, +) - atLowerEnd
    }
    // The columns are views: the tile must live until the last one has been read.
    self.numbers = withExtendedLifetime(tile) { numbers }
  }

  /// The middle and half the width of a bin in x^2.
  private static func place(of bin: Int) -> (middle: Double, half: Double) {
    let lower = Double(bitPattern: (firstBin + UInt64(bin)) << shift)
    let upper = Double(bitPattern: (firstBin + UInt64(bin) + 1) << shift)
    return ((lower + upper) / 2, (upper - lower) / 2)
  }

  /// A place in a bin.
  struct Place {
    /// Of the bin's numbers.
    let start: Int
    /// From -1 at the bin's lower end to 1.
    let t: Double
    /// Half the bin's width in x^2.
    let half: Double

    @inline(__always)
    init(_ squared: Double) {
      let inside = min(max(squared, lowest), highest)
      let bits = inside.bitPattern
      start = Int(truncatingIfNeeded: (bits >> shift) &- firstBin) &* numbersPerBin
      let power = Double(bitPattern: bits & 0x7ff0_0000_0000_0000)
      let lower = Double(bitPattern: (bits >> shift) << shift)
      half = power / 32
      t = (inside - lower) / half - 1
    }
  }

  @inline(__always)
  static func mean(_ place: Place, _ numbers: UnsafePointer<Double>) -> Double {
    let (c, t) = (numbers + place.start, place.t)
    let square = t * t
    let even = ((c[6] * square + c[4]) * square + c[2]) * square + c[0]
    let odd = ((c[7] * square + c[5]) * square + c[3]) * square + c[1]
    return even + odd * t
  }

  /// x^2 times the derivative of the mean with respect to x^2: the convergence less the mean.
  @inline(__always)
  static func excess(_ squared: Double, _ place: Place, _ numbers: UnsafePointer<Double>) -> Double {
    let (c, t) = (numbers + place.start, place.t)
    let square = t * t
    let even = ((7 * c[7] * square + 5 * c[5]) * square + 3 * c[3]) * square + c[1]
    let odd = (6 * c[6] * square + 4 * c[4]) * square + 2 * c[2]
    return squared * (even + odd * t) / place.half
  }

  @inline(__always)
  static func potential(_ place: Place, _ numbers: UnsafePointer<Double>) -> Double {
    let (c, t) = (numbers + place.start + terms, place.t)
    let square = t * t
    let even = (((c[8] * square + c[6]) * square + c[4]) * square + c[2]) * square + c[0]
    let odd = ((c[7] * square + c[5]) * square + c[3]) * square + c[1]
    return even + odd * t
  }
}

import LensCore
import LensNumerics
import MassProfiles

/// Squares of pixels that cover a grid, each with a power series for the deflection of all point masses that are far
/// from it, and a list of those that are near.
///
/// With z = x + i y, point masses deflect by the conjugate of sum_k theta_k^2 / (z - z_k), which is analytic but for the
/// masses themselves. Within the radius r of a square's middle c, with u = (z - c) / r and w_k = r / (z_k - c), it is
///
///     -1/r sum_n u^n sum_k theta_k^2 w_k^(n+1).
///
/// A mass is far if |w_k| <= 0.5. Of its deflection at the middle, theta_k^2 / |z_k - c|, the terms beyond u^8 are at most
/// 0.5^9 / (1 - 0.5) = 0.004, at the square's corners, and 1/500 of that halfway to them.
///
/// Reference: Greengard & Rokhlin (1987), J. Comput. Phys. 73, 325, lemma 2.4 (the local expansion of point charges).
struct PointExpansion {
  /// Pixels along a side.
  static let side = 8
  static let terms = 9
  /// The largest |w| of far masses.
  private static let largestRatio = 0.5

  let columns: Int
  let rows: Int
  /// Half a square's diagonal, arcsec.
  let radius: Float
  let middleX: ColumnStorage<Float>
  let middleY: ColumnStorage<Float>
  /// Real parts of the terms 0 to 8 of all squares, term by term, then imaginary parts.
  private let series: ColumnStorage<Float>
  /// Squares, and copies of the last one up to a multiple of sixteen.
  private let paddedCount: Int
  private let width: Double
  private let nearest: Double
  /// By square: the first of its near masses in `near`, -1 for none.
  private let heads: ColumnStorage<Int32>
  private var near: ColumnStorage<NearMass>

  /// A mass in the list of a square.
  struct NearMass: BitwiseCopyable {
    let x: Float
    let y: Float
    let squaredEinsteinRadius: Float
    /// The next of the list, -1 at its end.
    let next: Int32
  }

  init(_ grid: PixelGrid) {
    columns = (grid.rowLength + Self.side - 1) / Self.side
    rows = (grid.rowCount + Self.side - 1) / Self.side
    width = Double(Self.side) * grid.pixelScale
    // To the corners of the outermost pixels.
    let radius = width * 0.5.squareRoot()
    self.radius = Float(radius)
    nearest = radius / Self.largestRatio
    paddedCount = (columns * rows + 15) / 16 * 16
    middleX = ColumnStorage(count: paddedCount, repeating: 0)
    middleY = ColumnStorage(count: paddedCount, repeating: 0)
    series = ColumnStorage(count: 2 * Self.terms * paddedCount, repeating: 0)
    heads = ColumnStorage(count: paddedCount, repeating: -1)
    near = ColumnStorage(count: 1, repeating: Self.noMass)
    let corner = grid.centre(0)
    let toMiddle = (width - grid.pixelScale) / 2
    for square in 0..<paddedCount {
      let (row, column) = min(square, columns * rows - 1).quotientAndRemainder(dividingBy: columns)
      middleX.column[square] = Float(corner.x + toMiddle + Double(column) * width)
      middleY.column[square] = Float(corner.y + toMiddle + Double(row) * width)
    }
  }

  /// Writes the deflection at places in a square.
  ///
  /// - Parameters:
  ///   - place: From the square's middle, arcsec.
  ///   - count: A literal, so that the loops are compiled for as many places.
  @inline(__always)
  func deflect(_ square: Int, at place: VectorColumns<Float>, to deflection: VectorColumns<Float>, count: Int)
  {
    writeSeries(square, place, deflection, count)
    let near = near.column
    var next = heads.column[square]
    while next >= 0 {
      let mass = near[Int(next)]
      let (x, y) = (middleX.column[square] - mass.x, middleY.column[square] - mass.y)
      for i in 0..<count {
        let (dx, dy) = (place.x[i] + x, place.y[i] + y)
        let mean = mass.squaredEinsteinRadius / max(dx * dx + dy * dy, Float.smallestSquaredDistance)
        deflection.x[i] += mean * dx
        deflection.y[i] += mean * dy
      }
      next = mass.next
    }
  }

  @inline(__always)
  private func writeSeries(
    _ square: Int, _ place: VectorColumns<Float>, _ deflection: VectorColumns<Float>, _ count: Int
  ) {
    let inverse = 1 / radius
    let (real, imaginary) = terms(of: square)
    for i in 0..<count {
      let (u, v) = (place.x[i] * inverse, place.y[i] * inverse)
      // Horner's rule.
      var (x, y) = (real[Self.terms - 1], imaginary[Self.terms - 1])
      for n in 2...Self.terms {
        let (a, b) = (real[Self.terms &- n], imaginary[Self.terms &- n])
        (x, y) = (x * u - y * v + a, x * v + y * u + b)
      }
      deflection.x[i] = x
      deflection.y[i] = -y
    }
  }

  private func terms(of square: Int) -> (SIMD16<Float>, SIMD16<Float>) {
    var (real, imaginary) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
    for n in 0..<Self.terms {
      let at = n &* paddedCount &+ square
      (real[n], imaginary[n]) = (series.column[at], series.column[at &+ Self.terms &* paddedCount])
    }
    return (real, imaginary)
  }

  /// Takes these masses.
  mutating func expand(_ points: [PointMass<Float>]) {
    for first in stride(from: 0, to: paddedCount, by: 16) { sumSeries(points, first) }
    listNear(points)
  }

  /// The series of sixteen squares, two masses at a time: their powers do not wait for each other.
  private func sumSeries(_ points: [PointMass<Float>], _ first: Int) {
    let (series, imaginary) = (series.column, Self.terms &* paddedCount)
    for n in 0..<(2 * Self.terms) { series.set(SIMD16<Float>.zero, at: n &* paddedCount &+ first) }
    for k in stride(from: 0, to: points.count, by: 2) {
      var a = powers(points[k], first)
      var b = powers(k + 1 < points.count ? points[k + 1] : Self.nothing, first)
      for n in 0..<Self.terms {
        let at = n &* paddedCount &+ first
        series.set(series.sixteen(at: at) + (a.x + b.x), at: at)
        series.set(series.sixteen(at: at &+ imaginary) + (a.y + b.y), at: at &+ imaginary)
        a.raise()
        b.raise()
      }
    }
  }

  private static let nothing: PointMass<Float> = {
    var spec = PointMassSpec()
    spec.einsteinRadius = 0
    return PointMass(spec)
  }()

  /// -theta^2 / r w^n of a mass for sixteen squares, 0 where it is near.
  private struct Powers {
    let wx: SIMD16<Float>
    let wy: SIMD16<Float>
    var x: SIMD16<Float>
    var y: SIMD16<Float>

    @inline(__always)
    mutating func raise() { (x, y) = (x * wx - y * wy, x * wy + y * wx) }
  }

  @inline(__always)
  private func powers(_ point: PointMass<Float>, _ first: Int) -> Powers {
    let limit = Float(nearest * nearest)
    let dx = point.centreX - middleX.column.sixteen(at: first)
    let dy = point.centreY - middleY.column.sixteen(at: first)
    let squared = dx * dx + dy * dy
    let isNear = squared .< limit
    let scale = radius / squared.replacing(with: limit, where: isNear)
    let (wx, wy) = (scale * dx, -scale * dy)
    let strength = -point.squaredEinsteinRadius / radius
    return Powers(
      wx: wx, wy: wy, x: (wx * strength).replacing(with: 0, where: isNear),
      y: (wy * strength).replacing(with: 0, where: isNear))
  }

  private mutating func listNear(_ points: [PointMass<Float>]) {
    for square in 0..<paddedCount { heads.column[square] = -1 }
    var count = 0
    let limit = Float(nearest * nearest)
    for point in points {
      for row in squares(around: Double(point.centreY - middleY.column[0]), rows) {
        for column in squares(around: Double(point.centreX - middleX.column[0]), columns) {
          let square = row &* columns &+ column
          let (dx, dy) = (point.centreX - middleX.column[square], point.centreY - middleY.column[square])
          // The same sum as in `sumSeries`, so that no mass is in both or in none.
          guard dx * dx + dy * dy < limit else { continue }
          if count == near.count { makeRoom() }
          near.column[count] = NearMass(
            x: point.centreX, y: point.centreY, squaredEinsteinRadius: point.squaredEinsteinRadius,
            next: heads.column[square])
          heads.column[square] = Int32(truncatingIfNeeded: count)
          count &+= 1
        }
      }
    }
  }

  private static let noMass = NearMass(x: 0, y: 0, squaredEinsteinRadius: 0, next: -1)

  private mutating func makeRoom() {
    let larger = ColumnStorage(count: 2 * near.count + 1024, repeating: Self.noMass)
    for i in 0..<near.count { larger.column[i] = near.column[i] }
    near = larger
  }

  /// The columns or rows whose middles may be near to a place, which is given from the first middle.
  private func squares(around place: Double, _ count: Int) -> Range<Int> {
    // A little wider, because middles are rounded to Float.
    let first = max(0, ((place - nearest) / width - 0.001).rounded(.up))
    let end = min(Double(count), ((place + nearest) / width + 0.001).rounded(.down) + 1)
    return first < end ? Int(first)..<Int(end) : 0..<0
  }
}

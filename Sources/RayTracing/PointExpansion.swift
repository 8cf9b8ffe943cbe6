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
/// The terms beyond u^8 are at most theta_k^2 / r |w_k|^10 / (1 - |w_k|), at the square's corners, and 1/500 of that
/// halfway to them. A mass is far where that is less than `largestRemainder`, and |w_k| <= 0.5: the heavier a mass, the
/// farther away it still counts as near.
///
/// Reference: Greengard & Rokhlin (1987), J. Comput. Phys. 73, 325, lemma 2.4 (the local expansion of point charges).
struct PointExpansion {
  /// Pixels along a side.
  static let side = 8
  static let terms = 9
  /// The largest |w| of far masses.
  private static let largestRatio = 0.5
  /// Arcsec: no more than the rounding of a ray's place in an image of 8 arcsec.
  static let largestRemainder = 2.4e-7

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
  private var near: NearMasses
  /// Of each mass: from which squared distance to a square's middle it is far, arcsec^2.
  private var squaredLimits: [Float] = []

  init(_ grid: PixelGrid) {
    columns = (grid.rowLength + Self.side - 1) / Self.side
    rows = (grid.rowCount + Self.side - 1) / Self.side
    let width = Double(Self.side) * grid.pixelScale
    // To the corners of the outermost pixels.
    let radius = width * 0.5.squareRoot()
    self.radius = Float(radius)
    paddedCount = (columns * rows + 15) / 16 * 16
    middleX = ColumnStorage(count: paddedCount, repeating: 0)
    middleY = ColumnStorage(count: paddedCount, repeating: 0)
    series = ColumnStorage(count: 2 * Self.terms * paddedCount, repeating: 0)
    near = NearMasses(
      columns: columns, rows: rows, width: width, middleX: middleX, middleY: middleY)
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
    near.addDeflection(square, at: place, to: deflection, count: count)
  }

  /// The same at the centres of all pixels of a square, where half of the places are the other half's opposites: even
  /// and odd terms are summed once for both.
  @inline(__always)
  func deflect(
    _ square: Int, at place: VectorColumns<Float>, half: HalfSquare, to deflection: VectorColumns<Float>
  ) {
    // The loop is written out for nine terms, so that it is compiled without branches.
    precondition(Self.terms == 9)
    let (real, imaginary) = terms(of: square)
    let (u, squared, last) = (half.u, half.squared, Self.side * Self.side - 1)
    for i in 0..<(Self.side * Self.side / 2) {
      let (p, q) = (squared.x[i], squared.y[i])
      // Horner's rule for the even terms and for the odd ones.
      var (x, y) = (real[8], imaginary[8])
      var (s, t) = (real[7], imaginary[7])
      for n in 1...3 {
        let (even, odd) = (8 &- 2 &* n, 7 &- 2 &* n)
        (x, y) = (x * p - y * q + real[even], x * q + y * p + imaginary[even])
        (s, t) = (s * p - t * q + real[odd], s * q + t * p + imaginary[odd])
      }
      (x, y) = (x * p - y * q + real[0], x * q + y * p + imaginary[0])
      (s, t) = (s * u.x[i] - t * u.y[i], s * u.y[i] + t * u.x[i])
      (deflection.x[i], deflection.y[i]) = (x + s, -(y + t))
      (deflection.x[last &- i], deflection.y[last &- i]) = (x - s, t - y)
    }
    near.addDeflection(square, at: place, to: deflection, count: Self.side * Self.side)
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
    squaredLimits.removeAll(keepingCapacity: true)
    for point in points { squaredLimits.append(squaredLimit(point)) }
    for first in stride(from: 0, to: paddedCount, by: 16) { sumSeries(points, first) }
    near.list(points, squaredLimits: squaredLimits)
  }

  /// With |w| <= 0.5 the remainder is at most 2 theta^2 / r |w|^10.
  private func squaredLimit(_ point: PointMass<Float>) -> Float {
    let (r, nearest) = (Double(radius), 1 / Self.largestRatio)
    let strength = 2 * Double(point.squaredEinsteinRadius) / (Self.largestRemainder * r)
    // 1 / |w|^2, from the tenth power of |w|; far from the smallest numbers, whose logarithms do not count.
    let inverseSquare = strength > 1 ? Double.power(strength, 0.2) : 1
    return Float(r * r * max(nearest * nearest, inverseSquare))
  }

  /// The series of sixteen squares, two masses at a time: their powers do not wait for each other.
  private func sumSeries(_ points: [PointMass<Float>], _ first: Int) {
    let (series, imaginary) = (series.column, Self.terms &* paddedCount)
    for n in 0..<(2 * Self.terms) { series.set(SIMD16<Float>.zero, at: n &* paddedCount &+ first) }
    for k in stride(from: 0, to: points.count, by: 2) {
      var a = powers(points[k], first, squaredLimit: squaredLimits[k])
      var b =
        k + 1 < points.count
        ? powers(points[k + 1], first, squaredLimit: squaredLimits[k + 1])
        : powers(Self.nothing, first, squaredLimit: radius * radius)
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
  private func powers(_ point: PointMass<Float>, _ first: Int, squaredLimit limit: Float) -> Powers {
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
}

/// The first half of a square's pixel centres, in units of its half diagonal; the other half are their opposites.
final class HalfSquare {
  /// As complex numbers.
  let u: VectorColumns<Float>
  let squared: VectorColumns<Float>
  private let storage: ColumnStorage<Float>

  /// - Parameter place: Of all pixels of the square, from its middle.
  init(_ place: VectorColumns<Float>, radius: Float) {
    let count = place.count / 2
    let storage = ColumnStorage<Float>(count: 4 * count, repeating: 0)
    let columns = (0..<4).map { storage.column(from: $0 * count) }
    u = VectorColumns(count: count, x: columns[0], y: columns[1])
    squared = VectorColumns(count: count, x: columns[2], y: columns[3])
    self.storage = storage
    for i in 0..<count {
      let (x, y) = (place.x[i] / radius, place.y[i] / radius)
      (u.x[i], u.y[i]) = (x, y)
      (squared.x[i], squared.y[i]) = (x * x - y * y, 2 * x * y)
    }
  }
}

import LensCore
import LensNumerics
import MassProfiles

/// The point masses that are near to each of the squares of a `PointExpansion`, which are summed one by one.
struct NearMasses {
  private let columns: Int
  private let rows: Int
  /// Of a square, arcsec.
  private let width: Double
  private let middleX: ColumnStorage<Float>
  private let middleY: ColumnStorage<Float>
  /// By square: the first of its masses, -1 for none.
  private let heads: ColumnStorage<Int32>
  private var masses: ColumnStorage<NearMass>

  /// A mass in the list of a square.
  private struct NearMass: BitwiseCopyable {
    let x: Float
    let y: Float
    let squaredEinsteinRadius: Float
    /// The next of the list, -1 at its end.
    let next: Int32
  }

  init(
    columns: Int, rows: Int, width: Double, middleX: ColumnStorage<Float>, middleY: ColumnStorage<Float>
  ) {
    (self.columns, self.rows, self.width) = (columns, rows, width)
    (self.middleX, self.middleY) = (middleX, middleY)
    heads = ColumnStorage(count: middleX.count, repeating: -1)
    masses = ColumnStorage(count: 1, repeating: Self.noMass)
  }

  /// Takes these masses.
  ///
  /// - Parameter squaredLimits: A mass is near if its squared distance from a square's middle is less, arcsec^2.
  mutating func list(_ points: [PointMass<Float>], squaredLimits: [Float]) {
    for square in 0..<heads.count { heads.column[square] = -1 }
    var count = 0
    let (middleX, middleY, heads) = (middleX.column, middleY.column, heads.column)
    for (point, squaredLimit) in zip(points, squaredLimits) {
      // It can be near to all squares.
      if count &+ columns &* rows > masses.count { makeRoom() }
      let masses = masses.column
      let nearest = Double(squaredLimit).squareRoot()
      let across = squares(within: nearest, of: point.centreX - middleX[0], columns)
      for row in squares(within: nearest, of: point.centreY - middleY[0], rows) {
        for square in (row &* columns &+ across.lowerBound)..<(row &* columns &+ across.upperBound) {
          let (dx, dy) = (point.centreX - middleX[square], point.centreY - middleY[square])
          // The same sum as in `PointExpansion.powers`, so that no mass is in both or in none.
          guard dx * dx + dy * dy < squaredLimit else { continue }
          masses[count] = NearMass(
            x: point.centreX, y: point.centreY, squaredEinsteinRadius: point.squaredEinsteinRadius,
            next: heads[square])
          heads[square] = Int32(truncatingIfNeeded: count)
          count &+= 1
        }
      }
    }
  }

  /// Adds the deflection by the masses that are near a square, two of them at a time: a division takes as long as all
  /// else, and two can share one.
  @inline(__always)
  func addDeflection(
    _ square: Int, at place: VectorColumns<Float>, to deflection: VectorColumns<Float>, count: Int
  ) {
    let masses = masses.column
    var next = heads.column[square]
    while next >= 0 {
      let a = masses[Int(next)]
      next = a.next
      // A last one without a partner is its own, of no mass.
      let b = next >= 0 ? masses[Int(next)] : a
      let strengthB = next >= 0 ? b.squaredEinsteinRadius : 0
      next = next >= 0 ? b.next : next
      let (ax, ay) = (middleX.column[square] - a.x, middleY.column[square] - a.y)
      let (bx, by) = (middleX.column[square] - b.x, middleY.column[square] - b.y)
      for i in 0..<count {
        let (dxA, dyA) = (place.x[i] + ax, place.y[i] + ay)
        let (dxB, dyB) = (place.x[i] + bx, place.y[i] + by)
        let squaredA = max(dxA * dxA + dyA * dyA, Float.smallestSquaredDistance)
        let squaredB = max(dxB * dxB + dyB * dyB, Float.smallestSquaredDistance)
        let inverse = 1 / (squaredA * squaredB)
        let meanA = a.squaredEinsteinRadius * squaredB * inverse
        let meanB = strengthB * squaredA * inverse
        deflection.x[i] += meanA * dxA + meanB * dxB
        deflection.y[i] += meanA * dyA + meanB * dyB
      }
    }
  }

  private static let noMass = NearMass(x: 0, y: 0, squaredEinsteinRadius: 0, next: -1)

  private mutating func makeRoom() {
    let larger = ColumnStorage(count: 2 * masses.count + columns * rows, repeating: Self.noMass)
    for i in 0..<masses.count { larger.column[i] = masses.column[i] }
    masses = larger
  }

  /// The columns or rows whose middles may be near to a place, which is given from the first middle.
  private func squares(within nearest: Double, of place: Float, _ count: Int) -> Range<Int> {
    let place = Double(place)
    // A little wider, because middles are rounded to Float.
    let first = max(0, ((place - nearest) / width - 0.001).rounded(.up))
    let end = min(Double(count), ((place + nearest) / width + 0.001).rounded(.down) + 1)
    return first < end ? Int(first)..<Int(end) : 0..<0
  }
}

import LensCore
import LensNumerics

/// The rays of a tile in the order of the cells that they are in.
///
/// All memory is in columns: arrays of a class are checked for exclusive access each time.
final class HaloTreeRays {
  /// By cell: where its rays begin, and where the next of them goes.
  private let starts: ColumnStorage<Int32>
  private let next: ColumnStorage<Int32>
  private let cells: ColumnStorage<Int32>
  private let order: ColumnStorage<Int32>
  private let x: ColumnStorage<Float>
  private let y: ColumnStorage<Float>
  private let sumX: ColumnStorage<Float>
  private let sumY: ColumnStorage<Float>

  /// - Parameter cellCount: The most that there may be.
  init(tileCount: Int, cellCount: Int) {
    starts = ColumnStorage(count: cellCount + 2, repeating: 0)
    next = ColumnStorage(count: cellCount + 2, repeating: 0)
    // Whole vectors, wherever they start.
    cells = ColumnStorage(count: tileCount + 16, repeating: 0)
    order = ColumnStorage(count: tileCount + 16, repeating: 0)
    let columns = (0..<4).map { _ in ColumnStorage<Float>(count: tileCount + 16, repeating: 0) }
    (x, y, sumX, sumY) = (columns[0], columns[1], columns[2], columns[3])
  }

  /// Sorts by counting; rays outside the square, or without a place, come last.
  func sort(_ place: VectorColumns<Float>, in level: HaloTreeLevel) {
    let cellCount = level.cellCount
    let (starts, next, cells, order) = (starts.column, next.column, cells.column, order.column)
    for run in 0...(cellCount + 1) { starts[run] = 0 }
    let outside = Int32(truncatingIfNeeded: cellCount)
    for i in 0..<place.count {
      let number = level.cell(at: place.x[i], place.y[i]) ?? outside
      cells[i] = number
      starts[Int(number) &+ 1] &+= 1
    }
    next[0] = 0
    for run in 0...cellCount {
      starts[run &+ 1] &+= starts[run]
      next[run &+ 1] = starts[run &+ 1]
    }
    for i in 0..<place.count {
      let number = Int(cells[i])
      order[Int(next[number])] = Int32(truncatingIfNeeded: i)
      next[number] &+= 1
    }
  }

  func count(_ cell: Int) -> Int { Int(starts.column[cell &+ 1] &- starts.column[cell]) }

  /// The places of a cell's rays, the last of them repeated up to a multiple of 16, and zeros.
  func take(_ cell: Int, of place: VectorColumns<Float>) -> (
    rays: VectorColumns<Float>, sum: VectorColumns<Float>
  ) {
    let (first, count) = (Int(starts.column[cell]), count(cell))
    let whole = (count &+ 15) & ~15
    let (order, x, y, sumX, sumY) = (order.column, x.column, y.column, sumX.column, sumY.column)
    for i in 0..<count {
      let ray = Int(order[first &+ i])
      (x[i], y[i]) = (place.x[ray], place.y[ray])
    }
    for i in count..<whole { (x[i], y[i]) = (x[count &- 1], y[count &- 1]) }
    for i in 0..<whole { (sumX[i], sumY[i]) = (0, 0) }
    return (VectorColumns(count: whole, x: x, y: y), VectorColumns(count: whole, x: sumX, y: sumY))
  }

  /// Adds the sums to the deflection of the cell's rays.
  func give(_ cell: Int, to deflection: VectorColumns<Float>) {
    let (first, order, sumX, sumY) = (Int(starts.column[cell]), order.column, sumX.column, sumY.column)
    for i in 0..<count(cell) {
      let ray = Int(order[first &+ i])
      deflection.x[ray] += sumX[i]
      deflection.y[ray] += sumY[i]
    }
  }
}

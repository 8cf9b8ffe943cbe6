import LensCore
import LensNumerics

/// A rectangle of cells.
struct HaloTreeCells {
  let columns: Range<Int>
  let rows: Range<Int>

  /// The same on the next level.
  var quarters: HaloTreeCells {
    HaloTreeCells(
      columns: (2 * columns.lowerBound)..<(2 * columns.upperBound),
      rows: (2 * rows.lowerBound)..<(2 * rows.upperBound))
  }
}

/// The cells of one size of a `HaloTree`, and the deflection of far halos at their nodes.
final class HaloTreeLevel {
  /// How often the square was cut.
  let number: Int
  /// Cells along a side.
  let side: Int
  /// Half the side of the whole square, arcsec.
  private let reach: Float
  /// Half the side of a cell.
  private let half: Float
  private let places: (x: ColumnStorage<Float>, y: ColumnStorage<Float>)
  private let values: (x: ColumnStorage<Float>, y: ColumnStorage<Float>)

  /// A halo is far if it is as many half widths from a cell's middle, along x or y.
  private static let nearest: Float = 3

  var cellCount: Int { side * side }

  init(number: Int, reach: Float) {
    (self.number, self.reach, side) = (number, reach, 1 << number)
    half = reach / Float(1 << number)
    let count = side * side * CellRules.nodeCount
    func column() -> ColumnStorage<Float> { ColumnStorage(count: count, repeating: 0) }
    (places, values) = ((column(), column()), (column(), column()))
    let (order, nodes) = (CellRules.order, CellRules.shared.nodes)
    for cell in 0..<cellCount {
      let middle = middle(cell)
      for node in 0..<CellRules.nodeCount {
        let at = cell * CellRules.nodeCount + node
        places.x.column[at] = middle.x + half * nodes[node % order]
        places.y.column[at] = middle.y + half * nodes[node / order]
      }
    }
  }

  @inline(__always)
  private func middle(_ cell: Int) -> (x: Float, y: Float) {
    (Float(2 * (cell % side) + 1) * half - reach, Float(2 * (cell / side) + 1) * half - reach)
  }

  func clear() {
    for i in 0..<values.x.count { (values.x.column[i], values.y.column[i]) = (0, 0) }
  }

  /// The cells that a place is near to.
  func cells(near x: Float, _ y: Float) -> HaloTreeCells { HaloTreeCells(columns: near(x), rows: near(y)) }

  private func near(_ place: Float) -> Range<Int> {
    // In cells; places far outside the square are near to none.
    let middle = Double((place + reach) / (2 * half)) - 0.5
    let reach = Double(Self.nearest) / 2
    let first = min(max((middle - reach).rounded(.down) + 1, 0), Double(side))
    let end = min(max((middle + reach).rounded(.up), first), Double(side))
    return first.isFinite && end.isFinite ? Int(first)..<Int(end) : 0..<0
  }

  func forEach(in cells: HaloTreeCells, _ body: (Int) -> Void) {
    for row in cells.rows {
      for column in cells.columns { body(row * side + column) }
    }
  }

  /// The nodes of neighbouring cells of a row, and the deflection there.
  func nodes(_ row: Int, _ columns: Range<Int>) -> (
    place: VectorColumns<Float>, deflection: VectorColumns<Float>
  ) {
    let first = (row * side + columns.lowerBound) * CellRules.nodeCount
    let count = columns.count * CellRules.nodeCount
    return (
      VectorColumns(count: count, x: places.x.column(from: first), y: places.y.column(from: first)),
      VectorColumns(count: count, x: values.x.column(from: first), y: values.y.column(from: first))
    )
  }

  /// Sets the deflections of the next level to what the polynomials of this one are at its nodes.
  func hand(to next: HaloTreeLevel, _ rules: CellRules) {
    for cell in 0..<next.cellCount {
      let (row, column) = (cell / next.side, cell % next.side)
      let (from, to) = (((row / 2) * side + column / 2) * CellRules.nodeCount, cell * CellRules.nodeCount)
      for (parent, child) in [(values.x, next.values.x), (values.y, next.values.y)] {
        rules.narrow(
          parent.column(from: from), toRight: column % 2 == 1, up: row % 2 == 1, child.column(from: to))
      }
    }
  }

  /// - Parameter powers: Takes those of both deflections, cell by cell.
  func writePowers(_ powers: Column<Float>, _ rules: CellRules) {
    for cell in 0..<cellCount {
      let first = cell * CellRules.nodeCount
      rules.writePowers(of: values.x.column(from: first), to: powers.advanced(by: 2 * first))
      rules.writePowers(
        of: values.y.column(from: first), to: powers.advanced(by: 2 * first + CellRules.nodeCount))
    }
  }

  /// The cell of a place; nil outside the square.
  @inline(__always)
  func cell(at x: Float, _ y: Float) -> Int32? {
    guard abs(x) < reach && abs(y) < reach else { return nil }
    let scale = Float(side) / (2 * reach)
    // Rounding may give the number after the last.
    let last = Int32(truncatingIfNeeded: side &- 1)
    let (column, row) = (min(Int32((x + reach) * scale), last), min(Int32((y + reach) * scale), last))
    return row &* (last &+ 1) &+ column
  }

  /// Adds a cell's polynomials at places in it.
  @inline(__always)
  func addPolynomials(
    _ powers: Column<Float>, ofCell cell: Int, at rays: VectorColumns<Float>, to sum: VectorColumns<Float>
  ) {
    let (middle, inverse) = (middle(cell), 1 / half)
    let forX = powers.advanced(by: 2 * CellRules.nodeCount * cell)
    let forY = forX.advanced(by: CellRules.nodeCount)
    var i = 0
    while i < rays.count {
      let u = (rays.x.sixteen(at: i) - middle.x) * inverse
      let v = (rays.y.sixteen(at: i) - middle.y) * inverse
      sum.x.set(sum.x.sixteen(at: i) + CellRules.value(forX, u, v), at: i)
      sum.y.set(sum.y.sixteen(at: i) + CellRules.value(forY, u, v), at: i)
      i &+= 16
    }
  }
}

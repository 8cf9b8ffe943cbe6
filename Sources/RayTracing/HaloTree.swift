import LensCore
import LensNumerics
import MassProfiles

/// What sums the halos of a plane at any places.
package protocol ScreenField<Scalar>: AnyObject {
  associatedtype Scalar: LensScalar

  func gather(_ halos: SubhaloList<Scalar>)
  func addDeflection(
    at place: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>)
  /// Forgets the halos.
  func release()
}

/// The deflection of many halos of one plane at any places, wherever other planes have sent the rays. Belongs to one thread.
///
/// A square is cut into quarters, each again, and so on. In every cell the halos that are at least a cell's width away from its sides
/// add up to a polynomial through 6 x 6 Chebyshev nodes: a cell takes over its parent's and adds those halos that were near to its
/// parent and are far from itself. Rays get the polynomial of their smallest cell and, one by one, the halos that are near to it.
///
/// Reference: Fong & Darve (2009), J. Comput. Phys. 228, 8712, sections 2 and 3 (interpolation at Chebyshev nodes in the place of
/// multipoles), without their far-field clusters.
package final class HaloTree: ScreenField {
  private let levels: [HaloTreeLevel]
  private let rules = CellRules.shared
  private var halos = SubhaloList<Float>()
  /// The level of the smallest cells for these halos.
  private var depth = 0
  /// Powers of x and y for the two deflections, cell by cell.
  private let powers: ColumnStorage<Float>
  /// By cell: where its near halos begin in the list.
  private let starts: ColumnStorage<Int32>
  private var near: [Int32] = []
  private let rays: HaloTreeRays
  private let scratch: RayTile<Float>

  /// - Parameters:
  ///   - grid: The image; rays that leave it by more than a tenth are summed directly.
  ///   - tileCount: Rays at once.
  package init(grid: PixelGrid, tileCount: Int) {
    let pixels = Double(max(grid.rowLength, grid.rowCount)) * 1.1
    let reach = Float(pixels / 2 * grid.pixelScale)
    // The smallest have 8 to 16 pixels along a side: for less, there are too few rays for the work of filling them.
    let depth = max(0, Int(Double.log(pixels / 8) / Double.log(2)))
    levels = (0...depth).map { HaloTreeLevel(number: $0, reach: reach) }
    let cells = levels[depth].cellCount
    powers = ColumnStorage(count: 2 * CellRules.nodeCount * cells, repeating: 0)
    starts = ColumnStorage(count: cells + 1, repeating: 0)
    rays = HaloTreeRays(tileCount: tileCount, cellCount: cells)
    scratch = RayTile(count: CellRules.nodeCount * levels[depth].side)
  }

  package func gather(_ halos: SubhaloList<Float>) {
    self.halos = halos
    // A cell costs as much as some halos do, however few are in it.
    depth = 0
    while depth < levels.count - 1 && levels[depth].cellCount < Self.cellsPerHalo * halos.count { depth += 1 }
    for level in levels[...depth] {
      level.clear()
      if level.number > 0 { levels[level.number - 1].hand(to: level, rules) }
      for number in 0..<halos.count { addFar(number, to: level) }
    }
    levels[depth].writePowers(powers.column, rules)
    listNear()
  }

  package func release() { halos = SubhaloList() }

  private static let cellsPerHalo = 4

  /// Adds a halo to the cells that it is far from, and to whose parents it is near.
  private func addFar(_ number: Int, to level: HaloTreeLevel) {
    let (x, y) = halos.centre(number)
    let near = level.cells(near: x, y)
    let whole =
      level.number == 0
      ? HaloTreeCells(columns: 0..<1, rows: 0..<1)
      : levels[level.number - 1].cells(near: x, y).quarters
    for row in whole.rows {
      if near.rows.contains(row) && !near.columns.isEmpty {
        add(number, to: level, row, whole.columns.lowerBound..<near.columns.lowerBound)
        add(number, to: level, row, near.columns.upperBound..<whole.columns.upperBound)
      } else {
        add(number, to: level, row, whole.columns)
      }
    }
  }

  private func add(_ number: Int, to level: HaloTreeLevel, _ row: Int, _ columns: Range<Int>) {
    if columns.isEmpty { return }
    let (place, deflection) = level.nodes(row, columns)
    halos.addDeflection(ofHalo: number, at: place, to: deflection, scratch: scratch.scratch)
  }

  /// Lists the halos that are near to each of the smallest cells, in their order.
  private func listNear() {
    let (level, starts) = (levels[depth], starts.column)
    let cells = (0..<halos.count).map { number in
      let (x, y) = halos.centre(number)
      return level.cells(near: x, y)
    }
    for cell in 0...level.cellCount { starts[cell] = 0 }
    for box in cells { level.forEach(in: box) { starts[$0 + 1] += 1 } }
    for cell in 0..<level.cellCount { starts[cell + 1] += starts[cell] }
    near.removeAll(keepingCapacity: true)
    near += repeatElement(0, count: Int(starts[level.cellCount]))
    near.withUnsafeMutableBufferPointer { near in
      // From the last halo on, each cell's part fills up towards its start.
      var end = (0..<level.cellCount).map { starts[$0 + 1] }
      for (number, box) in cells.enumerated().reversed() {
        level.forEach(in: box) { cell in
          end[cell] -= 1
          near[Int(end[cell])] = Int32(number)
        }
      }
    }
  }

  package func addDeflection(
    at place: VectorColumns<Float>, to deflection: VectorColumns<Float>, scratch: ScratchColumns<Float>
  ) {
    // Copies of what the object holds, which then is not checked for exclusive access at every ray.
    let (halos, near, rays, level) = (halos, near, rays, levels[depth])
    rays.sort(place, in: level)
    for cell in 0...level.cellCount where rays.count(cell) > 0 {
      let (run, sum) = rays.take(cell, of: place)
      if cell < level.cellCount {
        level.addPolynomials(powers.column, ofCell: cell, at: run, to: sum)
        for k in Int(starts.column[cell])..<Int(starts.column[cell + 1]) {
          halos.addDeflection(ofHalo: Int(near[k]), at: run, to: sum, scratch: scratch)
        }
      } else {
        halos.addDeflection(at: run, to: sum, scratch: scratch)
      }
      rays.give(cell, to: deflection)
    }
  }
}

import LensCore
import LensNumerics
import MassProfiles

/// The deflection of some dozens to thousands of point masses: exact for those near a ray, from a series
/// (`PointExpansion`, which states the error) for all others. Belongs to one thread.
package final class PointField: HaloDeflection {
  private let grid: PixelGrid
  private var expansion: PointExpansion
  /// The pixels of a square: places are their centres, from its middle.
  private let square: RayTile<Float>
  private let half: HalfSquare
  /// Rays of refined pixels in one square.
  private let rays: RayTile<Float>
  /// Where the deflection of each of them belongs in `refinedX`.
  private let targets: ColumnStorage<Int>
  /// At all pixel centres of all squares, row by row.
  private let deflectionX: ColumnStorage<Float>
  private let deflectionY: ColumnStorage<Float>
  private let rowLength: Int
  /// At the rays of refined pixels, tile by tile.
  private var refinedX = ColumnStorage<Float>(count: 1, repeating: 0)
  private var refinedY = ColumnStorage<Float>(count: 1, repeating: 0)
  /// The first refined pixel of each square, and the next of the same square; -1 for none.
  private let heads: ColumnStorage<Int32>
  private let nexts: ColumnStorage<Int32>

  private static let side = PointExpansion.side
  private static let together = side * side

  /// - Parameter grid: One ray goes through the centre of every pixel.
  package init(grid: PixelGrid) {
    self.grid = grid
    expansion = PointExpansion(grid)
    rowLength = expansion.columns * Self.side
    let count = rowLength * expansion.rows * Self.side
    deflectionX = ColumnStorage(count: count, repeating: 0)
    deflectionY = ColumnStorage(count: count, repeating: 0)
    rays = RayTile<Float>(count: Self.together)
    targets = ColumnStorage(count: Self.together, repeating: 0)
    heads = ColumnStorage(count: expansion.columns * expansion.rows, repeating: -1)
    nexts = ColumnStorage(count: grid.width * grid.height, repeating: -1)
    square = RayTile<Float>(count: Self.together)
    for i in 0..<Self.together {
      let middle = Double(Self.side - 1) / 2
      square.image.x[i] = Float((Double(i % Self.side) - middle) * grid.pixelScale)
      square.image.y[i] = Float((Double(i / Self.side) - middle) * grid.pixelScale)
    }
    half = HalfSquare(square.image, radius: expansion.radius)
  }

  /// Takes the deflection of these masses at all pixel centres.
  package func gather(_ points: [PointMass<Float>]) {
    expansion.expand(points)
    // A copy: properties of classes are guarded at every access.
    let (expansion, half, square) = (expansion, half, square)
    for row in 0..<expansion.rows {
      for column in 0..<expansion.columns {
        expansion.deflect(
          row &* expansion.columns &+ column, at: square.image, half: half, to: square.deflection)
        store(square.deflection.x, in: deflectionX.column, column, row)
        store(square.deflection.y, in: deflectionY.column, column, row)
      }
    }
  }

  private func store(_ values: Column<Float>, in target: Column<Float>, _ column: Int, _ row: Int) {
    var start = row &* Self.side &* rowLength &+ column &* Self.side
    for first in 0..<Self.side {
      target.set(values.eight(at: first &* Self.side), at: start)
      start &+= rowLength
    }
  }

  // MARK: Tiles

  package func add(to deflection: VectorColumns<Float>, _ sampling: PixelSampling<Float>, first: Int) {
    precondition(sampling.subpixels == 1)
    var (row, column) = first.quotientAndRemainder(dividingBy: grid.rowLength)
    let count = min(sampling.pixelsPerTile, grid.pixelCount - first)
    var filled = 0
    while filled < count {
      // Rows of whole squares follow each other without a gap.
      let rest = rowLength == grid.rowLength ? grid.pixelCount : grid.rowLength - column
      let (run, start) = (min(rest, count - filled), row * rowLength + column)
      addWeighted(deflectionX.column, from: start, weight: 1, to: deflection.x, at: filled, count: run)
      addWeighted(deflectionY.column, from: start, weight: 1, to: deflection.y, at: filled, count: run)
      (filled, row, column) = (filled + run, row + 1, 0)
    }
  }

  // MARK: Refined pixels

  package func addRefined(
    to deflection: VectorColumns<Float>, _ list: PixelList<Float>, _ sampling: PixelSampling<Float>,
    first: Int
  ) {
    let raysPerPixel = sampling.subpixels * sampling.subpixels
    let (start, count) = (first * raysPerPixel, sampling.pixelsPerTile * raysPerPixel)
    addWeighted(refinedX.column, from: start, weight: 1, to: deflection.x, at: 0, count: count)
    addWeighted(refinedY.column, from: start, weight: 1, to: deflection.y, at: 0, count: count)
  }

  /// Square by square, so that the rays of several pixels go through its series together.
  package func refine(_ list: PixelList<Float>, _ sampling: PixelSampling<Float>) {
    let raysPerPixel = sampling.subpixels * sampling.subpixels
    let needed = (list.count + sampling.pixelsPerTile) * raysPerPixel
    if refinedX.count < needed {
      refinedX = ColumnStorage(count: needed, repeating: 0)
      refinedY = ColumnStorage(count: needed, repeating: 0)
    }
    listBySquare(list)
    let expansion = expansion
    for square in 0..<(expansion.columns * expansion.rows) where heads.column[square] >= 0 {
      refine(square, of: expansion, list, sampling)
      heads.column[square] = -1
    }
  }

  private func listBySquare(_ list: PixelList<Float>) {
    for i in (0..<list.count).reversed() {
      let (y, x) = Int(list.positions[i]).quotientAndRemainder(dividingBy: grid.width)
      let (row, column) = ((y &+ grid.margin) / Self.side, (x &+ grid.margin) / Self.side)
      let square = row &* expansion.columns &+ column
      nexts.column[i] = heads.column[square]
      heads.column[square] = Int32(truncatingIfNeeded: i)
    }
  }

  private func refine(
    _ square: Int, of expansion: PointExpansion, _ list: PixelList<Float>, _ sampling: PixelSampling<Float>
  ) {
    let (offsets, perTile) = (sampling.offsets, sampling.pixelsPerTile)
    let (place, targets) = (rays.image, targets.column)
    var (count, number) = (0, Int(heads.column[square]))
    while number >= 0 {
      let x = list.centreX[number] - expansion.middleX.column[square]
      let y = list.centreY[number] - expansion.middleY.column[square]
      let (tile, position) = number.quotientAndRemainder(dividingBy: perTile)
      var target = tile &* perTile &* offsets.count &* offsets.count &+ position
      for offsetY in offsets {
        for offsetX in offsets {
          (place.x[count], place.y[count]) = (x + offsetX, y + offsetY)
          targets[count] = target
          target &+= perTile
          count &+= 1
          if count == Self.together {
            finish(square, of: expansion, count)
            count = 0
          }
        }
      }
      number = Int(nexts.column[number])
    }
    if count > 0 { finish(square, of: expansion, count) }
  }

  /// Takes the deflection at the rays that were collected; those behind them are left from before.
  private func finish(_ square: Int, of expansion: PointExpansion, _ count: Int) {
    expansion.deflect(square, at: rays.image, to: rays.deflection, count: 64)
    let (x, y) = (refinedX.column, refinedY.column)
    for i in 0..<count {
      let target = targets.column[i]
      x[target] = rays.deflection.x[i]
      y[target] = rays.deflection.y[i]
    }
  }
}

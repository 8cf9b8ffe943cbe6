import LensCore
import LensNumerics
import MassProfiles

/// Turns samples of a halo into numbers: a matrix whose columns are padded to eight rows.
struct SampleMatrix {
  private let storage: ColumnStorage<Float>
  private let samples: Int
  let paddedRows: Int

  /// - Parameter rows: One row per result, one column per sample.
  init(_ rows: [[Double]]) {
    let (samples, paddedRows) = (rows[0].count, (rows.count + 7) / 8 * 8)
    storage = ColumnStorage(count: samples * paddedRows, repeating: 0)
    for (i, row) in rows.enumerated() {
      for (k, value) in row.enumerated() { storage.column[k * paddedRows + i] = Float(value) }
    }
    self.samples = samples
    self.paddedRows = paddedRows
  }

  /// Writes the product with a column of samples.
  func multiply(_ values: Column<Float>, to results: Column<Float>, at target: Int) {
    let matrix = storage.column
    for row in stride(from: 0, to: paddedRows, by: 8) {
      // Two sums, so that an addition need not wait for the one before.
      var (even, odd) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for k in stride(from: 0, to: samples &- 1, by: 2) {
        even += values[k] * matrix.eight(at: k &* paddedRows &+ row)
        odd += values[k &+ 1] * matrix.eight(at: (k &+ 1) &* paddedRows &+ row)
      }
      if samples % 2 == 1 {
        even += values[samples &- 1] * matrix.eight(at: (samples &- 1) &* paddedRows &+ row)
      }
      results.set(even + odd, at: target &+ row)
    }
  }
}

/// A grid as a charge sees it: where its nodes are.
struct NodeGrid {
  let width: Int
  let height: Int
  let originX: Float
  let originY: Float
  let inverseSpacing: Float

  init(_ level: FieldLevel) {
    width = level.width
    height = level.height
    originX = Float(level.originX)
    originY = Float(level.originY)
    inverseSpacing = Float(1 / level.spacing)
  }

  /// Nodes as far apart as those of a level, around all places that are no farther from the origin than a radius.
  init(radius: Double, spacingOf level: FieldLevel) {
    let reach = (radius / level.spacing).rounded(.up) + Double(QuinticSpline.nodes / 2)
    width = 2 * Int(reach) + 1
    height = width
    originX = Float(-reach * level.spacing)
    originY = originX
    inverseSpacing = Float(1 / level.spacing)
  }

  /// The first of the 36 nodes around a place, and the weights along x and y; nil off the grid.
  @inline(__always)
  func stencil(x: Float, y: Float) -> (start: Int, along: SIMD8<Float>, across: SIMD8<Float>)? {
    let (column, row) = (node(x, originX), node(y, originY))
    if column.first < 0 || row.first < 0 || column.first > width &- QuinticSpline.nodes
      || row.first > height &- QuinticSpline.nodes
    {
      return nil
    }
    return (
      row.first &* width &+ column.first, QuinticSpline.weights(column.fraction),
      QuinticSpline.weights(row.fraction)
    )
  }

  /// The first of six nodes, and how far from the third to the fourth the place is.
  @inline(__always)
  private func node(_ place: Float, _ origin: Float) -> (first: Int, fraction: Float) {
    let position = (place - origin) * inverseSpacing
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    let shifted = position - 0.5 + 12_582_912
    return (Int(shifted.bitPattern) &- 0x4b40_0002, position - (shifted - 12_582_912))
  }
}

/// Spreads the Gaussians of halos over the grids of a `HaloField`.
///
/// On the fine grids every halo is spread for itself. For the coarse ones, which are many and small, it is spread
/// once over nodes as far apart as those of the first of them, all charges side by side; these nodes are then spread
/// like halos. They lie around all halos, of which a grid's own region may hold only some: a wide Gaussian reaches
/// farther.
final class ChargeSpreader {
  /// Levels with grids of their own for every halo.
  static let fineLevels = 8
  /// The widest Gaussian over the narrowest must be more, so that there are coarse levels: 2^(10 / 2).
  static let leastRange = 32.0

  /// Kept so that the columns stay valid.
  private let levels: [FieldLevel]
  private let fine: [(grid: NodeGrid, charges: Column<Float>)]
  private let shared: NodeGrid
  private let bundles: ColumnStorage<Float>
  private let bundleSize: Int

  /// - Parameters:
  ///   - levels: More than `fineLevels`.
  ///   - radius: How far from the origin halos may lie, arcsec.
  init(_ levels: [FieldLevel], radius: Double) {
    self.levels = levels
    fine = levels.prefix(Self.fineLevels).map { (NodeGrid($0), $0.charges) }
    shared = NodeGrid(radius: radius, spacingOf: levels[Self.fineLevels])
    bundleSize = (levels.count - Self.fineLevels + 7) / 8 * 8
    bundles = ColumnStorage(count: shared.width * shared.height * bundleSize, repeating: 0)
  }

  func clear() {
    for level in levels { level.clear() }
    clearRun(bundles.column, at: 0, count: bundles.count)
  }

  /// Adds a halo's charges, one for every level. Levels on whose grid it does not lie cannot feel it.
  func add(_ charges: Column<Float>, x: Float, y: Float) {
    for l in 0..<fine.count {
      let (grid, nodes) = fine[l]
      guard let (start, along, across) = grid.stencil(x: x, y: y) else { continue }
      let (charge, width) = (charges[l] * along, grid.width)
      nodes.add(across[0] * charge, at: start)
      nodes.add(across[1] * charge, at: start &+ width)
      nodes.add(across[2] * charge, at: start &+ 2 &* width)
      nodes.add(across[3] * charge, at: start &+ 3 &* width)
      nodes.add(across[4] * charge, at: start &+ 4 &* width)
      nodes.add(across[5] * charge, at: start &+ 5 &* width)
    }
    addBundle(charges, x: x, y: y)
  }

  private func addBundle(_ charges: Column<Float>, x: Float, y: Float) {
    guard let (start, along, across) = shared.stencil(x: x, y: y) else { return }
    let nodes = bundles.column
    for first in stride(from: 0, to: bundleSize, by: 8) {
      let bundle = charges.eight(at: Self.fineLevels &+ first)
      for j in 0..<QuinticSpline.nodes {
        let row = across[j] * bundle
        var node = (start &+ j &* shared.width) &* bundleSize &+ first
        for i in 0..<QuinticSpline.nodes {
          nodes.add(along[i] * row, at: node)
          node &+= bundleSize
        }
      }
    }
  }

  /// Spreads the bundles over the coarse levels; must follow the last `add`.
  func finish() {
    let spacing = 1 / shared.inverseSpacing
    let grids = levels.dropFirst(Self.fineLevels).map { (NodeGrid($0), $0.charges) }
    for row in 0..<shared.height {
      for column in 0..<shared.width {
        let bundle = (row &* shared.width &+ column) &* bundleSize
        let x = shared.originX + Float(column) * spacing
        let y = shared.originY + Float(row) * spacing
        for (l, (grid, nodes)) in grids.enumerated() where bundles.column[bundle &+ l] != 0 {
          guard let (start, along, across) = grid.stencil(x: x, y: y) else { continue }
          let charge = bundles.column[bundle &+ l] * along
          for j in 0..<QuinticSpline.nodes { nodes.add(across[j] * charge, at: start &+ j &* grid.width) }
        }
      }
    }
  }
}

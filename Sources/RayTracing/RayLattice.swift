import LensCore
import LensNumerics

/// All places where rays of a `PixelSampling` can be: a square lattice over the grid, margins included.
///
/// Column c' of the lattice is sub-column c' mod s of pixel column c' / s.
struct RayLattice: Sendable {
  let columns: Int
  let rows: Int
  /// Arcsec between neighbours.
  let spacing: Double
  /// The place in column 0 and row 0, arcsec.
  let x0: Double
  let y0: Double

  init(grid: PixelGrid, subpixels: Int) {
    columns = grid.rowLength * subpixels
    rows = grid.rowCount * subpixels
    spacing = grid.pixelScale / Double(subpixels)
    x0 = -Double(columns - 1) / 2 * spacing
    y0 = -Double(rows - 1) / 2 * spacing
  }

  /// Half the diagonal, arcsec.
  var reach: Double {
    Double.squareRoot(x0 * x0 + y0 * y0)
  }
}

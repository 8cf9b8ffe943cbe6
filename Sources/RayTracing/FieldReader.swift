import LensCore

/// How the rays of one lattice read the grids of a `HaloField`.
struct FieldReader {
  let lattice: RayLattice
  /// By level, then by column or row of the lattice.
  private let columns: [[SplineStencil]]
  private let rows: [[SplineStencil]]

  init(_ levels: [FieldLevel], _ lattice: RayLattice) {
    self.lattice = lattice
    columns = levels.map {
      $0.stencils(from: lattice.x0, step: lattice.spacing, count: lattice.columns, origin: $0.originX)
    }
    rows = levels.map {
      $0.stencils(from: lattice.y0, step: lattice.spacing, count: lattice.rows, origin: $0.originY)
    }
  }

  /// Adds the gradient of some levels at all rays, row by row.
  func addGradient(
    _ levels: [FieldLevel], _ range: Range<Int>, toX x: Column<Float>, y: Column<Float>
  ) {
    for l in range {
      for row in 0..<lattice.rows {
        levels[l].addGradient(columns: columns[l], row: rows[l][row], toX: x, y: y, at: row * lattice.columns)
      }
    }
  }

  /// The gradient of some levels at one ray.
  func gradient(_ levels: [FieldLevel], _ range: Range<Int>, column: Int, row: Int) -> SIMD2<Float> {
    var sum = SIMD2<Float>.zero
    for l in range { sum += levels[l].gradient(column: columns[l][column], row: rows[l][row]) }
    return sum
  }
}

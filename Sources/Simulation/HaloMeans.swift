import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Mean convergences over pixels of halos that may be very many: far from a halo by the convergence at the pixel's centre
/// and its curvature, near it by what flows through the pixel's edges.
struct HaloMeans {
  private(set) var convergence: Image<Double>
  private let grid: PixelGrid
  private let rules: EdgeRules

  /// - Parameter far: What is there already.
  init(_ grid: PixelGrid, _ rules: EdgeRules, far: Image<Double>? = nil) {
    (self.grid, self.rules) = (grid, rules)
    convergence = far ?? Image(width: grid.width, height: grid.height, repeating: 0)
  }

  /// - Parameter progress: Told the fraction that is done; may throw to stop.
  mutating func add(_ halos: [TabulatedHalo], progress: (Double) throws -> Void) rethrows {
    try addFar(halos) { try progress(0.8 * $0) }
    addNear(halos)
    try progress(1)
  }

  private mutating func addFar(_ halos: [TabulatedHalo], progress: (Double) throws -> Void) rethrows {
    let tile = rules.tile
    for first in stride(from: 0, to: grid.pixelCount, by: tile.count) {
      let count = min(tile.count, grid.pixelCount - first)
      for i in 0..<tile.count {
        (tile.image.x[i], tile.image.y[i]) = grid.centre(first + min(i, count - 1))
      }
      tile.clear(tile.brightness)
      for halo in halos {
        halo.addMeanConvergence(at: tile.image, pixelScale: grid.pixelScale, to: tile.brightness)
      }
      for i in 0..<count { convergence.pixels[first + i] += tile.brightness[i] }
      try progress(Double(first + count) / Double(grid.pixelCount))
    }
  }

  /// Adds what `TabulatedHalo.addMeanConvergence` leaves out.
  mutating func addNear(_ halos: [TabulatedHalo]) {
    for halo in halos { addNear(halo) }
  }

  private mutating func addNear(_ halo: TabulatedHalo) {
    let columns = near(halo.centreX, grid.width)
    let rows = near(halo.centreY, grid.height)
    guard !columns.isEmpty, !rows.isEmpty else { return }
    var fluxes = EdgeFluxes(grid, columns: columns, rows: rows, rules)
    fluxes.addFinely(
      LensPlane(masses: [halo]), SkyPoint(halo.centreX, halo.centreY), columns: columns, rows: rows,
      isReplacing: false)
    for row in rows {
      for column in columns {
        let (x, y) = grid.centre(row * grid.width + column)
        guard halo.isNear(x, y, pixelScale: grid.pixelScale) else { continue }
        convergence[x: column, y: row] += fluxes.meanConvergence(column: column, row: row)
      }
    }
  }

  /// The columns or rows that may hold near pixels.
  private func near(_ place: Double, _ count: Int) -> Range<Int> {
    let pixel = place / grid.pixelScale + Double(count) / 2
    let first = max(0, (pixel - TabulatedHalo.nearest - 1).rounded(.down))
    let end = min(Double(count), (pixel + TabulatedHalo.nearest + 1).rounded(.up))
    return first < end ? Int(first)..<Int(end) : 0..<0
  }
}

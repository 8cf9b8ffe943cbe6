import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// What flows through the edges between pixels if the deflection is a flow: half of what leaves a pixel, over the pixel's
/// area, is its mean convergence (Gauss's theorem), whatever peak the mass has within it. What leaves one pixel enters
/// its neighbour, so that the means add up to the mass within the pixels.
///
/// Each edge is integrated at two Gauss-Legendre nodes, and those near the centre of a mass, where its deflection turns
/// quickly, at many more for that mass.
struct EdgeFluxes {
  private let grid: PixelGrid
  private let columns: Range<Int>
  private let rows: Range<Int>
  /// Through edges across rows, one more than columns in each row, towards +x.
  private var alongX: [Double]
  /// Through edges across columns, as many as columns in one more than rows, towards +y.
  private var alongY: [Double]
  private let rules: EdgeRules

  /// Edges that are nearer to a centre, in pixels, are integrated for it alone; two nodes leave 2e-5 of the flux of a mass
  /// at this distance.
  private static let nearest = 4.0

  /// - Parameters:
  ///   - columns, rows: Of the pixels whose edges these are.
  init(_ grid: PixelGrid, columns: Range<Int>, rows: Range<Int>, _ rules: EdgeRules) {
    (self.grid, self.columns, self.rows, self.rules) = (grid, columns, rows, rules)
    alongX = [Double](repeating: 0, count: (columns.count + 1) * rows.count)
    alongY = [Double](repeating: 0, count: columns.count * (rows.count + 1))
  }

  /// Half of what leaves a pixel, over its area.
  func meanConvergence(column: Int, row: Int) -> Double {
    let (x, y) = (column - columns.lowerBound, row - rows.lowerBound)
    let left = y * (columns.count + 1) + x
    let out =
      alongX[left + 1] - alongX[left]
      + (alongY[(y + 1) * columns.count + x] - alongY[y * columns.count + x])
    return out / (2 * grid.pixelScale * grid.pixelScale)
  }

  /// Adds the flux of masses through all edges.
  ///
  /// - Parameters:
  ///   - centres: Of each mass: where its deflection may turn quickly, in arcsec; nil for none.
  ///   - progress: Told the fraction that is done; may throw to stop.
  mutating func add(
    _ masses: [any MassProfile<Double>], centres: [SkyPoint?], progress: (Double) throws -> Void
  ) rethrows {
    let plane = LensPlane(masses: masses)
    try addUsual(plane, isAlongX: true) { try progress(0.45 * $0) }
    try addUsual(plane, isAlongX: false) { try progress(0.45 + 0.45 * $0) }
    for (mass, centre) in zip(masses, centres) {
      guard let centre else { continue }
      let near = (around(centre.x, columns, grid.width), around(centre.y, rows, grid.height))
      addFinely(LensPlane(masses: [mass]), centre, columns: near.0, rows: near.1, isReplacing: true)
    }
    try progress(1)
  }

  // MARK: All edges

  private mutating func addUsual(
    _ plane: LensPlane<Double>, isAlongX: Bool, progress: (Double) throws -> Void
  ) rethrows {
    let nodes = (isAlongX ? alongX.count : alongY.count) * rules.usual.nodes.count
    let tile = rules.tile
    for first in stride(from: 0, to: nodes, by: tile.count) {
      let number = min(tile.count, nodes - first)
      for i in 0..<tile.count {
        let (edge, node) = (first + min(i, number - 1)).quotientAndRemainder(
          dividingBy: rules.usual.nodes.count)
        let (x, y) = start(of: edge, isAlongX: isAlongX)
        let step = rules.usual.nodes[node] * grid.pixelScale
        (tile.image.x[i], tile.image.y[i]) = isAlongX ? (x, y + step) : (x + step, y)
      }
      plane.trace(tile)
      for i in 0..<number {
        let (edge, node) = (first + i).quotientAndRemainder(dividingBy: rules.usual.nodes.count)
        add(rules.usual.weights[node] * grid.pixelScale, i, to: edge, isAlongX: isAlongX)
      }
      try progress(Double(first + number) / Double(nodes))
    }
  }

  /// Adds what the ray `i` sees across an edge.
  private mutating func add(_ weight: Double, _ i: Int, to edge: Int, isAlongX: Bool) {
    if isAlongX {
      alongX[edge] += weight * rules.tile.deflection.x[i]
    } else {
      alongY[edge] += weight * rules.tile.deflection.y[i]
    }
  }

  /// The end of an edge from which it runs towards +y or +x.
  private func start(of edge: Int, isAlongX: Bool) -> (x: Double, y: Double) {
    let (row, column) = edge.quotientAndRemainder(dividingBy: isAlongX ? columns.count + 1 : columns.count)
    return (
      (Double(columns.lowerBound + column) - Double(grid.width) / 2) * grid.pixelScale,
      (Double(rows.lowerBound + row) - Double(grid.height) / 2) * grid.pixelScale
    )
  }

  // MARK: Edges near a centre

  /// Adds the flux of one mass through the edges of some pixels by a rule that suits a peak.
  ///
  /// - Parameters:
  ///   - isReplacing: Whether these edges hold its flux by the usual rule already.
  mutating func addFinely(
    _ mass: LensPlane<Double>, _ centre: SkyPoint, columns near: Range<Int>, rows nearRows: Range<Int>,
    isReplacing: Bool
  ) {
    guard !near.isEmpty, !nearRows.isEmpty else { return }
    for isAlongX in [true, false] {
      let length = isAlongX ? columns.count + 1 : columns.count
      rules.clear()
      for row in nearRows.lowerBound..<nearRows.upperBound + (isAlongX ? 0 : 1) {
        for column in near.lowerBound..<near.upperBound + (isAlongX ? 1 : 0) {
          let edge = (row - rows.lowerBound) * length + column - columns.lowerBound
          let (x, y) = start(of: edge, isAlongX: isAlongX)
          rules.collect(
            edge, from: isAlongX ? (y, x) : (x, y),
            centre: isAlongX ? (centre.y, centre.x) : (centre.x, centre.y),
            length: grid.pixelScale, isReplacing: isReplacing)
        }
      }
      sum(mass, isAlongX: isAlongX)
    }
  }

  private mutating func sum(_ mass: LensPlane<Double>, isAlongX: Bool) {
    let (tile, nodes) = (rules.tile, rules.nodes)
    for first in stride(from: 0, to: nodes.count, by: tile.count) {
      let number = min(tile.count, nodes.count - first)
      for i in 0..<tile.count {
        let node = nodes[first + min(i, number - 1)]
        (tile.image.x[i], tile.image.y[i]) =
          isAlongX ? (node.across, node.along) : (node.along, node.across)
      }
      mass.trace(tile)
      for i in 0..<number { add(nodes[first + i].weight, i, to: nodes[first + i].edge, isAlongX: isAlongX) }
    }
  }

  /// The columns or rows near a place in arcsec.
  private func around(_ place: Double, _ all: Range<Int>, _ count: Int) -> Range<Int> {
    let pixel = place / grid.pixelScale + Double(count) / 2
    let first = max(Double(all.lowerBound), (pixel - Self.nearest).rounded(.down))
    let end = min(Double(all.upperBound), (pixel + Self.nearest).rounded(.up))
    return first < end ? Int(first)..<Int(end) : all.lowerBound..<all.lowerBound
  }
}

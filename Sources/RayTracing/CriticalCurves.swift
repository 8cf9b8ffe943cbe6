import LensCore
import LensNumerics

/// A line on the sky, in arcsec; a closed one does not repeat its first point.
public struct SkyCurve: Sendable, Equatable {
  public let points: [SkyPoint]
  public let isClosed: Bool

  public init(points: [SkyPoint], isClosed: Bool) {
    self.points = points
    self.isClosed = isClosed
  }

  /// Largest extent along x or y, arcsec.
  public var size: Double {
    let (x, y) = (points.map(\.x), points.map(\.y))
    return max((x.max() ?? 0) - (x.min() ?? 0), (y.max() ?? 0) - (y.min() ?? 0))
  }

  /// Enclosed area in arcsec^2, by the shoelace formula; open curves are closed by a straight line.
  public var enclosedArea: Double {
    let following = points.dropFirst() + points.prefix(1)
    return abs(zip(points, following).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }) / 2
  }
}

/// A critical curve in the image plane and its caustic in the source plane, point by point.
public struct CriticalCurve: Sendable, Equatable {
  public let critical: SkyCurve
  public let caustic: SkyCurve
}

extension LensMapping {
  /// The critical curves, where the magnification is infinite, inside a square about the origin.
  ///
  /// Marching squares on the sign of 1 / magnification; each crossing of a grid line is then found to 1e-9 of
  /// the grid step by Chandrupatla's method, so points are exact and the step only limits what is too small to be seen.
  ///
  /// - Parameters:
  ///   - halfWidth: Of the square, arcsec.
  ///   - step: Of the grid, arcsec.
  ///   - progress: Told the fraction that is done; may throw to stop.
  /// - Complexity: (2 halfWidth / step)^2 evaluations of all profiles.
  package func criticalCurves(
    halfWidth: Double, step: Double, progress: (Double) throws -> Void
  ) rethrows -> [CriticalCurve] {
    let cells = max(2, Int((2 * halfWidth / step).rounded(.up)))
    let grid = MarchingSquares(cells: cells, halfWidth: halfWidth)
    let values = try inverseMagnifications(at: grid.nodes) { try progress(0.5 * $0) }
    let edges = grid.crossedEdges(values)
    let crossings = try refine(
      edges.map { (grid.nodes[$0.from], grid.nodes[$0.to], (values[$0.from], values[$0.to])) }
    ) {
      try progress(0.5 + 0.5 * $0)
    }
    let curves = grid.curves(values, crossings: Dictionary(uniqueKeysWithValues: zip(edges, crossings)))
    // A singular centre on a grid node changes sign there without being a critical curve: its crossings all
    // contract to the node.
    return curves.filter { $0.size > 1e-6 * step }.map {
      CriticalCurve(
        critical: $0, caustic: SkyCurve(points: sourcePositions(of: $0.points), isClosed: $0.isClosed))
    }
  }

  /// Finds the crossings of all edges at once, each within a bracket that ends when it is 1e-9 of the edge long.
  private func refine(
    _ edges: [(from: SkyPoint, to: SkyPoint, values: (Double, Double))], progress: (Double) throws -> Void
  ) rethrows -> [SkyPoint] {
    var brackets = edges.map { RootBracket(values: $0.values) }
    func point(_ index: Int) -> SkyPoint {
      let (edge, t) = (edges[index], brackets[index].next)
      return SkyPoint(
        edge.from.x + t * (edge.to.x - edge.from.x), edge.from.y + t * (edge.to.y - edge.from.y))
    }
    var open = Array(brackets.indices)
    while !open.isEmpty {
      try progress(1 - Double(open.count) / Double(edges.count))
      let values = inverseMagnifications(at: open.map(point)) { _ in }
      for (index, value) in zip(open, values) { brackets[index].take(value) }
      open.removeAll { brackets[$0].width <= 1e-9 }
    }
    return brackets.indices.map(point)
  }
}

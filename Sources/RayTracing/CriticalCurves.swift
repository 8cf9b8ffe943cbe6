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

extension LensPlane where Scalar == Double {
  /// The critical curves, where the magnification is infinite, inside a square about the origin.
  ///
  /// Marching squares on the sign of 1 / magnification; each crossing of a grid line is then found to 1e-9 of
  /// the grid step by bisection, so points are exact and the step only limits what is too small to be seen.
  ///
  /// - Parameters:
  ///   - halfWidth: Of the square, arcsec.
  ///   - step: Of the grid, arcsec.
  ///   - progress: Told the fraction that is done; may throw to stop.
  /// - Complexity: (2 halfWidth / step)^2 evaluations of all profiles.
  public func criticalCurves(
    halfWidth: Double, step: Double, progress: (Double) throws -> Void
  ) rethrows -> [CriticalCurve] {
    let cells = max(2, Int((2 * halfWidth / step).rounded(.up)))
    let grid = MarchingSquares(cells: cells, halfWidth: halfWidth)
    let values = try inverseMagnifications(at: grid.nodes) { try progress(0.5 * $0) }
    let edges = grid.crossedEdges(values)
    let crossings = try refine(edges.map { (grid.nodes[$0.from], grid.nodes[$0.to], values[$0.from]) }) {
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

  /// Bisects all edges at once.
  private func refine(
    _ edges: [(from: SkyPoint, to: SkyPoint, value: Double)], progress: (Double) throws -> Void
  ) rethrows -> [SkyPoint] {
    var (low, high) = (edges.map(\.from), edges.map(\.to))
    let rounds = 30
    for round in 0..<rounds {
      try progress(Double(round) / Double(rounds))
      let middle = zip(low, high).map { SkyPoint(($0.x + $1.x) / 2, ($0.y + $1.y) / 2) }
      for (index, value) in inverseMagnifications(at: middle, progress: { _ in }).enumerated() {
        if (value < 0) == (edges[index].value < 0) {
          low[index] = middle[index]
        } else {
          high[index] = middle[index]
        }
      }
    }
    return zip(low, high).map { SkyPoint(($0.x + $1.x) / 2, ($0.y + $1.y) / 2) }
  }
}

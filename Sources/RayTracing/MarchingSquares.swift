/// Lines of equal value on a square grid: which grid edges they cross, and in what order.
///
/// Reference: Lorensen & Cline (1987), SIGGRAPH '87, in two dimensions; a saddle cell joins its crossings so that
/// the negative corners stay apart, which is consistent from cell to cell.
struct MarchingSquares {
  let cells: Int
  let nodes: [SkyPoint]

  /// A grid line between two neighbouring nodes, by their positions in `nodes`.
  struct Edge: Hashable {
    let from: Int
    let to: Int
  }

  init(cells: Int, halfWidth: Double) {
    self.cells = cells
    let step = 2 * halfWidth / Double(cells)
    nodes = (0...cells).flatMap { row in
      (0...cells).map { column in
        SkyPoint(-halfWidth + Double(column) * step, -halfWidth + Double(row) * step)
      }
    }
  }

  /// Every edge whose ends differ in sign, each once.
  func crossedEdges(_ values: [Double]) -> [Edge] {
    let stride = cells + 1
    return values.indices.flatMap { node -> [Edge] in
      let right = node % stride < cells ? [Edge(from: node, to: node + 1)] : []
      let up = node + stride < values.count ? [Edge(from: node, to: node + stride)] : []
      return (right + up).filter { (values[$0.from] < 0) != (values[$0.to] < 0) }
    }
  }

  /// Joins the crossings cell by cell into curves.
  func curves(_ values: [Double], crossings: [Edge: SkyPoint]) -> [SkyCurve] {
    var neighbours: [Edge: [Edge]] = [:]
    for row in 0..<cells {
      for column in 0..<cells {
        for (a, b) in segments(row: row, column: column, values) {
          neighbours[a, default: []].append(b)
          neighbours[b, default: []].append(a)
        }
      }
    }
    return chains(neighbours).map { chain in
      SkyCurve(points: chain.edges.compactMap { crossings[$0] }, isClosed: chain.isClosed)
    }
  }

  /// The line segments inside one cell, between crossed edges of its border.
  private func segments(row: Int, column: Int, _ values: [Double]) -> [(Edge, Edge)] {
    let bottomLeft = row * (cells + 1) + column
    let (bottomRight, topLeft) = (bottomLeft + 1, bottomLeft + cells + 1)
    let topRight = topLeft + 1
    let border = [
      Edge(from: bottomLeft, to: bottomRight), Edge(from: bottomRight, to: topRight),
      Edge(from: topLeft, to: topRight), Edge(from: bottomLeft, to: topLeft),
    ]
    let crossed = border.filter { (values[$0.from] < 0) != (values[$0.to] < 0) }
    switch crossed.count {
    case 2: return [(crossed[0], crossed[1])]
    case 4:
      // Cut off the two negative corners, whichever diagonal they lie on.
      return values[bottomLeft] < 0
        ? [(border[3], border[0]), (border[1], border[2])] : [(border[0], border[1]), (border[2], border[3])]
    default: return []
    }
  }

  private func chains(_ neighbours: [Edge: [Edge]]) -> [(edges: [Edge], isClosed: Bool)] {
    var unvisited = Set(neighbours.keys)
    // Ends of open curves first; a sorted order, so that the result does not depend on hashing.
    let starts = neighbours.keys.sorted {
      let (a, b) = (neighbours[$0]?.count ?? 0, neighbours[$1]?.count ?? 0)
      return (a, $0.from, $0.to) < (b, $1.from, $1.to)
    }
    var chains: [(edges: [Edge], isClosed: Bool)] = []
    for start in starts where unvisited.contains(start) {
      var edges = [start]
      unvisited.remove(start)
      while let next = neighbours[edges[edges.count - 1]]?.first(where: unvisited.contains) {
        edges.append(next)
        unvisited.remove(next)
      }
      chains.append((edges, (neighbours[start]?.count ?? 0) == 2))
    }
    return chains
  }
}

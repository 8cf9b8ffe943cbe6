import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// What flows through the edges between pixels if the deflection is a flow: half of what leaves a pixel, over the pixel's
/// area, is its mean convergence (Gauss's theorem), whatever peak the mass has within it. What leaves one pixel enters
/// its neighbour, so that the means add up to the mass within the image.
///
/// Each edge is integrated at two Gauss-Legendre nodes, and those near the centre of a mass, where its deflection turns
/// quickly, at many more for that mass.
struct EdgeFluxes {
  private let width: Int
  private let height: Int
  private let pixelScale: Double
  /// Through edges across rows, `width + 1` of them in each of `height` rows, towards +x.
  private var alongX: [Double]
  /// Through edges across columns, `width` of them in each of `height + 1` rows, towards +y.
  private var alongY: [Double]
  private let tile = RayTile<Double>(count: 4096)
  private let rule: GaussLegendreRule
  private let fineRule: GaussLegendreRule

  /// Edges that are nearer to a centre, in pixels, are integrated for it alone; two nodes leave 2e-5 of the flux of a mass
  /// at this distance.
  private static let nearest = 4.0

  /// - Throws: `NumericalError.noSolution` if there is no memory for the rules.
  init(width: Int, height: Int, pixelScale: Double) throws {
    (self.width, self.height, self.pixelScale) = (width, height, pixelScale)
    alongX = [Double](repeating: 0, count: (width + 1) * height)
    alongY = [Double](repeating: 0, count: width * (height + 1))
    rule = try GaussLegendreRule(order: 2)
    fineRule = try GaussLegendreRule(order: 20)
  }

  /// Half of what leaves each pixel, over its area.
  var meanConvergence: Image<Double> {
    var image = Image<Double>(width: width, height: height, repeating: 0)
    let scale = 1 / (2 * pixelScale * pixelScale)
    for y in 0..<height {
      for x in 0..<width {
        let left = y * (width + 1) + x
        let out = alongX[left + 1] - alongX[left] + (alongY[(y + 1) * width + x] - alongY[y * width + x])
        image[x: x, y: y] = out * scale
      }
    }
    return image
  }

  /// Adds the flux of masses.
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
      let single = LensPlane(masses: [mass])
      addNear(single, centre, isAlongX: true)
      addNear(single, centre, isAlongX: false)
    }
    try progress(1)
  }

  // MARK: All edges

  private mutating func addUsual(
    _ plane: LensPlane<Double>, isAlongX: Bool, progress: (Double) throws -> Void
  ) rethrows {
    let (count, nodes) = (isAlongX ? alongX.count : alongY.count, rule.nodes.count)
    for first in stride(from: 0, to: count * nodes, by: tile.count) {
      let number = min(tile.count, count * nodes - first)
      for i in 0..<tile.count {
        let (edge, node) = (first + min(i, number - 1)).quotientAndRemainder(dividingBy: nodes)
        let (x, y) = start(of: edge, isAlongX: isAlongX)
        let step = rule.nodes[node] * pixelScale
        (tile.image.x[i], tile.image.y[i]) = isAlongX ? (x, y + step) : (x + step, y)
      }
      plane.trace(tile)
      for i in 0..<number {
        let (edge, node) = (first + i).quotientAndRemainder(dividingBy: nodes)
        add(rule.weights[node] * pixelScale, i, to: edge, isAlongX: isAlongX)
      }
      try progress(Double(first + number) / Double(count * nodes))
    }
  }

  /// Adds what the ray `i` sees across an edge.
  private mutating func add(_ weight: Double, _ i: Int, to edge: Int, isAlongX: Bool) {
    if isAlongX {
      alongX[edge] += weight * tile.deflection.x[i]
    } else {
      alongY[edge] += weight * tile.deflection.y[i]
    }
  }

  /// The end of an edge from which it runs towards +y or +x.
  private func start(of edge: Int, isAlongX: Bool) -> (x: Double, y: Double) {
    let (row, column) = edge.quotientAndRemainder(dividingBy: isAlongX ? width + 1 : width)
    return (
      (Double(column) - Double(width) / 2) * pixelScale, (Double(row) - Double(height) / 2) * pixelScale
    )
  }

  // MARK: Edges near a centre

  private struct Node {
    let edge: Int
    let x: Double
    let y: Double
    let weight: Double
  }

  /// Replaces the flux of one mass through the edges near its centre by a better integral.
  private mutating func addNear(_ mass: LensPlane<Double>, _ centre: SkyPoint, isAlongX: Bool) {
    var nodes: [Node] = []
    let columns = edges(around: centre.x / pixelScale + Double(width) / 2, isAlongX ? width + 1 : width)
    for row in edges(around: centre.y / pixelScale + Double(height) / 2, isAlongX ? height : height + 1) {
      for column in columns {
        collect(row * (isAlongX ? width + 1 : width) + column, centre, isAlongX: isAlongX, in: &nodes)
      }
    }
    for first in stride(from: 0, to: nodes.count, by: tile.count) {
      let number = min(tile.count, nodes.count - first)
      for i in 0..<tile.count {
        let node = nodes[first + min(i, number - 1)]
        (tile.image.x[i], tile.image.y[i]) = (node.x, node.y)
      }
      mass.trace(tile)
      for i in 0..<number { add(nodes[first + i].weight, i, to: nodes[first + i].edge, isAlongX: isAlongX) }
    }
  }

  /// The rows or columns near a place, given in pixels from the image's border.
  private func edges(around place: Double, _ count: Int) -> Range<Int> {
    let first = max(0, (place - Self.nearest).rounded(.down))
    let end = min(Double(count), (place + Self.nearest).rounded(.up) + 1)
    return first < end ? Int(first)..<Int(end) : 0..<0
  }

  /// With t along the edge from the foot of the perpendicular d from the centre, t = d sinh(v): whatever changes at the
  /// distance d, as d / (d^2 + t^2) of a point mass does, is smooth in v.
  private func collect(_ edge: Int, _ centre: SkyPoint, isAlongX: Bool, in nodes: inout [Node]) {
    let (x, y) = start(of: edge, isAlongX: isAlongX)
    let d = max(abs(isAlongX ? x - centre.x : y - centre.y), 1e-9 * pixelScale)
    let from = isAlongX ? y - centre.y : x - centre.x
    func append(_ t: Double, _ weight: Double) {
      nodes.append(
        isAlongX
          ? Node(edge: edge, x: x, y: centre.y + t, weight: weight)
          : Node(edge: edge, x: centre.x + t, y: y, weight: weight))
    }
    for (node, weight) in zip(rule.nodes, rule.weights) {
      append(from + node * pixelScale, -weight * pixelScale)
    }
    let (lower, upper) = (inverseHyperbolicSine(from / d), inverseHyperbolicSine((from + pixelScale) / d))
    // In two pieces where the foot lies on the edge.
    let middle = min(max(0, lower), upper)
    for (start, end) in [(lower, middle), (middle, upper)] where start < end {
      let width: Double = end - start
      for (node, weight) in zip(fineRule.nodes, fineRule.weights) {
        let power = Double.exp(start + node * width)
        let (hyperbolicSine, hyperbolicCosine) = ((power - 1 / power) / 2, (power + 1 / power) / 2)
        append(d * hyperbolicSine, weight * width * d * hyperbolicCosine)
      }
    }
  }

  private func inverseHyperbolicSine(_ z: Double) -> Double {
    let size = Double.log(abs(z) + Double.squareRoot(z * z + 1))
    return z < 0 ? -size : size
  }
}

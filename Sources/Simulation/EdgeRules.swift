import LensCore
import LensNumerics

/// How to integrate a deflection along the edges of pixels, and the memory for that.
final class EdgeRules {
  /// A place on an edge: how far along it and across it (arcsec), and how much it counts.
  struct Node {
    let edge: Int
    let along: Double
    let across: Double
    let weight: Double
  }

  let usual: GaussLegendreRule
  private let short: GaussLegendreRule
  private let long: GaussLegendreRule
  let tile = RayTile<Double>(count: 1024)
  private(set) var nodes: [Node] = []

  /// - Throws: `NumericalError.noSolution` if there is no memory for the rules.
  init() throws {
    usual = try GaussLegendreRule(order: 2)
    short = try GaussLegendreRule(order: 5)
    long = try GaussLegendreRule(order: 20)
  }

  func clear() { nodes.removeAll(keepingCapacity: true) }

  /// Appends the nodes of one edge for a mass with a peak.
  ///
  /// With t along the edge from the foot of the perpendicular d from the centre, t = d sinh(v): whatever changes at the
  /// distance d, as d / (d^2 + t^2) of a point mass does, is smooth in v.
  ///
  /// - Parameters:
  ///   - start, centre: Along the edge and across it.
  ///   - isReplacing: Whether to take away what the usual rule gives.
  func collect(
    _ edge: Int, from start: (along: Double, across: Double), centre: (along: Double, across: Double),
    length: Double, isReplacing: Bool
  ) {
    let d = max(abs(start.across - centre.across), 1e-9 * length)
    let from = start.along - centre.along
    func append(_ t: Double, _ weight: Double) {
      nodes.append(Node(edge: edge, along: centre.along + t, across: start.across, weight: weight))
    }
    if isReplacing {
      for (node, weight) in zip(usual.nodes, usual.weights) { append(from + node * length, -weight * length) }
    }
    let (lower, upper) = (inverseHyperbolicSine(from / d), inverseHyperbolicSine((from + length) / d))
    // In two pieces where the foot lies on the edge.
    let middle = min(max(0, lower), upper)
    for (start, end) in [(lower, middle), (middle, upper)] where start < end {
      let width: Double = end - start
      let rule = width < 1 ? short : long
      for (node, weight) in zip(rule.nodes, rule.weights) {
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

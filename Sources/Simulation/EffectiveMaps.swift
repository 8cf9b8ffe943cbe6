import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// The maps of masses in several planes together (`TruthMaps`).
///
/// The mean convergence of a pixel is half the flux of the deflection out of it, over its area, by four nodes of Gauss and Legendre on each
/// edge. What leaves one pixel enters the next, so that no mass is lost; but a singular or compact mass that lies nearer to an edge than a few
/// tenths of a pixel is shared between the pixels on either side as the nodes happen to lie (`EffectiveMapTests`).
struct EffectiveMaps {
  let convergence: Image<Double>
  let substructureConvergence: Image<Double>
  private(set) var deflectionX: Image<Double>
  private(set) var deflectionY: Image<Double>
  private(set) var potential: Image<Double>
  private(set) var magnification: Image<Double>
  let criticalCurves: [CriticalCurve]

  /// - Parameters:
  ///   - scene: With all strengths as the profiles' own.
  ///   - substructureCounts: Of each plane with mass.
  init(
    _ scene: SceneSpec, _ substructureCounts: [Int], _ hasCriticalCurves: Bool,
    _ progress: (Double) throws -> Void
  ) throws {
    let instrument = scene.instrument
    let grid = PixelGrid(
      width: instrument.width, height: instrument.height, pixelScale: instrument.pixelScale)
    let all = try LensStack(scene, without: substructureCounts.map { _ in 0 })
    let end = hasCriticalCurves ? 0.2 : 1.0
    let rays = try all.trace((0..<grid.pixelCount).map(grid.point)) { try progress(0.2 * end * $0) }
    let blank = Image<Double>(width: grid.width, height: grid.height, repeating: 0)
    (deflectionX, deflectionY, potential, magnification) = (blank, blank, blank, blank)
    convergence = try all.meanConvergence(grid) { try progress(end * (0.2 + 0.4 * $0)) }
    if substructureCounts.allSatisfy({ $0 == 0 }) {
      substructureConvergence = blank
    } else {
      let smooth = try LensStack(scene, without: substructureCounts)
      var difference = convergence
      let without = try smooth.meanConvergence(grid) { try progress(end * (0.6 + 0.4 * $0)) }
      for i in difference.pixels.indices { difference.pixels[i] -= without.pixels[i] }
      substructureConvergence = difference
    }
    let halfWidth = Double(max(grid.width, grid.height)) * grid.pixelScale / 2
    criticalCurves =
      hasCriticalCurves
      ? try all.criticalCurves(halfWidth: halfWidth, step: grid.pixelScale / 2) {
        try progress(end + (1 - end) * $0)
      } : []
    for (pixel, ray) in rays.enumerated() { take(ray, grid.point(pixel), to: pixel) }
  }

  private mutating func take(_ ray: TracedRay, _ point: SkyPoint, to pixel: Int) {
    let (x, y) = (point.x - ray.source.x, point.y - ray.source.y)
    (deflectionX.pixels[pixel], deflectionY.pixels[pixel]) = (x, y)
    potential.pixels[pixel] = (x * x + y * y) / 2 - ray.delay
    magnification.pixels[pixel] = TruthMaps.magnification(inverse: ray.jacobian.determinant)
  }
}

extension PixelGrid {
  /// The centre of a pixel.
  fileprivate func point(_ pixel: Int) -> SkyPoint {
    let (x, y) = centre(pixel)
    return SkyPoint(x, y)
  }
}

extension LensStack {
  /// The planes of a scene that have masses.
  ///
  /// - Parameter counts: How many masses of each, the last ones, are left out.
  init(_ scene: SceneSpec, without counts: [Int]) throws {
    let planes = try zip(scene.massive, counts).map { number, count in
      (number, LensPlane(masses: try profilesForMaps(scene.planes[number].mass.values.dropLast(count))))
    }
    let distances = try PlaneDistances(redshifts: scene.planes.map(\.redshift), cosmology: scene.cosmology)
    self.init(planes, distances, reference: scene.lensNumber)
  }

  /// Half the divergence of the deflection, averaged over each pixel.
  fileprivate func meanConvergence(
    _ grid: PixelGrid, progress: (Double) throws -> Void
  ) throws -> Image<Double> {
    let rule = try GaussLegendreRule(order: 4)
    let (width, height, scale) = (grid.width, grid.height, grid.pixelScale)
    func x(_ column: Double) -> Double { (column - Double(width) / 2) * scale }
    func y(_ row: Double) -> Double { (row - Double(height) / 2) * scale }
    /// The deflection across edges, each times the weight of its node, summed over an edge.
    func fluxes(_ points: [SkyPoint], _ part: (SkyPoint) -> Double, _ start: Double) throws -> [Double] {
      let sources = try trace(points) { try progress(start + 0.5 * $0) }.map(\.source)
      return (0..<points.count / rule.nodes.count).map { edge in
        rule.nodes.indices.reduce(0) { sum, node in
          let place = edge * rule.nodes.count + node
          return sum + rule.weights[node] * (part(points[place]) - part(sources[place]))
        }
      }
    }
    let along = rule.nodes
    let vertical = try fluxes(
      (0..<height).flatMap { row in
        (0...width).flatMap { column in
          along.map { SkyPoint(x(Double(column)), y(Double(row) + $0)) }
        }
      }, \.x, 0)
    let horizontal = try fluxes(
      (0...height).flatMap { row in
        (0..<width).flatMap { column in
          along.map { SkyPoint(x(Double(column) + $0), y(Double(row))) }
        }
      }, \.y, 0.5)
    var map = Image<Double>(width: width, height: height, repeating: 0)
    for row in 0..<height {
      for column in 0..<width {
        let (left, below) = (row * (width + 1) + column, row * width + column)
        let flux = vertical[left + 1] - vertical[left] + horizontal[below + width] - horizontal[below]
        map[x: column, y: row] = flux / (2 * scale)
      }
    }
    return map
  }
}

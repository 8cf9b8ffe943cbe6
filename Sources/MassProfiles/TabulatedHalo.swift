import LensCore
import LensNumerics

/// A truncated Navarro-Frenk-White halo that is read from a table: `TruncatedNavarroFrenkWhite` in Double, many times faster,
/// its potential some hundred times.
package struct TabulatedHalo: MassProfile {
  private let table: TruncatedHaloTable
  /// Arcsec.
  package let centreX: Double
  package let centreY: Double
  /// 1 / r_s^2.
  private let inverseSquare: Double
  private let strength: Double
  private let potentialScale: Double

  init(_ spec: TruncatedNavarroFrenkWhiteSpec, _ table: TruncatedHaloTable) {
    self.table = table
    (centreX, centreY) = (spec.center[0], spec.center[1])
    inverseSquare = 1 / (spec.scaleRadius * spec.scaleRadius)
    strength = spec.deflectionAtScaleRadius / spec.scaleRadius
    potentialScale = spec.deflectionAtScaleRadius * spec.scaleRadius
  }

  package func addDeflection(
    at position: VectorColumns<Double>, to deflection: VectorColumns<Double>, scratch: ScratchColumns<Double>
  ) {
    visit(position) { first, count, places in
      places.fillMean()
      add(places, first, count, at: position, to: deflection)
    }
  }

  package func addPotential(at position: VectorColumns<Double>, to potential: Column<Double>) {
    visit(position) { first, count, places in
      places.fillPotential()
      add(places, count, to: potential.advanced(by: first))
    }
  }

  package func addHessian(at position: VectorColumns<Double>, to hessian: HessianColumns<Double>) {
    visit(position) { first, count, places in
      places.fillMean()
      places.fillSlope()
      add(places, first, count, at: position, to: hessian)
    }
  }

  package func addMaps(_ tile: RayTile<Double>) { visitMaps(tile) { _, _, _ in } }

  /// The same, and the mean convergence (`addMeanConvergence`), where rays are the centres of pixels.
  package func addMaps(_ tile: RayTile<Double>, pixelScale: Double, meanConvergence: Column<Double>) {
    visitMaps(tile) { first, count, places in
      add(places, count, pixelScale: pixelScale, toMeanConvergence: meanConvergence.advanced(by: first))
    }
  }

  private func visitMaps(
    _ tile: RayTile<Double>, _ more: (_ first: Int, _ count: Int, TruncatedHaloTable.Places) -> Void
  ) {
    visit(tile.image) { first, count, places in
      places.fillMean()
      places.fillSlope()
      places.fillPotential()
      add(places, first, count, at: tile.image, to: tile.deflection)
      add(places, first, count, at: tile.image, to: tile.hessian)
      add(places, count, to: tile.potential.advanced(by: first))
      more(first, count, places)
    }
  }

  // The loops below go over one column of results each and count from 0: else a compiler makes no vectors of them.

  private func add(_ places: TruncatedHaloTable.Places, _ count: Int, to potential: Column<Double>) {
    for i in 0..<count { potential[i] += potentialScale * places.potential(i) }
  }

  private func add(
    _ places: TruncatedHaloTable.Places, _ first: Int, _ count: Int, at position: VectorColumns<Double>,
    to deflection: VectorColumns<Double>
  ) {
    for (from, centre, to) in [(position.x, centreX, deflection.x), (position.y, centreY, deflection.y)] {
      let (from, to) = (from.advanced(by: first), to.advanced(by: first))
      for i in 0..<count { to[i] += strength * places.mean(i) * (from[i] - centre) }
    }
  }

  /// The derivatives of the deflection m(u) (dx, dy).
  private func add(
    _ places: TruncatedHaloTable.Places, _ first: Int, _ count: Int, at position: VectorColumns<Double>,
    to hessian: HessianColumns<Double>
  ) {
    let (x, y) = (position.x.advanced(by: first), position.y.advanced(by: first))
    let scale = 2 * inverseSquare * strength
    for (from, centre, column) in [(x, centreX, hessian.xx), (y, centreY, hessian.yy)] {
      let to = column.advanced(by: first)
      for i in 0..<count {
        let d = from[i] - centre
        to[i] += strength * places.mean(i) + scale * places.slope(i) * d * d
      }
    }
    let xy = hessian.xy.advanced(by: first)
    for i in 0..<count { xy[i] += scale * places.slope(i) * (x[i] - centreX) * (y[i] - centreY) }
  }

  /// Adds the mean convergence over pixels that are not near (`isNear`): that at the pixel's centre and its curvature,
  /// kappa + h^2 / 24 times its Laplacian. What is left out is of the order of (h / r)^4.
  ///
  /// - Parameter pixelScale: The side h of a pixel, arcsec.
  package func addMeanConvergence(
    at centre: VectorColumns<Double>, pixelScale: Double, to convergence: Column<Double>
  ) {
    visit(centre) { first, count, places in
      places.fillMean()
      places.fillSlope()
      add(places, count, pixelScale: pixelScale, toMeanConvergence: convergence.advanced(by: first))
    }
  }

  private func add(
    _ places: TruncatedHaloTable.Places, _ count: Int, pixelScale: Double,
    toMeanConvergence convergence: Column<Double>
  ) {
    let (limit, curvature) = (nearSquared(pixelScale), pixelScale * pixelScale * inverseSquare / 6)
    places.fillQuarterLaplacian()
    for i in 0..<count {
      let squared = places.squared(i)
      let mean = places.mean(i) + squared * places.slope(i) + curvature * places.quarterLaplacian(i)
      convergence[i] += squared < limit ? 0 : strength * mean
    }
  }

  /// Whether `addMeanConvergence` leaves out the pixel with a centre at (x, y).
  package func isNear(_ x: Double, _ y: Double, pixelScale: Double) -> Bool {
    let (dx, dy) = (x - centreX, y - centreY)
    return (dx * dx + dy * dy) * inverseSquare < nearSquared(pixelScale)
  }

  /// How far away near pixels may be, in pixels.
  package static let nearest = 4.0

  private func nearSquared(_ pixelScale: Double) -> Double {
    Self.nearest * Self.nearest * pixelScale * pixelScale * inverseSquare
  }

  /// Visits places, some at a time.
  private func visit(
    _ position: VectorColumns<Double>, _ body: (_ first: Int, _ count: Int, TruncatedHaloTable.Places) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: TruncatedHaloTable.Places.memory) { memory in
      guard let memory = memory.baseAddress else { return }
      for first in stride(from: 0, to: position.count, by: TruncatedHaloTable.Places.capacity) {
        let count = min(TruncatedHaloTable.Places.capacity, position.count - first)
        let (x, y) = (position.x.advanced(by: first), position.y.advanced(by: first))
        for i in 0..<count {
          let (dx, dy) = (x[i] - centreX, y[i] - centreY)
          memory[i] = (dx * dx + dy * dy) * inverseSquare
        }
        body(first, count, TruncatedHaloTable.Places(table.numbers, memory, count: count))
      }
    }
  }
}

/// The kernels of masses in Double, for maps of many places: truncated halos are read from tables, one for each ratio of
/// truncation to scale radius.
///
/// - Throws: `NumericalError.noSolution` if a table cannot be made.
package func profilesForMaps(_ masses: [MassSpec]) throws -> [any MassProfile<Double>] {
  var tables: [Double: TruncatedHaloTable] = [:]
  return try masses.map { mass in
    guard case .truncated(let halo) = mass.parameters.smallHalo, halo.scaleRadius >= smallestTabulatedScale
    else {
      return mass.profile(Double.self)
    }
    let tau = halo.truncationRadius / halo.scaleRadius
    let table = try tables[tau] ?? TruncatedHaloTable(tau: tau)
    tables[tau] = table
    return TabulatedHalo(halo, table)
  }
}

/// Tables reach to 4 million scale radii, which should be more than any image: arcsec.
private let smallestTabulatedScale = 1e-4

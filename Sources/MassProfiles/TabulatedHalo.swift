import LensCore
import LensNumerics

/// A truncated Navarro-Frenk-White halo that is read from a table: `TruncatedNavarroFrenkWhite` in Double, several times
/// faster, and its potential some hundred times.
struct TabulatedHalo: MassProfile {
  private let table: TruncatedHaloTable
  private let centreX: Double
  private let centreY: Double
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

  func addDeflection(
    at position: VectorColumns<Double>, to deflection: VectorColumns<Double>, scratch: ScratchColumns<Double>
  ) {
    visit(position) { i, dx, dy, squared, numbers in
      let mean = strength * TruncatedHaloTable.mean(.init(squared), numbers)
      deflection.x[i] += mean * dx
      deflection.y[i] += mean * dy
    }
  }

  func addPotential(at position: VectorColumns<Double>, to potential: Column<Double>) {
    visit(position) { i, _, _, squared, numbers in
      potential[i] += potentialScale * TruncatedHaloTable.potential(.init(squared), numbers)
    }
  }

  func addHessian(at position: VectorColumns<Double>, to hessian: HessianColumns<Double>) {
    visit(position) { i, dx, dy, squared, numbers in
      let place = TruncatedHaloTable.Place(squared)
      let mean = strength * TruncatedHaloTable.mean(place, numbers)
      let excess = strength * TruncatedHaloTable.excess(squared, place, numbers)
      let h = circularHessian(
        dx, dy, squaredRadius: max(squared / inverseSquare, Double.smallestSquaredDistance), mean: mean,
        convergence: mean + excess)
      hessian.xx[i] += h.xx
      hessian.xy[i] += h.xy
      hessian.yy[i] += h.yy
    }
  }

  /// Visits places with the vector to them from the centre and its square in scale radii.
  @inline(__always)
  private func visit(
    _ position: VectorColumns<Double>,
    _ body: (_ i: Int, _ dx: Double, _ dy: Double, _ squared: Double, _ numbers: UnsafePointer<Double>) ->
      Void
  ) {
    table.numbers.withUnsafeBufferPointer { buffer in
      guard let numbers = buffer.baseAddress else { return }
      for i in 0..<position.count {
        let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
        body(i, dx, dy, (dx * dx + dy * dy) * inverseSquare, numbers)
      }
    }
  }
}

/// The kernels of masses in Double, for maps of many places: truncated halos are read from tables, one for each ratio of
/// truncation to scale radius.
///
/// - Throws: `NumericalError.noSolution` if a table cannot be made.
public func profilesForMaps(_ masses: [MassSpec]) throws -> [any MassProfile<Double>] {
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

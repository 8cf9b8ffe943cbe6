import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Mean convergence of masses over every pixel.
///
/// The mean of a point of Einstein radius theta_E over its pixel of area A is pi theta_E^2 / A, since its mass in units of the critical
/// surface density is pi theta_E^2 (Schneider, Kochanek & Wambsganss 2006, Part 1, section 2); a line's mass is shared
/// among the pixels that it crosses by its length in them; those of the waves of granules have a formula. These are exact. Of masses with a surface density, singular ones
/// too, it is the flux of their deflection out of the pixel (`EdgeFluxes`, `HaloMeans`), within 1e-4 of the largest or, where
/// that is not singular, 1e-5 (`MeanConvergenceTests`). The sum over all pixels is the mass in the image.
///
/// - Parameter progress: Told the fraction that is done; may throw to stop.
/// - Returns: Dimensionless; mass outside the image is left out.
/// - Throws: `NumericalError.notFinite` that names the pixel, and what `progress` throws.
package func meanConvergence(
  of masses: [MassSpec], width: Int, height: Int, pixelScale: Double,
  progress: (Double) throws -> Void = { _ in }
) throws -> Image<Double> {
  let grid = PixelGrid(width: width, height: height, pixelScale: pixelScale)
  let convergence = try meanConvergence(of: masses, try profilesForMaps(masses), grid, progress)
  try requireFinite(convergence, "the convergence map")
  return convergence
}

/// The same with the kernels of the masses (`profilesForMaps`).
func meanConvergence(
  of masses: [MassSpec], _ profiles: [any MassProfile<Double>], _ grid: PixelGrid,
  _ progress: (Double) throws -> Void
) throws -> Image<Double> {
  var deposit = MassDeposit(grid)
  var (halos, spread): ([TabulatedHalo], [any MassProfile<Double>]) = ([], [])
  var centres: [SkyPoint?] = []
  for (mass, profile) in zip(masses, profiles) {
    switch (mass.parameters, profile) {
    case (let point as PointMassSpec, _): deposit.add(point)
    case (let line as UniformLineSpec, _): deposit.add(line)
    case (let field as GranulesSpec, _): deposit.add(field, grid)
    case (_, let halo as TabulatedHalo): halos.append(halo)
    default:
      spread.append(profile)
      centres.append(mass.parameters.peak.map { SkyPoint($0[0], $0[1]) })
    }
  }
  var convergence = deposit.convergence
  if halos.isEmpty && spread.isEmpty { return convergence }
  let share = Double(halos.count) / Double(halos.count + spread.count)
  let rules = try EdgeRules()
  var means = HaloMeans(grid, rules)
  if !halos.isEmpty { try means.add(halos) { try progress(share * $0) } }
  var fluxes = EdgeFluxes(grid, columns: 0..<grid.width, rows: 0..<grid.height, rules)
  if !spread.isEmpty { try fluxes.add(spread, centres: centres) { try progress(share + (1 - share) * $0) } }
  for row in 0..<grid.height {
    for column in 0..<grid.width {
      convergence[x: column, y: row] +=
        means.convergence[x: column, y: row] + fluxes.meanConvergence(column: column, row: row)
    }
  }
  return convergence
}

private struct MassDeposit {
  var convergence: Image<Double>
  let pixelScale: Double

  init(_ grid: PixelGrid) {
    convergence = Image(width: grid.width, height: grid.height, repeating: 0)
    pixelScale = grid.pixelScale
  }

  mutating func add(_ point: PointMassSpec) {
    deposit(point.einsteinRadius * point.einsteinRadius, atX: point.center[0], y: point.center[1])
  }

  mutating func add(_ line: UniformLineSpec) {
    let (sine, cosine) = sineAndCosine(line.positionAngle)
    let (dx, dy) = (line.length * cosine, line.length * sine)
    let (x, y) = (line.center[0] - dx / 2, line.center[1] - dy / 2)
    // Where the line enters another pixel, as fractions of its length.
    let ends =
      [0, 1] + crossings(from: x, by: dx, pixels: convergence.width)
      + crossings(from: y, by: dy, pixels: convergence.height)
    let sorted = ends.sorted()
    for (start, end) in zip(sorted, sorted.dropFirst()) {
      let middle = (start + end) / 2
      deposit(
        line.einsteinRadius * line.einsteinRadius * (end - start), atX: x + middle * dx, y: y + middle * dy)
    }
  }

  /// The mean of a wave over a pixel is what a wave of another amplitude has at its middle.
  mutating func add(_ field: GranulesSpec, _ grid: PixelGrid) {
    let means = Granules<Double>(field, pixelScale: pixelScale)
    let tile = RayTile<Double>(count: grid.width)
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let centre = grid.centre(row * grid.width + column)
        (tile.image.x[column], tile.image.y[column]) = (centre.x, centre.y)
        (tile.hessian.xx[column], tile.hessian.yy[column]) = (0, 0)
      }
      means.addHessian(at: tile.image, to: tile.hessian)
      for column in 0..<grid.width {
        convergence[x: column, y: row] += (tile.hessian.xx[column] + tile.hessian.yy[column]) / 2
      }
    }
  }

  /// The position in arcsec of a number of pixels from the image's left or lower edge.
  private func place(_ pixels: Double, of count: Int) -> Double {
    (pixels - Double(count) / 2) * pixelScale
  }

  private func crossings(from start: Double, by step: Double, pixels: Int) -> [Double] {
    step == 0
      ? [] : (0...pixels).map { (place(Double($0), of: pixels) - start) / step }.filter { $0 > 0 && $0 < 1 }
  }

  /// - Parameter mass: In units of pi times the critical surface density.
  private mutating func deposit(_ mass: Double, atX x: Double, y: Double) {
    let column = (x / pixelScale + Double(convergence.width) / 2).rounded(.down)
    let row = (y / pixelScale + Double(convergence.height) / 2).rounded(.down)
    guard (0..<Double(convergence.width)).contains(column), (0..<Double(convergence.height)).contains(row)
    else { return }
    convergence[x: Int(column), y: Int(row)] += .pi * mass / (pixelScale * pixelScale)
  }
}

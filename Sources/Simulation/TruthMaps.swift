import Instrument
import LensCore
import MassProfiles
import RayTracing

/// What the lens does, pixel by pixel, in Double: the mean convergence over the pixel, and all else at its centre.
///
/// Of masses in several planes, what they do together to rays from the farthest: the deflection is what moves a ray's source, the
/// convergence half its divergence, the magnification that of the whole Jacobian, and the potential the one whose delay is that of all
/// planes (`LensStack`).
public struct TruthMaps: Sendable {
  /// Means over the pixels (`meanConvergence`, of several planes `EffectiveMaps`), dimensionless: of one plane their sum times a pixel's
  /// area is the mass in the image in units of the critical surface density.
  public let convergence: Image<Double>
  /// The same of the substructure alone; of several planes what is missing without it.
  public let substructureConvergence: Image<Double>
  /// Arcsec.
  public let deflectionX: Image<Double>
  public let deflectionY: Image<Double>
  /// Arcsec^2.
  public let potential: Image<Double>
  /// Signed; its largest size is `largestMagnification`, because it is infinite on critical curves.
  public let magnification: Image<Double>
  public let criticalCurves: [CriticalCurve]

  public static let largestMagnification = 1e6

  static func magnification(inverse: Double) -> Double {
    abs(inverse) < 1 / largestMagnification
      ? (inverse < 0 ? -largestMagnification : largestMagnification) : 1 / inverse
  }

  /// The maps with their names in files, in a fixed order.
  public var named: [(name: String, image: Image<Double>)] {
    [
      ("convergence", convergence), ("deflection_x", deflectionX), ("deflection_y", deflectionY),
      ("potential", potential), ("magnification", magnification),
    ]
  }

  /// - Parameters:
  ///   - substructureCounts: How many of the masses of each plane, the last ones, are substructure; none where left out.
  ///   - hasCriticalCurves: Whether to trace them, which takes longer than all the maps; else there are none.
  ///   - progress: Told from time to time the fraction that is done; may throw to stop.
  /// - Throws: `NumericalError.notFinite` that names the map and the pixel, and what `progress` throws.
  public init(
    _ scene: SceneSpec, substructureCounts: [Int] = [], hasCriticalCurves: Bool = true,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    let resolved = try scene.resolved()
    let massive = resolved.massive
    func count(_ plane: Int) -> Int { plane < substructureCounts.count ? substructureCounts[plane] : 0 }
    if massive.count > 1 {
      let maps = try EffectiveMaps(resolved, massive.map { count($0) }, hasCriticalCurves, progress)
      (convergence, substructureConvergence) = (maps.convergence, maps.substructureConvergence)
      (deflectionX, deflectionY) = (maps.deflectionX, maps.deflectionY)
      (potential, magnification) = (maps.potential, maps.magnification)
      criticalCurves = maps.criticalCurves
    } else {
      let plane = massive.first ?? resolved.lensNumber
      self = try TruthMaps(
        resolved.instrument, resolved.planes[plane].mass.values, count(plane), hasCriticalCurves, progress)
    }
    for map in named { try requireFinite(map.image, "the \(map.name) map") }
  }

  /// Of masses in one plane.
  private init(
    _ instrument: InstrumentSpec, _ masses: [MassSpec], _ substructureCount: Int, _ hasCriticalCurves: Bool,
    _ progress: (Double) throws -> Void
  ) throws {
    let profiles = try profilesForMaps(masses)
    let grid = PixelGrid(
      width: instrument.width, height: instrument.height, pixelScale: instrument.pixelScale)
    let first = masses.count - substructureCount
    // Halos of the substructure may be very many: all that is known of one at a place is read from its table at once.
    let (halos, others) = (
      profiles[first...].compactMap { $0 as? TabulatedHalo },
      masses.indices.filter { $0 < first || !(profiles[$0] is TabulatedHalo) }
    )
    // About what the steps take of the time.
    let (means, centres) = hasCriticalCurves ? (0.1, 0.1) : (0.5, 0.5)
    func meansOf(_ indices: [Int], from start: Double, to end: Double) throws -> Image<Double> {
      try meanConvergence(of: indices.map { masses[$0] }, indices.map { profiles[$0] }, grid) {
        try progress(start + (end - start) * $0)
      }
    }
    var sum = try meansOf(others.filter { $0 < first }, from: 0, to: means / 2)
    var substructure = try meansOf(others.filter { $0 >= first }, from: means / 2, to: means)
    let maps = try CentreMaps(LensPlane(masses: others.map { profiles[$0] }), halos, grid) {
      try progress(means + centres * $0)
    }
    var haloMeans = HaloMeans(grid, try EdgeRules(), far: maps.farConvergence)
    haloMeans.addNear(halos)
    for i in sum.pixels.indices {
      substructure.pixels[i] += haloMeans.convergence.pixels[i]
      sum.pixels[i] += substructure.pixels[i]
    }
    (convergence, substructureConvergence) = (sum, substructure)
    (deflectionX, deflectionY) = (maps.deflectionX, maps.deflectionY)
    (potential, magnification) = (maps.potential, maps.magnification)
    let halfWidth = Double(max(grid.width, grid.height)) * grid.pixelScale / 2
    criticalCurves =
      hasCriticalCurves
      ? try LensPlane(masses: profiles).criticalCurves(halfWidth: halfWidth, step: grid.pixelScale / 2) {
        try progress(means + centres + (1 - means - centres) * $0)
      } : []
  }
}

/// What is known at the pixel centres.
private struct CentreMaps {
  var deflectionX: Image<Double>
  var deflectionY: Image<Double>
  var potential: Image<Double>
  var magnification: Image<Double>
  /// Of the halos, without what is near them (`TabulatedHalo.addMeanConvergence`).
  var farConvergence: Image<Double>

  /// - Parameters:
  ///   - plane: The masses that are not among the halos.
  init(
    _ plane: LensPlane<Double>, _ halos: [TabulatedHalo], _ grid: PixelGrid, progress: (Double) throws -> Void
  ) rethrows {
    deflectionX = Image(width: grid.width, height: grid.height, repeating: 0)
    (deflectionY, potential, magnification) = (deflectionX, deflectionX, deflectionX)
    farConvergence = deflectionX
    let tile = RayTile<Double>(count: min(1024, grid.pixelCount))
    for first in stride(from: 0, to: grid.pixelCount, by: tile.count) {
      let count = min(tile.count, grid.pixelCount - first)
      for i in 0..<tile.count {
        (tile.image.x[i], tile.image.y[i]) = grid.centre(first + min(i, count - 1))
      }
      plane.sumMaps(tile)
      tile.clear(tile.brightness)
      for halo in halos {
        halo.addMaps(tile, pixelScale: grid.pixelScale, meanConvergence: tile.brightness)
      }
      for i in 0..<count { take(tile, i, to: first + i) }
      try progress(Double(first + count) / Double(grid.pixelCount))
    }
    // The columns are views: the tile must live until the last one has been read.
    withExtendedLifetime(tile) {}
  }

  private mutating func take(_ tile: RayTile<Double>, _ i: Int, to pixel: Int) {
    deflectionX.pixels[pixel] = tile.deflection.x[i]
    deflectionY.pixels[pixel] = tile.deflection.y[i]
    potential.pixels[pixel] = tile.potential[i]
    farConvergence.pixels[pixel] = tile.brightness[i]
    magnification.pixels[pixel] = TruthMaps.magnification(inverse: tile.hessian.inverseMagnification(i))
  }
}

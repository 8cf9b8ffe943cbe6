import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Decides whether the small halos of a scene are summed directly, on grids or by series, and keeps what that needs.
///
/// In Float only. Belongs to one thread.
final class FarField: HaloSum {
  private let grid: PixelGrid
  /// Rays per pixel and axis in all pixels and in refined ones.
  private let coarse: Int
  private let fine: Int?
  private let method: FarFieldMethod
  /// What sums halos of the scene together.
  private(set) var fields: [any HaloDeflection<Float>] = []
  /// Those that are to be summed one by one.
  private(set) var direct = SubhaloList<Float>()
  private lazy var pointField = PointField(grid: grid)
  /// By nodes per pixel; made when the first scene needs them.
  private var grids: [Int: HaloField] = [:]

  /// Truncated halos from which the grids beat the direct sum, and points from which series do.
  private static let fewestHalos = 40
  private static let fewestPoints = 16
  /// Where there are no series: a point mass is so many times cheaper than a truncated halo.
  private static let pointsPerHalo = 20
  /// Halos from which the fine grids are faster than the coarse ones.
  private static let manyHalos = 20_000
  private static let coarseSteps = 2
  private static let fineSteps = 7
  /// Nodes of the finest grid, above which a coarser one, or none, is used: 64 MiB for each of three arrays.
  private static let largestGrid = 1 << 24
  /// Errors on grids are 1e-4 of a halo's deflection at worst, and add up like those of many halos do, in squares: where
  /// deflections add up to more than this, arcsec, a source that changes within a tenth of an arcsec shows them.
  private static let largestDeflection: Float = 0.1
  /// 256 MiB, if all pixels are rough.
  private static let mostRefinedRays = 1 << 25

  /// - Parameter sampler: Of whose rays the deflections are summed.
  init(_ sampler: ImageSampler<Float>, method: FarFieldMethod) {
    (grid, self.method) = (sampler.grid, method)
    (coarse, fine) = sampler.subpixels
  }

  /// Decides which of these halos are summed together, and sums those at the rays that all pixels have.
  ///
  /// - Throws: `NumericalError.noSolution` if the grids cannot be prepared.
  func gather(_ halos: SubhaloList<Float>) throws {
    fields.removeAll(keepingCapacity: true)
    direct = halos
    switch method {
    case .direct: break
    case .coarse, .fine: try gatherOnGrid(method == .coarse ? Self.coarseSteps : Self.fineSteps)
    case .automatic: try gatherFastest()
    }
  }

  /// Forgets the halos: whoever holds them too can change them without copying them.
  func release() {
    fields.removeAll(keepingCapacity: true)
    direct = SubhaloList()
  }

  private func gatherFastest() throws {
    if direct.points.count >= Self.fewestPoints && canSeries {
      pointField.gather(direct.points)
      fields.append(pointField)
      direct = direct.withoutPoints()
    }
    if direct.truncated.count + direct.points.count / Self.pointsPerHalo >= Self.fewestHalos {
      try gatherOnGrid(direct.count < Self.manyHalos ? Self.coarseSteps : Self.fineSteps)
    }
  }

  /// - Parameter steps: Nodes of the finest grid per pixel and axis that are wanted; where that is too many, less.
  private func gatherOnGrid(_ steps: Int) throws {
    guard direct.count > 0, let steps = [steps, Self.coarseSteps].first(where: { isAffordable($0) }) else {
      return
    }
    let field =
      try grids[steps] ?? HaloField(grid: grid, coarse: coarse, fine: fine, stepsPerPixel: Double(steps))
    grids[steps] = field
    let (held, others) = field.parted(direct)
    if held.count == 0 || deflection(of: held) > Self.largestDeflection { return }
    field.gather(held)
    fields.append(field)
    direct = others
  }

  /// The root of the sum of the squares of the halos' deflections; that of a point is its largest on a grid, a pixel away.
  private func deflection(of halos: SubhaloList<Float>) -> Float {
    var sum: Float = 0
    for halo in halos.truncated { sum += halo.deflectionAtScaleRadius * halo.deflectionAtScaleRadius }
    for point in halos.points {
      let deflection = point.squaredEinsteinRadius / Float(grid.pixelScale)
      sum += deflection * deflection
    }
    return sum.squareRoot()
  }

  /// The series are about squares of whole pixels with one ray each, and hold the deflection at all refined rays.
  private var canSeries: Bool {
    let finest = fine ?? 1
    return coarse == 1 && grid.pixelCount * finest * finest <= Self.mostRefinedRays
  }

  private func isAffordable(_ steps: Int) -> Bool { grid.pixelCount * steps * steps <= Self.largestGrid }
}

import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Decides whether the small halos of a scene are summed directly, on grids or by series, and keeps what that needs.
///
/// Belongs to one thread.
final class FarField {
  private let grid: PixelGrid
  private let coarse: Int
  private let fine: Int?
  private let method: FarFieldMethod
  private lazy var pointField = PointField(grid: grid)
  /// By nodes per pixel; made when the first scene needs them.
  private var fields: [Int: HaloField] = [:]

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
  /// 256 MiB, if all pixels are rough.
  private static let mostRefinedRays = 1 << 25

  /// - Parameters:
  ///   - coarse, fine: Rays per pixel and axis in all pixels and in refined ones.
  init(grid: PixelGrid, coarse: Int, fine: Int?, method: FarFieldMethod) {
    self.grid = grid
    self.coarse = coarse
    self.fine = fine
    self.method = method
  }

  /// What sums some of these halos together, where that is faster, and those that are to be summed one by one.
  ///
  /// - Throws: `NumericalError.noSolution` if the grids cannot be prepared.
  func gather(_ halos: SubhaloList<Float>) throws -> (
    fields: [any HaloDeflection], others: SubhaloList<Float>
  ) {
    switch method {
    case .direct: return ([], halos)
    case .coarse, .fine:
      let field = try gridded(halos, method == .coarse ? Self.coarseSteps : Self.fineSteps)
      return field.map { ([$0], SubhaloList()) } ?? ([], halos)
    case .automatic: return try gatherFastest(halos)
    }
  }

  private func gatherFastest(_ halos: SubhaloList<Float>) throws -> (
    fields: [any HaloDeflection], others: SubhaloList<Float>
  ) {
    var fields: [any HaloDeflection] = []
    var others = halos
    if halos.points.count >= Self.fewestPoints && canSeries {
      pointField.gather(halos.points)
      fields.append(pointField)
      others = halos.withoutPoints()
    }
    if others.truncated.count + others.points.count / Self.pointsPerHalo >= Self.fewestHalos {
      let steps = others.count < Self.manyHalos ? Self.coarseSteps : Self.fineSteps
      if let field = try gridded(others, steps) {
        fields.append(field)
        others = SubhaloList()
      }
    }
    return (fields, others)
  }

  /// The series are about squares of whole pixels with one ray each, and hold the deflection at all refined rays.
  private var canSeries: Bool {
    let finest = fine ?? 1
    return coarse == 1 && grid.pixelCount * finest * finest <= Self.mostRefinedRays
  }

  /// - Parameter steps: Nodes of the finest grid per pixel and axis that are wanted; where that is too many, less.
  /// - Returns: nil if no grid holds these halos.
  private func gridded(_ halos: SubhaloList<Float>, _ steps: Int) throws -> HaloField? {
    guard halos.count > 0, let steps = [steps, Self.coarseSteps].first(where: { isAffordable($0) }) else {
      return nil
    }
    let field =
      try fields[steps] ?? HaloField(grid: grid, coarse: coarse, fine: fine, stepsPerPixel: Double(steps))
    fields[steps] = field
    if !field.holds(halos) { return nil }
    field.gather(halos)
    return field
  }

  private func isAffordable(_ steps: Int) -> Bool { grid.pixelCount * steps * steps <= Self.largestGrid }
}

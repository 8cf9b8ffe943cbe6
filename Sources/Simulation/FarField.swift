import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Decides whether the small halos of a scene are summed directly or on grids, and keeps the grids.
///
/// Belongs to one thread.
final class FarField {
  private let grid: PixelGrid
  private let coarse: Int
  private let fine: Int?
  private let method: FarFieldMethod
  /// By nodes per pixel; made when the first scene needs them.
  private var fields: [Int: HaloField] = [:]

  /// Truncated halos from which the grids beat the direct sum; a point mass is so many times cheaper.
  private static let fewestHalos = 40
  private static let pointsPerHalo = 20
  /// Halos from which the fine grids are faster than the coarse ones.
  private static let manyHalos = 20_000
  private static let coarseSteps = 2
  private static let fineSteps = 7
  /// Nodes of the finest grid, above which a coarser one, or none, is used: 64 MiB for each of three arrays.
  private static let largestGrid = 1 << 24

  /// - Parameters:
  ///   - coarse, fine: Rays per pixel and axis in all pixels and in refined ones.
  init(grid: PixelGrid, coarse: Int, fine: Int?, method: FarFieldMethod) {
    self.grid = grid
    self.coarse = coarse
    self.fine = fine
    self.method = method
  }

  /// The field of these halos, or nil if they are to be summed directly.
  ///
  /// - Throws: `NumericalError.noSolution` if the grids cannot be prepared.
  func field(of halos: SubhaloList<Float>) throws -> HaloField? {
    guard let steps = steps(halos) else { return nil }
    let field =
      try fields[steps] ?? HaloField(grid: grid, coarse: coarse, fine: fine, stepsPerPixel: Double(steps))
    fields[steps] = field
    if !field.holds(halos) { return nil }
    field.gather(halos)
    return field
  }

  /// Nodes of the finest grid per pixel and axis, or nil for a direct sum.
  private func steps(_ halos: SubhaloList<Float>) -> Int? {
    if halos.count == 0 { return nil }
    let wanted: Int? =
      switch method {
      case .direct: nil
      case .coarse: Self.coarseSteps
      case .fine: Self.fineSteps
      case .automatic: automaticSteps(halos)
      }
    return [wanted, wanted.map { min($0, Self.coarseSteps) }].compactMap { $0 }.first { isAffordable($0) }
  }

  private func automaticSteps(_ halos: SubhaloList<Float>) -> Int? {
    let weight = halos.truncated.count + halos.points.count / Self.pointsPerHalo
    if weight < Self.fewestHalos { return nil }
    return halos.count < Self.manyHalos ? Self.coarseSteps : Self.fineSteps
  }

  private func isAffordable(_ steps: Int) -> Bool { grid.pixelCount * steps * steps <= Self.largestGrid }
}

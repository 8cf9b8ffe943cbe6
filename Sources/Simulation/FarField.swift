import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Decides whether the small halos of a scene are summed directly, on grids or by series, and keeps what that needs.
///
/// In Float only. Belongs to one thread.
final class FarField: HaloSum {
  private let grid: PixelGrid
  private let tileCount: Int
  /// Rays per pixel and axis in all pixels and in refined ones.
  private let coarse: Int
  private let fine: Int?
  private let method: FarFieldMethod
  /// What sums halos of the scene together.
  private(set) var fields: [any HaloDeflection<Float>] = []
  /// Those of kinds that grids have no Gaussians for.
  private(set) var placed: (any ScreenField<Float>)?
  /// Those that are to be summed one by one.
  private(set) var direct = SubhaloList<Float>()
  private lazy var firstTree = HaloTree(grid: grid, tileCount: tileCount)
  private lazy var pointField = PointField(grid: grid)
  /// Those of later planes, from the first that has any.
  private var trees: [HaloTree] = []
  /// By nodes per pixel; made when the first scene needs them.
  private var grids: [Int: HaloField] = [:]

  /// Truncated halos from which the grids beat the direct sum, and points from which series do.
  private static let fewestHalos = 40
  private static let fewestPoints = 16
  /// From which trees do.
  private static let fewestOfTree = 8
  /// Where there are no series: a point mass is so many times cheaper than a truncated halo.
  private static let pointsPerHalo = 20
  /// Halos from which the fine grids are faster than the coarse ones.
  private static let manyHalos = 20_000
  private static let coarseSteps = 2
  private static let fineSteps = 7
  /// Nodes of the finest grid, above which a coarser one, or none, is used: 64 MiB for each of three arrays.
  private static let largestGrid = 1 << 24
  /// Errors on grids are 1e-4 of a halo's deflection at worst, largest beside it, and add up like those of many halos do, in squares.
  /// Where deflections add up to more than the first, arcsec, or those of many halos to more than the second within three by three
  /// cells, a source that changes within a tenth of an arcsec may show them: then those with more than the third are summed one by
  /// one, and if the others still add up to the second somewhere, all are.
  private static let largestSum: Float = 0.1
  private static let largestSumNearby: Float = 0.04
  private static let largestOfMany: Float = 0.025
  private static let pixelsPerCell = 8
  /// 256 MiB, if all pixels are rough.
  private static let mostRefinedRays = 1 << 25

  /// - Parameter sampler: Of whose rays the deflections are summed.
  init(_ sampler: ImageSampler<Float>, method: FarFieldMethod) {
    (grid, tileCount, self.method) = (sampler.grid, sampler.tileCount, method)
    (coarse, fine) = sampler.subpixels
  }

  /// Decides which of these halos are summed together, and sums those at the rays that all pixels have.
  ///
  /// - Throws: `NumericalError.noSolution` if the grids cannot be prepared.
  func gather(_ halos: SubhaloList<Float>) throws {
    fields.removeAll(keepingCapacity: true)
    (placed, direct) = (nil, halos)
    switch method {
    case .direct: break
    case .coarse, .fine: try gatherOnGrid(method == .coarse ? Self.coarseSteps : Self.fineSteps)
    case .automatic: try gatherFastest()
    }
    if method != .direct { placeSpheres() }
  }

  private func placeSpheres() {
    let (held, others) = direct.parted(
      points: { _ in false }, truncated: { _ in false },
      spheres: { $0.deflectionAtScaleRadius < Self.largestOfMany })
    if held.count < Self.fewestOfTree { return }
    firstTree.gather(held)
    (placed, direct) = (firstTree, others)
  }

  func field(behind number: Int, of halos: SubhaloList<Float>) -> (
    field: (any ScreenField<Float>)?, direct: SubhaloList<Float>
  ) {
    if method == .direct || halos.count < Self.fewestOfTree { return (nil, halos) }
    // Errors are fractions of deflections.
    let (held, heavy) = halos.parted(
      points: isWeak, truncated: isWeak, spheres: { $0.deflectionAtScaleRadius < Self.largestOfMany })
    if held.count < Self.fewestOfTree { return (nil, halos) }
    while trees.count <= number { trees.append(HaloTree(grid: grid, tileCount: tileCount)) }
    trees[number].gather(held)
    return (trees[number], heavy)
  }

  /// Forgets the halos: whoever holds them too can change them without copying them.
  func release() {
    for tree in trees { tree.release() }
    placed?.release()
    placed = nil
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
    let (near, far) = field.parted(direct)
    let isHeavy = squares(of: near).reduce(0, +) > Self.largestSum * Self.largestSum
    let mustPart = isHeavy || isCrowded(near)
    let (held, heavy) = mustPart ? near.parted(points: isWeak, truncated: isWeak) : (near, SubhaloList())
    if held.count == 0 || mustPart && isCrowded(held) { return }
    field.gather(held)
    fields.append(field)
    direct = far.joined(heavy)
  }

  private func isWeak(_ point: PointMass<Float>) -> Bool { deflection(of: point) < Self.largestOfMany }
  private func isWeak(_ halo: TruncatedNavarroFrenkWhite<Float>) -> Bool {
    halo.deflectionAtScaleRadius < Self.largestOfMany
  }

  private func squares(of halos: SubhaloList<Float>) -> [Float] {
    halos.truncated.map { $0.deflectionAtScaleRadius * $0.deflectionAtScaleRadius }
      + halos.points.map { deflection(of: $0) * deflection(of: $0) }
  }

  /// Whether the deflections of many halos add up to too much in any three by three cells.
  private func isCrowded(_ halos: SubhaloList<Float>) -> Bool {
    if halos.count < Self.fewestHalos { return false }
    let cell = Float(grid.pixelScale) * Float(Self.pixelsPerCell)
    let places =
      halos.truncated.map { ($0.centreX, $0.centreY) } + halos.points.map { ($0.centreX, $0.centreY) }
    // Cells as far as there are halos, which need not be in the image, and one more around.
    let farthest = places.reduce(0) { max($0, abs($1.0), abs($1.1)) }
    let half = Int((farthest / cell).rounded(.up)) + 1
    let side = 2 * half + 1
    var sums = [Float](repeating: 0, count: side * side)
    for (place, square) in zip(places, squares(of: halos)) {
      let (column, row) = (Int((place.0 / cell).rounded()) + half, Int((place.1 / cell).rounded()) + half)
      sums[row * side + column] += square
    }
    return (1..<side - 1).contains { row in
      (1..<side - 1).contains { column in
        var near: Float = 0
        for middle in stride(from: (row - 1) * side + column, through: (row + 1) * side + column, by: side) {
          near += sums[middle - 1] + sums[middle] + sums[middle + 1]
        }
        return near > Self.largestSumNearby * Self.largestSumNearby
      }
    }
  }

  /// The largest on a grid, a pixel away.
  private func deflection(of point: PointMass<Float>) -> Float {
    point.squaredEinsteinRadius / Float(grid.pixelScale)
  }

  /// The series are about squares of whole pixels with one ray each, and hold the deflection at all refined rays.
  private var canSeries: Bool {
    let finest = fine ?? 1
    return coarse == 1 && grid.pixelCount * finest * finest <= Self.mostRefinedRays
  }

  private func isAffordable(_ steps: Int) -> Bool { grid.pixelCount * steps * steps <= Self.largestGrid }
}

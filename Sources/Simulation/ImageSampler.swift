import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// Memory that `ImageSampler` reuses from image to image; belongs to one thread.
final class SamplerWorkspace<Scalar: LensScalar> {
  let tile: RayTile<Scalar>
  /// All pixels of the grid.
  let all: PixelList<Scalar>
  /// Those that need more rays.
  let rough: PixelList<Scalar>
  /// One number per pixel of the list that is being sampled.
  let means: ColumnStorage<Scalar>
  let roughness: ColumnStorage<Scalar>

  init(grid: PixelGrid, tileCount: Int) {
    let size = grid.pixelCount + tileCount
    tile = RayTile(count: tileCount)
    all = PixelList(capacity: grid.pixelCount, padding: tileCount)
    rough = PixelList(capacity: grid.pixelCount, padding: tileCount)
    means = ColumnStorage(count: size, repeating: 0)
    roughness = ColumnStorage(count: size, repeating: 0)
    all.append(allOf: grid)
  }
}

/// What the rays of a tile see: adds to `tile.brightness`.
protocol RayGathering<Scalar> {
  associatedtype Scalar: LensScalar
  /// - Parameters:
  ///   - position: Where the rays meet the image plane.
  ///   - first: The tile's first pixel in its list.
  ///   - refined: The list, if it is that of rough pixels; nil for all pixels.
  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, refined: PixelList<Scalar>?)
  /// Whether rays at opposite places see the same, to the last bit.
  var isPointSymmetric: Bool { get }
  /// Announces the pixels that will be refined, and how rays will fill them.
  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>)
}

/// Turns what rays see into mean brightnesses of pixels, with as many rays as `AccuracySpec` asks for.
struct ImageSampler<Scalar: LensScalar>: Sendable {
  let grid: PixelGrid
  private let accuracy: AccuracySpec
  private let tileCount: Int
  /// For all pixels.
  private let coarse: PixelSampling<Scalar>
  /// For rough pixels; nil if all pixels get the same number of rays.
  private let fine: PixelSampling<Scalar>?

  /// Rays per tile, unless a single pixel has more: the columns that a kernel touches stay in the fastest caches.
  private static var usualTile: Int { 1024 }

  init(width: Int, height: Int, pixelScale: Double, subpixels: Int, accuracy: AccuracySpec) {
    let isAdaptive = accuracy.sampling == .adaptive && subpixels > 1
    let margin = isAdaptive ? meansMargin : 0
    grid = PixelGrid(width: width, height: height, pixelScale: pixelScale, margin: margin)
    self.accuracy = accuracy
    let finest = isAdaptive ? 2 * subpixels : subpixels
    let (tileCount, scale) = (max(Self.usualTile, finest * finest), pixelScale)
    self.tileCount = tileCount
    func sampling(_ subpixels: Int) -> PixelSampling<Scalar> {
      PixelSampling(subpixels: subpixels, pixelScale: scale, tileCount: tileCount)
    }
    coarse = sampling(isAdaptive ? 1 : subpixels)
    fine = isAdaptive ? sampling(finest) : nil
  }

  func makeWorkspace() -> SamplerWorkspace<Scalar> { SamplerWorkspace(grid: grid, tileCount: tileCount) }

  /// Rays per pixel and axis in all pixels, and in rough ones.
  var subpixels: (coarse: Int, fine: Int?) { (coarse.subpixels, fine?.subpixels) }

  /// Fills an image with the pixel means of what its rays see.
  func sample(
    _ image: inout Image<Scalar>, factor: Scalar, _ workspace: SamplerWorkspace<Scalar>,
    _ light: some RayGathering<Scalar>
  ) {
    writeMeans(of: workspace.all, coarse, factor, workspace, light, isRefined: false)
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      if let fine {
        refine(pixels, fine, factor, workspace, light)
      } else {
        copyRun(workspace.means.column, from: 0, to: pixels, at: 0, count: grid.pixelCount)
      }
    }
  }

  /// From the values at the pixel centres to pixel means, with more rays where that is not smooth enough.
  private func refine(
    _ pixels: Column<Scalar>, _ fine: PixelSampling<Scalar>, _ factor: Scalar,
    _ workspace: SamplerWorkspace<Scalar>, _ light: some RayGathering<Scalar>
  ) {
    let roughness = workspace.roughness.column
    estimateMeans(fromCentres: workspace.means.column, of: grid, to: pixels, roughness: roughness)
    // The values at the centres are read no more.
    let peak = largest(pixels, width: grid.width, rows: grid.height, scratch: workspace.means.column)
    listRough(
      roughness, above: Scalar(accuracy.refinementThreshold) * peak, of: grid, among: workspace.all,
      in: workspace.rough)
    light.prepare(workspace.rough, fine)
    writeMeans(of: workspace.rough, fine, factor, workspace, light, isRefined: true)
    let positions = workspace.rough.positions
    for i in 0..<workspace.rough.count {
      pixels[Int(positions[i])] = workspace.means.column[i]
    }
  }

  private func writeMeans(
    of list: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>, _ factor: Scalar,
    _ workspace: SamplerWorkspace<Scalar>, _ light: some RayGathering<Scalar>, isRefined: Bool
  ) {
    let tile = workspace.tile
    // The second half of all pixels lies opposite to the first, from its end.
    let isHalved = !isRefined && sampling.subpixels == 1 && light.isPointSymmetric
    let end = isHalved ? (list.count + 1) / 2 : list.count
    for first in sampling.tileStarts(end) {
      let position = sampling.position(of: list, first: first, in: tile.image)
      tile.clear(tile.brightness)
      light.gather(tile, at: position, sampling, first: first, refined: isRefined ? list : nil)
      sampling.writeMeans(of: tile.brightness, factor: factor, to: workspace.means.column, first: first)
    }
    if isHalved { mirror(workspace.means.column, from: end, count: list.count) }
  }
}

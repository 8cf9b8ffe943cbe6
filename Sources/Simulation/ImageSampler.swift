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

/// Which pixels rays are traced through.
enum RayPass<Scalar: LensScalar> {
  case all
  /// Rough ones.
  case refined(PixelList<Scalar>)
  /// Those in which the cores of lights are seen.
  case cores(PixelList<Scalar>)

  /// The pixels, unless they are all.
  var list: PixelList<Scalar>? {
    switch self {
    case .all: nil
    case .refined(let list), .cores(let list): list
    }
  }
}

/// What the rays of a tile see: adds to `tile.brightness`.
protocol RayGathering<Scalar> {
  associatedtype Scalar: LensScalar
  /// - Parameters:
  ///   - position: Where the rays meet the image plane.
  ///   - first: The tile's first pixel in its list.
  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, _ pass: RayPass<Scalar>)
  /// Whether rays at opposite places see the same, to the last bit.
  var isPointSymmetric: Bool { get }
  /// Lights that need more than rays; nil if there is none.
  var cores: LightCores<Scalar>? { get }
  /// Announces the pixels that will be refined, and how rays will fill them.
  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>)
}

/// Turns what rays see into mean brightnesses of pixels, with as many rays as `AccuracySpec` asks for.
struct ImageSampler<Scalar: LensScalar>: Sendable {
  /// The image and its border.
  let grid: PixelGrid
  /// Pixels along x and y on each side of the image that are rendered for the blur and then cut off.
  let border: (x: Int, y: Int)
  private let accuracy: AccuracySpec
  let tileCount: Int
  /// For all pixels.
  private let coarse: PixelSampling<Scalar>
  /// For rough pixels; nil if all pixels get the same number of rays.
  private let fine: PixelSampling<Scalar>?

  /// Rays per tile, unless a single pixel has more: the columns that a kernel touches stay in the fastest caches.
  private static var usualTile: Int { 1024 }

  /// - Parameters:
  ///   - width, height: Of the image without its border.
  init(
    width: Int, height: Int, border: (x: Int, y: Int), pixelScale: Double, subpixels: Int,
    accuracy: AccuracySpec
  ) {
    let isAdaptive = accuracy.sampling == .adaptive && subpixels > 1
    let margin = isAdaptive ? meansMargin : 0
    self.border = border
    grid = PixelGrid(
      width: width + 2 * border.x, height: height + 2 * border.y, pixelScale: pixelScale, margin: margin)
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

  /// Arcsec between rays where there are most of them.
  var raySpacing: Double { grid.pixelScale / Double((fine ?? coarse).subpixels) }
  /// In the pass through all of them.
  var pixelsPerTile: Int { coarse.pixelsPerTile }
  /// Whether the pixels in which the cores of lights are seen can be treated on their own.
  var isAdaptive: Bool { fine != nil }

  /// Rays per pixel and axis in all pixels, and in rough ones.
  var subpixels: (coarse: Int, fine: Int?) { (coarse.subpixels, fine?.subpixels) }

  /// Fills an image with the pixel means of what its rays see.
  func sample(
    _ image: inout Image<Scalar>, factor: Scalar, _ workspace: SamplerWorkspace<Scalar>,
    _ light: some RayGathering<Scalar>
  ) {
    writeMeans(of: workspace.all, coarse, factor, workspace, light, .all)
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
    if let cores = light.cores {
      cores.list(in: workspace.rough, of: grid, subpixels: fine.subpixels, among: workspace.all)
      replace(pixels, fine, factor, workspace, light, .cores(workspace.rough)) { _ in 1 }
      // These are done.
      for i in 0..<workspace.rough.count { roughness[Int(workspace.rough.positions[i])] = 0 }
    }
    let threshold = Scalar(accuracy.refinementThreshold) * peak(pixels, workspace)
    listRough(roughness, above: threshold, of: grid, among: workspace.all, in: workspace.rough)
    // From none at the threshold to all of it above: a rounding that moves a pixel across it changes next to nothing.
    replace(pixels, fine, factor, workspace, light, .refined(workspace.rough)) { pixel in
      let excess = roughness[pixel] - threshold
      return excess < Self.transition * threshold ? excess / (Self.transition * threshold) : 1
    }
  }

  /// From which excess of its roughness over the threshold a pixel is taken from its own rays alone, in thresholds.
  private static var transition: Scalar { 0.5 }

  /// Takes the means of the pixels of the list of rough ones from more rays, with a weight each.
  private func replace(
    _ pixels: Column<Scalar>, _ fine: PixelSampling<Scalar>, _ factor: Scalar,
    _ workspace: SamplerWorkspace<Scalar>, _ light: some RayGathering<Scalar>, _ pass: RayPass<Scalar>,
    weight: (Int) -> Scalar
  ) {
    light.prepare(workspace.rough, fine)
    writeMeans(of: workspace.rough, fine, factor, workspace, light, pass)
    let positions = workspace.rough.positions
    for i in 0..<workspace.rough.count {
      let pixel = Int(positions[i])
      let weight = weight(pixel)
      pixels[pixel] = weight * workspace.means.column[i] + (1 - weight) * pixels[pixel]
    }
  }

  /// The largest mean in the image without its border, whose light is not the image's to be measured by.
  private func peak(_ pixels: Column<Scalar>, _ workspace: SamplerWorkspace<Scalar>) -> Scalar {
    let (width, height) = (grid.width - 2 * border.x, grid.height - 2 * border.y)
    // The values at the centres are read no more.
    let means = workspace.means.column
    if border == (0, 0) { return largest(pixels, width: width, rows: height, scratch: means) }
    for row in 0..<height {
      let start = (row + border.y) * grid.width + border.x
      copyRun(pixels, from: start, to: means, at: (row + 1) * width, count: width)
    }
    return largest(means.advanced(by: width), width: width, rows: height, scratch: means)
  }

  private func writeMeans(
    of list: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>, _ factor: Scalar,
    _ workspace: SamplerWorkspace<Scalar>, _ light: some RayGathering<Scalar>, _ pass: RayPass<Scalar>
  ) {
    let tile = workspace.tile
    // The second half of all pixels lies opposite to the first, from its end.
    let isHalved = pass.list == nil && sampling.subpixels == 1 && light.isPointSymmetric
    let end = isHalved ? (list.count + 1) / 2 : list.count
    for first in sampling.tileStarts(end) {
      let position = sampling.position(of: list, first: first, in: tile.image)
      tile.clear(tile.brightness)
      light.gather(tile, at: position, sampling, first: first, pass)
      sampling.writeMeans(of: tile.brightness, factor: factor, to: workspace.means.column, first: first)
    }
    if isHalved { mirror(workspace.means.column, from: end, count: list.count) }
  }
}

import Instrument
import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// Turns scenes into blurred, noise-free images for one instrument: the fused pipeline of
/// rays -> deflection -> source position -> brightness -> pixel mean -> blur.
///
/// Prepared once; may be used from several threads, each with its own workspace.
struct SceneRenderer<Scalar: LensScalar>: Sendable {
  private let grid: PixelGrid<Scalar>
  private let blur: Blur<Scalar>
  private let factor: Scalar
  /// Fine pixels per pixel and axis that are averaged after the blur.
  private let binning: Int

  init(
    instrument: InstrumentSpec, accuracy: AccuracySpec, readImage: (String) throws -> Image<Double>
  ) throws {
    let isFine = instrument.blurSampling == .subpixel
    binning = isFine ? accuracy.subpixels : 1
    grid = PixelGrid(
      width: instrument.width * binning, height: instrument.height * binning,
      pixelScale: instrument.pixelScale / Double(binning), subpixels: isFine ? 1 : accuracy.subpixels)
    let function = try PointSpreadFunction.sample(
      instrument.pointSpreadFunction, scale: grid.pixelScale,
      largestSide: max(grid.width, grid.height), readImage: readImage)
    blur = try Blur(function, width: grid.width, height: grid.height)
    factor = Scalar(instrument.brightnessFactor)
  }

  /// Memory for one thread.
  final class Workspace {
    let tile: RayTile<Scalar>
    let blur: BlurWorkspace<Scalar>
    var source: Image<Scalar>
    var lens: Image<Scalar>

    init(tile: RayTile<Scalar>, blur: BlurWorkspace<Scalar>, width: Int, height: Int) {
      self.tile = tile
      self.blur = blur
      source = Image(width: width, height: height, repeating: 0)
      lens = source
    }
  }

  func makeWorkspace() throws -> Workspace {
    Workspace(
      tile: grid.makeTile(), blur: try blur.makeWorkspace(), width: grid.width, height: grid.height)
  }

  /// Images of the lensed source and of the lens light, in electrons per second per pixel.
  func render(_ scene: SceneSpec, _ workspace: Workspace) throws -> (
    source: Image<Scalar>, lens: Image<Scalar>
  ) {
    guard workspace.tile.count == grid.columnsPerTile * grid.subpixels * grid.subpixels,
      workspace.source.width == grid.width, workspace.source.height == grid.height
    else {
      throw NumericalError.noSolution(
        quantity: "image", context: "the workspace was made for another instrument")
    }
    guard scene.planes.count == 2 else {
      throw NumericalError.noSolution(
        quantity: "image", context: "\(scene.planes.count) planes given, must be a lens and a source")
    }
    let plane = LensPlane(masses: scene.lens.mass.map { $0.profile(Scalar.self) })
    let lensLight = scene.lens.light.map { $0.profile(Scalar.self) }
    let sourceLight = scene.source.light.map { $0.profile(Scalar.self) }
    trace(plane, lensLight: lensLight, sourceLight: sourceLight, workspace)
    blur.apply(to: &workspace.source, workspace: workspace.blur)
    blur.apply(to: &workspace.lens, workspace: workspace.blur)
    let images = (source: binned(workspace.source), lens: binned(workspace.lens))
    try requireFinite(images.source, "the lensed source's image")
    try requireFinite(images.lens, "the lens light's image")
    return images
  }

  private func trace(
    _ plane: LensPlane<Scalar>, lensLight: [any LightProfile<Scalar>],
    sourceLight: [any LightProfile<Scalar>], _ workspace: Workspace
  ) {
    let tile = workspace.tile
    workspace.source.clear()
    workspace.lens.clear()
    for row in 0..<grid.height {
      for column in grid.tileStarts {
        grid.fill(tile.image, row: row, firstColumn: column)
        plane.trace(tile)
        tile.clear(tile.brightness)
        for light in sourceLight {
          light.addBrightness(at: tile.source, to: tile.brightness, scratch: tile.scratch)
        }
        grid.addPixelMeans(
          of: tile.brightness, factor: factor, row: row, firstColumn: column, to: &workspace.source)
        if lensLight.isEmpty { continue }
        tile.clear(tile.brightness)
        for light in lensLight {
          light.addBrightness(at: tile.image, to: tile.brightness, scratch: tile.scratch)
        }
        grid.addPixelMeans(
          of: tile.brightness, factor: factor, row: row, firstColumn: column, to: &workspace.lens)
      }
    }
  }

  private func binned(_ fine: Image<Scalar>) -> Image<Scalar> {
    if binning == 1 { return fine }
    var image = Image<Scalar>(width: fine.width / binning, height: fine.height / binning, repeating: 0)
    for y in 0..<fine.height {
      for x in 0..<fine.width { image[x: x / binning, y: y / binning] += fine[x: x, y: y] }
    }
    let weight = 1 / Scalar(binning * binning)
    return image.map { $0 * weight }
  }
}

extension Image where Scalar: LensScalar {
  mutating func clear() {
    for index in pixels.indices { pixels[index] = 0 }
  }
}

/// - Throws: `NumericalError.notFinite` that names the first bad pixel.
func requireFinite<Scalar: LensScalar>(_ image: Image<Scalar>, _ quantity: String) throws {
  // A sum is finite only if all terms are, and summing vectorises; only a bad image is searched.
  if image.pixels.reduce(0, +).isFinite { return }
  guard let bad = image.pixels.firstIndex(where: { !$0.isFinite }) else { return }
  throw NumericalError.notFinite(
    quantity: quantity,
    context: "\(image.pixels[bad]) in column \(bad % image.width), row \(bad / image.width)")
}

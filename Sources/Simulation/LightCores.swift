import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// The cores of the lights of one plane, for those that change so much within a pixel that rays are not enough, and the
/// places in that plane that the pixels' centres see. Belongs to one thread.
final class LightCores<Scalar: LensScalar> {
  private var cores: [LightCore?] = []
  private var x = ColumnStorage<Scalar>(count: 1, repeating: 0)
  private var y = ColumnStorage<Scalar>(count: 1, repeating: 0)

  /// How coarse rays may be: the error of one of them over the light of its pixel.
  private static var largestCoarseness: Double { 0.05 }

  /// The light that may depend on where rays happen to be, of all: what a plain rule of rays is allowed.
  private static var largestUncertainty: Double { 0.15 }

  /// The core of a light that needs one.
  subscript(light: Int) -> LightCore? { cores[light] }

  /// Takes the lights of a plane.
  ///
  /// - Parameters:
  ///   - isDeflected: Else the rays meet the plane where they leave the image, and it is known where a core lies between
  ///     them.
  /// - Returns: nil if rays are enough for all of them.
  func take(_ specs: [LightSpec], for sampler: ImageSampler<Scalar>, isDeflected: Bool) -> LightCores? {
    if !sampler.isAdaptive { return nil }
    let (grid, spacing) = (sampler.grid, sampler.raySpacing)
    cores.removeAll(keepingCapacity: true)
    for spec in specs {
      let core = (spec.parameters as? any RadialLight).map { LightCore($0, pixelScale: grid.pixelScale) }
      cores.append(
        core.flatMap { core in
          // More rays come only where the centres of pixels see that they are needed.
          if core.isHiddenFromCentres { return core }
          let coarseness = core.coarseness(spacing: spacing)
          if coarseness <= Self.largestCoarseness { return nil }
          if isDeflected { return core }
          let (x, y) = grid.centre(0)
          let half = (grid.pixelScale - spacing) / 2
          let first = (x - half, y - half)
          return core.coarseness(spacing: spacing, first: first) > Self.largestCoarseness ? core : nil
        })
    }
    if cores.allSatisfy({ $0 == nil }) { return nil }
    let count = grid.pixelCount + sampler.pixelsPerTile
    if x.count < count {
      (x, y) = (ColumnStorage(count: count, repeating: 0), ColumnStorage(count: count, repeating: 0))
    }
    return self
  }

  /// Refuses lights that equally many rays in every pixel cannot hold.
  ///
  /// - Throws: `NumericalError.noSolution` that says how large they must be.
  static func requireWideEnough(_ specs: [LightSpec], for sampler: ImageSampler<Scalar>) throws {
    for spec in specs {
      guard let light = spec.parameters as? any RadialLight else { continue }
      let (core, spacing) = (LightCore(light, pixelScale: sampler.grid.pixelScale), sampler.raySpacing)
      func isHeld(_ factor: Double) -> Bool {
        core.uncertainty(spacing: spacing / factor) <= largestUncertainty
      }
      if isHeld(1) { continue }
      var factor = 1.0
      while !isHeld(factor) && factor < 1e6 { factor *= 1.02 }
      throw NumericalError.noSolution(
        quantity: "image",
        context:
          "a \(type(of: light).kind) light of size \(specNumber(core.scale)) arcsec (sigma or effective radius) "
          + "is too compact for rays \(specNumber(spacing)) arcsec apart, at least \(Float(core.scale * factor)) "
          + "is needed: raise accuracy.subpixels, or take accuracy.sampling: adaptive with 2 or more, which takes as many "
          + "rays as needed")
    }
  }

  /// Keeps what the centres of a tile's pixels see.
  func keep(_ places: VectorColumns<Scalar>, first: Int) {
    copyRun(places.x, from: 0, to: x.column, at: first, count: places.count)
    copyRun(places.y, from: 0, to: y.column, at: first, count: places.count)
  }

  /// Lists the pixels of the image in which a core changes too much for their rays.
  func list(
    in list: PixelList<Scalar>, of grid: PixelGrid, subpixels: Int, among all: PixelList<Scalar>
  ) {
    list.removeAll()
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let pixel = (row + grid.margin) * grid.rowLength + grid.margin + column
        let isNear = cores.contains { core in
          core.map { self.isNear($0, pixel, grid.rowLength, subpixels) } ?? false
        }
        if isNear {
          list.append(position: row * grid.width + column, x: all.centreX[pixel], y: all.centreY[pixel])
        }
      }
    }
    list.pad()
  }

  private func isNear(_ core: LightCore, _ pixel: Int, _ step: Int, _ subpixels: Int) -> Bool {
    func place(_ pixel: Int) -> LightCore.Vector {
      core.place(Double(x.column[pixel]), Double(y.column[pixel]))
    }
    let middle = place(pixel)
    func distance(_ neighbour: Int) -> Double { (place(neighbour) - middle).length }
    // Half of what lies between the neighbours on either side; half as much again for what curves.
    let reach =
      0.75
      * (max(distance(pixel - 1), distance(pixel + 1)) + max(distance(pixel - step), distance(pixel + step)))
    return core.isNear(middle, reach: reach, subpixels: subpixels)
  }
}

extension LightCore {
  /// Adds the mean over the square of each ray in a tile of whole pixels: a parallelogram whose sides lead half way to
  /// the places of the neighbouring rays.
  ///
  /// - Parameter count: Pixels from the tile's first on, at most; those behind are copies.
  func addMeans<Scalar: LensScalar>(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>, count: Int
  ) {
    let (side, pixels) = (sampling.subpixels, sampling.pixelsPerTile)
    for pixel in 0..<min(pixels, count) {
      let places = (0..<side * side).map { sub in
        place(Double(position.x[sub * pixels + pixel]), Double(position.y[sub * pixels + pixel]))
      }
      for row in 0..<side {
        for column in 0..<side {
          let (left, right) = (max(column - 1, 0), min(column + 1, side - 1))
          let (below, above) = (max(row - 1, 0), min(row + 1, side - 1))
          let a = (0.5 / Double(right - left)) * (places[row * side + right] - places[row * side + left])
          let b =
            (0.5 / Double(above - below)) * (places[above * side + column] - places[below * side + column])
          let sub = row * side + column
          tile.brightness[sub * pixels + pixel] += Scalar(mean(places[sub], a, b))
        }
      }
    }
  }
}

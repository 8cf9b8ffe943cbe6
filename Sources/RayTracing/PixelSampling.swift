import LensCore
import LensNumerics

/// How rays fill pixels: `subpixels` x `subpixels` of them at the centres of equal squares.
///
/// In a tile all first rays of its pixels come first, then all second rays, and so on: runs that vectorise.
package struct PixelSampling<Scalar: LensScalar>: Sendable {
  /// Rays per pixel and axis.
  package let subpixels: Int
  package let pixelsPerTile: Int
  /// From a pixel's centre to its rays along one axis, arcsec.
  let offsets: [Scalar]

  /// - Parameter tileCount: Rays per tile, at least the square of `subpixels`.
  package init(subpixels: Int, pixelScale: Double, tileCount: Int) {
    precondition(subpixels > 0 && tileCount >= subpixels * subpixels)
    self.subpixels = subpixels
    pixelsPerTile = tileCount / (subpixels * subpixels)
    offsets = (0..<subpixels).map {
      Scalar(((Double($0) + 0.5) / Double(subpixels) - 0.5) * pixelScale)
    }
  }

  /// The first pixels of the tiles that so many pixels fill.
  package func tileStarts(_ count: Int) -> StrideTo<Int> { stride(from: 0, to: count, by: pixelsPerTile) }

  /// Where the rays of the pixels of a list from `first` on are.
  ///
  /// - Parameter memory: A tile's; used unless each pixel has one ray, whose place is the list's.
  package func position(
    of list: PixelList<Scalar>, first: Int, in memory: VectorColumns<Scalar>
  ) -> VectorColumns<Scalar> {
    if subpixels == 1 {
      return VectorColumns(
        count: pixelsPerTile, x: list.centreX.advanced(by: first), y: list.centreY.advanced(by: first))
    }
    fill(memory, from: list, first: first)
    return memory
  }

  /// Places the rays of the pixels of a list from `first` on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func fill(_ position: VectorColumns<Scalar>, from list: PixelList<Scalar>, first: Int) {
    let (x, y) = (list.centreX, list.centreY)
    for subY in 0..<subpixels {
      for subX in 0..<subpixels {
        let start = (subY * subpixels + subX) * pixelsPerTile
        let (offsetX, offsetY) = (offsets[subX], offsets[subY])
        for i in 0..<pixelsPerTile {
          position.x[start &+ i] = x[first &+ i] + offsetX
          position.y[start &+ i] = y[first &+ i] + offsetY
        }
      }
    }
  }

  /// Writes the mean of each pixel's rays, times `factor`, to the pixel's place in the list.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func writeMeans(
    of brightness: Column<Scalar>, factor: Scalar, to means: Column<Scalar>, first: Int
  ) {
    let weight = factor / Scalar(subpixels * subpixels)
    copyWeighted(brightness, from: 0, weight: weight, to: means, at: first, count: pixelsPerTile)
    for sub in 1..<max(1, subpixels * subpixels) {
      addWeighted(
        brightness, from: sub * pixelsPerTile, weight: weight, to: means, at: first, count: pixelsPerTile)
    }
  }
}

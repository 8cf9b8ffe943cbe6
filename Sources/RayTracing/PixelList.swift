import LensCore
import LensNumerics

/// Pixels that rays are to be traced through, with their centres; filled anew for every image, without allocating.
///
/// Behind the last pixel stand copies of it up to the end of a tile, so that a tile is always full. Not shared
/// between threads.
package final class PixelList<Scalar: LensScalar> {
  package private(set) var count = 0
  private let storedPositions: ColumnStorage<Int32>
  private let x: ColumnStorage<Scalar>
  private let y: ColumnStorage<Scalar>
  private let padding: Int

  /// - Parameters:
  ///   - capacity: The largest number of pixels.
  ///   - padding: At least the number of pixels in a tile.
  package init(capacity: Int, padding: Int) {
    self.padding = padding
    storedPositions = ColumnStorage(count: capacity + padding, repeating: 0)
    x = ColumnStorage(count: capacity + padding, repeating: 0)
    y = ColumnStorage(count: capacity + padding, repeating: 0)
  }

  /// Where in an image, or among all pixels of a grid, each pixel stands.
  package var positions: Column<Int32> { storedPositions.column }
  /// Arcsec.
  package var centreX: Column<Scalar> { x.column }
  package var centreY: Column<Scalar> { y.column }

  package func removeAll() { count = 0 }

  /// Adds all pixels of a grid, margins included, at their positions in it.
  package func append(allOf grid: PixelGrid) {
    for pixel in 0..<grid.pixelCount {
      let centre = grid.centre(pixel)
      append(position: pixel, x: Scalar(centre.x), y: Scalar(centre.y))
    }
    pad()
  }

  /// Adds a pixel with its centre.
  package func append(position: Int, x centreX: Scalar, y centreY: Scalar) {
    storedPositions.column[count] = Int32(truncatingIfNeeded: position)
    x.column[count] = centreX
    y.column[count] = centreY
    count &+= 1
  }

  /// Fills the last tile; must follow the last `append`.
  package func pad() {
    if count == 0 { return }
    for i in count..<(count + padding) {
      x.column[i] = x.column[count - 1]
      y.column[i] = y.column[count - 1]
    }
  }
}

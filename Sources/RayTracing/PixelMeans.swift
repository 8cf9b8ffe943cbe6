import LensCore
import LensNumerics

/// Pixels around an image that `estimateMeans` reads.
package let meansMargin = 2

/// Pixels that are looked at together.
package let pixelBlock = 16

/// The mean brightness of every pixel of the image, from the brightness at the pixel centres.
///
/// Where brightness is smooth its mean over a pixel is the value at the centre plus 1/24 of the second differences
/// along both axes, up to fourth differences: an error of h^4, where uniform sub-pixels leave one of h^2. So the
/// fourth differences tell where more rays are needed.
///
/// - Parameters:
///   - centres: One value for each pixel of the grid, margins included.
///   - means: Receives `width` x `height` numbers.
///   - roughness: Receives the sums of the sizes of the fourth differences along both axes.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func estimateMeans<Scalar: LensScalar>(
  fromCentres centres: Column<Scalar>, of grid: PixelGrid, to means: Column<Scalar>, roughness: Column<Scalar>
) {
  precondition(grid.margin == meansMargin)
  let stride = grid.rowLength
  // Whole blocks, which leave no rest to be done one by one: what they write behind a row, the next row overwrites.
  let (whole, end) = ((grid.width + pixelBlock - 1) / pixelBlock * pixelBlock, grid.width * grid.height)
  for row in 0..<grid.height {
    let (from, to) = ((row + meansMargin) * stride + meansMargin, row * grid.width)
    for i in 0..<min(whole, end - to) {
      let at = from &+ i
      let centre = centres[at]
      let x1 = centres[at &- 1] + centres[at &+ 1]
      let x2 = centres[at &- 2] + centres[at &+ 2]
      let y1 = centres[at &- stride] + centres[at &+ stride]
      let y2 = centres[at &- 2 &* stride] + centres[at &+ 2 &* stride]
      means[to &+ i] = centre + (x1 + y1 - 4 * centre) * (1 / 24 as Scalar)
      roughness[to &+ i] = abs(x2 - 4 * x1 + 6 * centre) + abs(y2 - 4 * y1 + 6 * centre)
    }
  }
}

/// The largest of `rows` x `width` values, at least 0; NaN does not count.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func largest<Scalar: LensScalar>(
  _ values: Column<Scalar>, width: Int, rows: Int, scratch: Column<Scalar>
) -> Scalar {
  // Column by column, which vectorises; a running maximum along a row would not.
  for i in 0..<width { scratch[i] = 0 }
  for row in 0..<rows {
    let start = row * width
    for i in 0..<width {
      let value = values[start &+ i]
      scratch[i] = value > scratch[i] ? value : scratch[i]
    }
  }
  return (0..<width).reduce(0) { max($0, scratch[$1]) }
}

/// Lists the pixels of the image whose roughness is above a threshold, by their positions in the image; NaN counts
/// as rough.
///
/// - Parameters:
///   - roughness: `width` x `height` numbers, and `pixelBlock` more of any kind.
///   - all: All pixels of the grid.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func listRough<Scalar: LensScalar>(
  _ roughness: Column<Scalar>, above threshold: Scalar, of grid: PixelGrid, among all: PixelList<Scalar>,
  in list: PixelList<Scalar>
) {
  list.removeAll()
  let (centreX, centreY) = (all.centreX, all.centreY)
  for row in 0..<grid.height {
    let (start, margin) = (row &* grid.width, (row &+ grid.margin) &* grid.rowLength &+ grid.margin)
    var first = 0
    while first < grid.width {
      let end = min(first &+ pixelBlock, grid.width)
      // Most blocks have none.
      if Scalar.isAnyOfSixteen(roughness, at: start &+ first, above: threshold) {
        for column in first..<end where !(roughness[start &+ column] <= threshold) {
          let centre = margin &+ column
          list.append(position: start &+ column, x: centreX[centre], y: centreY[centre])
        }
      }
      first = end
    }
  }
  list.pad()
}

import LensCore
import LensNumerics

/// The part of a deflection that is so smooth that its values at the pixel centres are all there is to know: between
/// them it is interpolated from 5 x 5 pixels.
struct SmoothField {
  let x: ColumnStorage<Float>
  let y: ColumnStorage<Float>
  private let rowLength: Int
  /// For every sub-column of a pixel: the weights of the pixels -2 to 2, padded to eight.
  private let weights: [SIMD8<Float>]

  /// Gaussians of this width in pixels and more are smooth: the error is 3e-6 of their largest gradient.
  static let narrowestWidth = 8.0

  /// - Parameter subpixels: Places per pixel and axis at which it will be read.
  init(grid: PixelGrid, subpixels: Int) {
    // Eight more, because five weights are read as eight.
    x = ColumnStorage(count: grid.pixelCount + 8, repeating: 0)
    y = ColumnStorage(count: grid.pixelCount + 8, repeating: 0)
    rowLength = grid.rowLength
    weights = (0..<subpixels).map { sub in
      let t = (Double(sub) + 0.5) / Double(subpixels) - 0.5
      return SIMD8((-2...2).map { Self.lagrange($0, at: t) } + [0, 0, 0])
    }
  }

  func clear() {
    clearRun(x.column, at: 0, count: x.count)
    clearRun(y.column, at: 0, count: y.count)
  }

  /// The value at a sub-column and sub-row of a pixel, which is at least two pixels away from the grid's edge.
  func value(pixel: Int, subX: Int, subY: Int) -> SIMD2<Float> {
    var (sumX, sumY) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    var start = pixel &- 2 &* rowLength &- 2
    for j in 0..<5 {
      sumX += weights[subY][j] * x.column.eight(at: start)
      sumY += weights[subY][j] * y.column.eight(at: start)
      start &+= rowLength
    }
    return SIMD2(pairwiseSum(sumX * weights[subX]), pairwiseSum(sumY * weights[subX]))
  }

  /// The polynomial of degree four that is 1 at one of the nodes -2 to 2 and 0 at the others.
  private static func lagrange(_ node: Int, at t: Double) -> Float {
    Float((-2...2).filter { $0 != node }.reduce(1) { $0 * (t - Double($1)) / Double(node - $1) })
  }
}

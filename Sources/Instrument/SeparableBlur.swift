import LensCore
import LensNumerics

/// Convolution with factor(x) factor(y): along the rows, then along the columns, with dark sky around the image.
struct SeparableBlur<Scalar: LensScalar>: Sendable {
  private let width: Int
  private let height: Int
  /// From the middle outwards: the factor of a product kernel is symmetric.
  private let taps: [Scalar]
  private let reach: Int
  /// An image row and the dark sky behind it, which also is the dark sky before the next row; whole cache lines, so that
  /// hardly a vector lies across two of them when columns are summed.
  private let rowLength: Int

  /// - Parameter factor: An odd number of elements, the same from both ends.
  init(factor: [Double], width: Int, height: Int) {
    self.width = width
    self.height = height
    // Farther taps meet nothing but dark sky.
    taps = factor[(factor.count / 2)...].prefix(max(width, height)).map { Scalar($0) }
    reach = taps.count - 1
    rowLength = (width + reach + 15) / 16 * 16
  }

  /// Memory for one thread: the image with dark sky between its rows, and the sums along its rows between dark rows.
  func makeWorkspace() -> SeparableBlurWorkspace<Scalar> {
    SeparableBlurWorkspace(
      image: ColumnStorage(count: reach + height * rowLength, repeating: 0),
      rows: ColumnStorage(count: (height + 2 * reach) * rowLength, repeating: 0))
  }

  func apply(to image: inout Image<Scalar>, workspace: SeparableBlurWorkspace<Scalar>) {
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      let (padded, rows) = (workspace.image.column, workspace.rows.column)
      for row in 0..<height {
        copyRun(pixels, from: row * width, to: padded, at: reach + row * rowLength, count: width)
      }
      // All rows at once, gaps included: nobody reads their sums.
      sumSymmetric(
        padded, middles: ColumnRuns(start: reach, step: 0), step: 1, taps, to: rows,
        targets: ColumnRuns(start: reach * rowLength, step: 0), count: height * rowLength - reach, runs: 1)
      sumSymmetric(
        rows, middles: ColumnRuns(start: reach * rowLength, step: rowLength), step: rowLength, taps,
        to: pixels,
        targets: ColumnRuns(start: 0, step: width), count: width, runs: height)
    }
  }
}

/// Memory that `SeparableBlur` reuses from image to image.
struct SeparableBlurWorkspace<Scalar: LensScalar> {
  let image: ColumnStorage<Scalar>
  let rows: ColumnStorage<Scalar>
}

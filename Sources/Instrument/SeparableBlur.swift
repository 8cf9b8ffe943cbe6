import LensCore
import LensNumerics

/// Convolution with factor(x) factor(y): along the rows, then along the columns, with dark sky around the image.
struct SeparableBlur<Scalar: LensScalar>: Sendable {
  private let width: Int
  private let height: Int
  /// From the middle outwards: the factor of a product kernel is symmetric.
  private let taps: [Scalar]
  private var reach: Int { taps.count - 1 }

  /// - Parameter factor: An odd number of elements, the same from both ends.
  init(factor: [Double], width: Int, height: Int) {
    self.width = width
    self.height = height
    taps = factor[(factor.count / 2)...].map { Scalar($0) }
  }

  /// Memory for one thread: the rows of the first pass between dark rows, and one row between its dark ends.
  func makeWorkspace() -> SeparableBlurWorkspace<Scalar> {
    SeparableBlurWorkspace(
      rows: ColumnStorage(count: (height + 2 * reach) * width, repeating: 0),
      line: ColumnStorage(count: width + 2 * reach, repeating: 0))
  }

  func apply(to image: inout Image<Scalar>, workspace: SeparableBlurWorkspace<Scalar>) {
    let (rows, line) = (workspace.rows.column, workspace.line.column)
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      for row in 0..<height {
        copyRun(pixels, from: row * width, to: line, at: reach, count: width)
        sumSymmetric(line, middle: reach, step: 1, taps, to: rows, at: (row + reach) * width, count: width)
      }
      for row in 0..<height {
        sumSymmetric(
          rows, middle: (row + reach) * width, step: width, taps, to: pixels, at: row * width, count: width)
      }
    }
  }
}

/// Memory that `SeparableBlur` reuses from image to image.
struct SeparableBlurWorkspace<Scalar: LensScalar> {
  let rows: ColumnStorage<Scalar>
  let line: ColumnStorage<Scalar>
}

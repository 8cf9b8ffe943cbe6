import LensCore
import LensNumerics

/// Convolution with factor(x) factor(y): along the rows, then along the columns, with dark sky around the image.
struct SeparableBlur<Scalar: LensScalar>: Sendable {
  private let width: Int
  private let height: Int
  /// One weight per tap, padded with zeros to a multiple of four.
  private let weights: [Scalar]
  private let reach: Int

  init(factor: [Double], width: Int, height: Int) {
    self.width = width
    self.height = height
    reach = factor.count / 2
    // Output x takes input x + tap - reach with the factor's element at the mirrored place.
    let padding = (4 - factor.count % 4) % 4
    weights = factor.reversed().map { Scalar($0) } + Array(repeating: 0, count: padding)
  }

  /// Memory for one thread: the rows of the first pass with `reach` dark rows below and enough above, and one row
  /// with its dark ends.
  func makeWorkspace() -> SeparableBlurWorkspace<Scalar> {
    SeparableBlurWorkspace(
      rows: ColumnStorage(count: (height + weights.count) * width, repeating: 0),
      line: ColumnStorage(count: width + weights.count, repeating: 0))
  }

  func apply(to image: inout Image<Scalar>, workspace: SeparableBlurWorkspace<Scalar>) {
    let (rows, line) = (workspace.rows.column, workspace.line.column)
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      for row in 0..<height {
        copyRun(pixels, from: row * width, to: line, at: reach, count: width)
        weightedSum(of: line, from: 0, step: 1, weights, to: rows, at: (row + reach) * width, count: width)
      }
      for row in 0..<height {
        weightedSum(
          of: rows, from: row * width, step: width, weights, to: pixels, at: row * width, count: width)
      }
    }
  }
}

/// Replaces a run by a sum of runs that start `step` elements after each other; their number is a multiple of four.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func weightedSum<Scalar: LensScalar>(
  of values: Column<Scalar>, from start: Int, step: Int, _ weights: [Scalar], to sums: Column<Scalar>,
  at target: Int, count: Int
) {
  clearRun(sums, at: target, count: count)
  for tap in stride(from: 0, to: weights.count, by: 4) {
    let first = start + tap * step
    addWeighted(
      values, from: (first, first + step, first + 2 * step, first + 3 * step),
      weights: (weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3]), to: sums, at: target,
      count: count)
  }
}

/// Memory that `SeparableBlur` reuses from image to image.
struct SeparableBlurWorkspace<Scalar: LensScalar> {
  let rows: ColumnStorage<Scalar>
  let line: ColumnStorage<Scalar>
}

import LensCore

extension Canvas {
  /// More than any canvas can show; the limit keeps products of sizes from overflowing.
  private static let largestMagnification = 1 << 16

  /// Draws an image with its top left corner at (x, y); row 0 of the image is at the bottom.
  ///
  /// - Parameter magnification: Canvas pixels per image pixel along each axis; less than 1 counts as 1.
  public mutating func draw<Scalar: BinaryFloatingPoint & Sendable>(
    _ image: Image<Scalar>, x: Int, y: Int, magnification: Int, stretch: Stretch, colorMap: ColorMap
  ) {
    let factor = min(max(1, magnification), Self.largestMagnification)
    draw(
      image, x: x, y: y, width: image.width * factor, height: image.height * factor, stretch: stretch,
      colorMap: colorMap)
  }

  /// Draws an image into a rectangle: pixels are repeated where it is larger, averaged where it is smaller.
  package mutating func draw<Scalar: BinaryFloatingPoint & Sendable>(
    _ image: Image<Scalar>, x: Int, y: Int, width: Int, height: Int, stretch: Stretch, colorMap: ColorMap
  ) {
    let box = clip(x: x, y: y, width: width, height: height)
    let columns = box.columns.map { source(of: $0 - x, outOf: width, size: image.width) }
    for row in box.rows {
      let rows = source(of: height - 1 - (row - y), outOf: height, size: image.height)
      for (column, sourceColumns) in zip(box.columns, columns) {
        let value = image.mean(columns: sourceColumns, rows: rows)
        set(x: column, y: row, colorMap.color(stretch.fraction(value)))
      }
    }
  }

  /// The image pixels shown by one canvas pixel along one axis.
  private func source(of position: Int, outOf length: Int, size: Int) -> Range<Int> {
    let start = position * size / length
    return start..<max(start + 1, (position + 1) * size / length)
  }
}

extension Image where Scalar: BinaryFloatingPoint {
  /// The mean over a rectangle; NaN where one of its pixels is, so that reducing a picture hides no failure.
  fileprivate func mean(columns: Range<Int>, rows: Range<Int>) -> Double {
    var sum = 0.0
    for row in rows {
      for column in columns { sum += Double(self[x: column, y: row]) }
    }
    return sum / Double(columns.count * rows.count)
  }
}

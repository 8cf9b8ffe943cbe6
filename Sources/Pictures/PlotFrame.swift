/// A rectangle of a canvas with the data coordinates it shows.
package struct PlotFrame: Sendable, Equatable {
  /// Left edge, in canvas pixels.
  package let x: Int
  /// Top edge, in canvas pixels.
  package let y: Int
  /// Width in canvas pixels.
  package let width: Int
  /// Height in canvas pixels.
  package let height: Int
  /// Data coordinates of the left and right edges, for instance in arcsec.
  package let xRange: ClosedRange<Double>
  /// Data coordinates of the bottom and top edges.
  package let yRange: ClosedRange<Double>

  package init(
    x: Int, y: Int, width: Int, height: Int, xRange: ClosedRange<Double>, yRange: ClosedRange<Double>
  ) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.xRange = xRange
    self.yRange = yRange
  }

  /// The canvas position (y down) of a data position (y up). An empty range is shown at the middle.
  package func canvasPosition(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
    let right = Self.fraction(of: point.x, in: xRange)
    let up = Self.fraction(of: point.y, in: yRange)
    return (Double(x) + right * Double(width), Double(y) + (1 - up) * Double(height))
  }

  private static func fraction(of value: Double, in range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    return span > 0 ? (value - range.lowerBound) / span : 0.5
  }
}

extension Canvas {
  /// Draws a curve through data positions, cut off at the edges of the frame.
  ///
  /// - Parameters:
  ///   - points: Data positions. The curve is interrupted at a position that is not finite.
  ///   - closed: Whether the last position is joined to the first.
  package mutating func drawPath(
    _ points: [(x: Double, y: Double)], closed: Bool, in frame: PlotFrame, color: RGB
  ) {
    let positions = points.map(frame.canvasPosition)
    guard let first = positions.first, let last = positions.last else { return }
    var stroke = Stroke(within: clip(x: frame.x, y: frame.y, width: frame.width, height: frame.height))
    for (start, end) in zip(positions, positions.dropFirst()) { stroke.add(from: start, to: end) }
    if closed || positions.count == 1 { stroke.add(from: last, to: first) }
    paint(stroke, color: color)
  }
}

extension Canvas {
  /// Draws a straight line with smooth edges and round ends, 1.5 pixels wide.
  ///
  /// - Parameters:
  ///   - start: Canvas position, y down; the centre of pixel (i, j) is at (i + 0.5, j + 0.5).
  ///   - end: Likewise. A line with a coordinate that is not finite is not drawn.
  public mutating func drawLine(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), color: RGB
  ) {
    var stroke = Stroke(within: clip(x: 0, y: 0, width: width, height: height))
    stroke.add(from: start, to: end)
    paint(stroke, color: color)
  }

  /// Blends a stroke over what is on the canvas.
  mutating func paint(_ stroke: Stroke, color strokeColor: RGB) {
    for (pixel, coverage) in stroke.coverage {
      set(x: pixel.x, y: pixel.y, color(x: pixel.x, y: pixel.y).mixed(with: strokeColor, fraction: coverage))
    }
  }
}

/// How much of each pixel a path covers.
///
/// The segments are merged by their maximum before anything is painted: the short segments of a contour
/// overlap in most pixels, and blending them one by one would make the line fat and jagged.
struct Stroke {
  struct Pixel: Hashable {
    let x: Int
    let y: Int
  }

  private(set) var coverage: [Pixel: Double] = [:]
  private let box: PixelBox

  /// Wide enough that a thin curve still shows on a picture that is shown reduced, in pixels.
  private static let halfWidth = 0.75
  /// Pixels beside the line that it may touch: half its width and half a pixel, along a diagonal.
  private static let reach = 2
  /// Coordinates are cut to this before their differences are taken, so that none overflows, in pixels.
  private static let farthest = 1e9

  init(within box: PixelBox) { self.box = box }

  /// Adds the segment between two canvas positions; it is left out where a coordinate is not finite.
  mutating func add(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
    guard start.x.isFinite, start.y.isFinite, end.x.isFinite, end.y.isFinite else { return }
    let segment = Segment(start: Self.near(start), end: Self.near(end))
    guard let seen = segment.clipped(to: box, margin: Double(Self.reach + 1)) else { return }
    let isFlat = abs(seen.end.x - seen.start.x) >= abs(seen.end.y - seen.start.y)
    let (from, to) = isFlat ? (seen.start.x, seen.end.x) : (seen.start.y, seen.end.y)
    for step in Int(min(from, to).rounded(.down)) - 1...Int(max(from, to).rounded(.down)) + 1 {
      let fraction = from == to ? 0 : min(max((Double(step) + 0.5 - from) / (to - from), 0), 1)
      let point = seen.point(at: fraction)
      let middle = Int((isFlat ? point.y : point.x).rounded(.down))
      for side in middle - Self.reach...middle + Self.reach {
        cover(isFlat ? Pixel(x: step, y: side) : Pixel(x: side, y: step), by: seen)
      }
    }
  }

  private mutating func cover(_ pixel: Pixel, by segment: Segment) {
    guard box.columns.contains(pixel.x), box.rows.contains(pixel.y) else { return }
    let distance = segment.distance(to: (Double(pixel.x) + 0.5, Double(pixel.y) + 0.5))
    let share = min(1, Self.halfWidth + 0.5 - distance)
    if share > 0 { coverage[pixel] = max(share, coverage[pixel] ?? 0) }
  }

  private static func near(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
    (min(max(point.x, -farthest), farthest), min(max(point.y, -farthest), farthest))
  }
}

/// A straight piece of a path, in canvas coordinates.
private struct Segment {
  let start: (x: Double, y: Double)
  let end: (x: Double, y: Double)

  func point(at fraction: Double) -> (x: Double, y: Double) {
    (start.x + fraction * (end.x - start.x), start.y + fraction * (end.y - start.y))
  }

  func distance(to point: (x: Double, y: Double)) -> Double {
    let (alongX, alongY) = (end.x - start.x, end.y - start.y)
    let squaredLength = alongX * alongX + alongY * alongY
    let projection = (point.x - start.x) * alongX + (point.y - start.y) * alongY
    let foot = self.point(at: squaredLength > 0 ? min(max(projection / squaredLength, 0), 1) : 0)
    let (offX, offY) = (point.x - foot.x, point.y - foot.y)
    return (offX * offX + offY * offY).squareRoot()
  }

  /// The part within `margin` pixels of a box, or nil; a line to far away then costs no more than its visible
  /// part.
  ///
  /// Reference: Liang & Barsky (1984), ACM Trans. Graph. 3, 1: each edge bounds the line's parameter.
  func clipped(to box: PixelBox, margin: Double) -> Segment? {
    var (first, last) = (0.0, 1.0)
    let axes = [(start.x, end.x, box.columns), (start.y, end.y, box.rows)]
    for (from, to, range) in axes {
      let (lower, upper) = (Double(range.lowerBound) - margin, Double(range.upperBound) + margin)
      if from == to {
        guard (lower...upper).contains(from) else { return nil }
      } else {
        let (atLower, atUpper) = ((lower - from) / (to - from), (upper - from) / (to - from))
        first = max(first, min(atLower, atUpper))
        last = min(last, max(atLower, atUpper))
      }
    }
    return first <= last ? Segment(start: point(at: first), end: point(at: last)) : nil
  }
}

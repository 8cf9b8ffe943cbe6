extension Canvas {
  private static let tickLength = 5
  private static let labelGap = 3
  private static let barGap = 12
  private static let barWidth = 14
  private static let mostTicks = 6

  /// Between a frame and the labels of its ticks.
  static let tickRoom = tickLength + labelGap
  /// Between a frame and the labels of its colour bar.
  static let barRoom = barGap + barWidth + tickRoom
  /// Where a colour bar has labels, if they have room.
  static let barFractions = [0, 0.25, 0.5, 0.75, 1]

  /// Draws the border of a frame, ticks at round positions with labels, and the unit below the middle.
  mutating func drawAxes(of frame: PlotFrame, unit: String, scale: Int) {
    drawBorder(x: frame.x, y: frame.y, width: frame.width, height: frame.height)
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    for value in Self.ticks(in: frame.xRange, length: frame.width, scale: scale, isUpright: false) {
      let x = pixel(frame.canvasPosition((value, 0)).x, in: frame.x..<right)
      fill(x: x, y: bottom, width: 1, height: Self.tickLength, color: FigureStyle.frame)
      drawLabel(shortLabel(value), centeredAt: x, top: bottom + Self.tickRoom, scale: scale)
    }
    for value in Self.ticks(in: frame.yRange, length: frame.height, scale: scale, isUpright: true) {
      let y = pixel(frame.canvasPosition((0, value)).y, in: frame.y..<bottom)
      fill(x: frame.x - Self.tickLength, y: y, width: Self.tickLength, height: 1, color: FigureStyle.frame)
      let label = shortLabel(value)
      let left = frame.x - Self.tickRoom - Self.textWidth(label, scale: scale)
      drawLabel(label, startingAt: left, middle: y, scale: scale)
    }
    let unitTop = bottom + Self.tickRoom + Self.textHeight(scale: scale) + Self.labelGap
    drawLabel(unit, centeredAt: frame.x + frame.width / 2, top: unitTop, scale: scale)
  }

  /// As many round positions as have room for their labels along an axis of so many pixels.
  static func ticks(in range: ClosedRange<Double>, length: Int, scale: Int, isUpright: Bool) -> [Double] {
    for count in stride(from: mostTicks, to: 0, by: -1) {
      let values = tickValues(in: range, count: count)
      let needed = values.reduce(0) { sum, value in
        let gap = 2 * GlyphTable.advance * scale
        return sum + (isUpright ? textHeight(scale: scale) : textWidth(shortLabel(value), scale: scale) + gap)
      }
      if needed <= length { return values }
    }
    return []
  }

  /// Draws a colour bar to the right of a frame, with the values at its ends, quarters and middle where they have room.
  mutating func drawColorBar(beside frame: PlotFrame, stretch: Stretch, colorMap: ColorMap, scale: Int) {
    let left = frame.x + frame.width + Self.barGap
    for row in 0..<frame.height {
      let fraction = 1 - (Double(row) + 0.5) / Double(frame.height)
      fill(x: left, y: frame.y + row, width: Self.barWidth, height: 1, color: colorMap.color(fraction))
    }
    drawBorder(x: left, y: frame.y, width: Self.barWidth, height: frame.height)
    let right = left + Self.barWidth
    let lines = frame.height / Self.textHeight(scale: scale)
    for fraction in Self.barFractions where lines >= 5 || lines >= 1 && fraction.rounded() == fraction {
      let position = Double(frame.y) + (1 - fraction) * Double(frame.height)
      let y = pixel(position, in: frame.y..<frame.y + frame.height)
      fill(x: right, y: y, width: Self.tickLength, height: 1, color: FigureStyle.frame)
      drawLabel(
        shortLabel(stretch.value(at: fraction)), startingAt: right + Self.tickRoom, middle: y, scale: scale)
    }
  }

  /// The pixel of a position on an axis; the far edge belongs to the last pixel.
  private func pixel(_ position: Double, in range: Range<Int>) -> Int {
    min(max(Int(position.rounded(.down)), range.lowerBound), range.upperBound - 1)
  }

  private mutating func drawBorder(x: Int, y: Int, width: Int, height: Int) {
    let color = FigureStyle.frame
    fill(x: x - 1, y: y - 1, width: width + 2, height: 1, color: color)
    fill(x: x - 1, y: y + height, width: width + 2, height: 1, color: color)
    fill(x: x - 1, y: y, width: 1, height: height, color: color)
    fill(x: x + width, y: y, width: 1, height: height, color: color)
  }

  private mutating func drawLabel(_ text: String, centeredAt x: Int, top: Int, scale: Int) {
    let width = Self.textWidth(text, scale: scale)
    drawText(text, x: x - width / 2, y: top, color: FigureStyle.label, scale: scale)
  }

  private mutating func drawLabel(_ text: String, startingAt x: Int, middle: Int, scale: Int) {
    let top = middle - Self.capitalHeight(scale: scale) / 2
    drawText(text, x: x, y: top, color: FigureStyle.label, scale: scale)
  }
}

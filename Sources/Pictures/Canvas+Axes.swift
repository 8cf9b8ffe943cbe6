extension Canvas {
  private static let tickLength = 5
  private static let labelGap = 3
  private static let barGap = 12
  private static let barWidth = 14
  private static let mostTicks = 6

  /// Draws the border of a frame, ticks at round positions with labels, and the unit below the middle.
  mutating func drawAxes(of frame: PlotFrame, unit: String) {
    drawBorder(x: frame.x, y: frame.y, width: frame.width, height: frame.height)
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    for value in tickValues(in: frame.xRange, count: Self.mostTicks) {
      let x = pixel(frame.canvasPosition((value, 0)).x, in: frame.x..<right)
      fill(x: x, y: bottom, width: 1, height: Self.tickLength, color: FigureStyle.frame)
      drawLabel(shortLabel(value), centeredAt: x, top: bottom + Self.tickLength + Self.labelGap)
    }
    for value in tickValues(in: frame.yRange, count: Self.mostTicks) {
      let y = pixel(frame.canvasPosition((0, value)).y, in: frame.y..<bottom)
      fill(x: frame.x - Self.tickLength, y: y, width: Self.tickLength, height: 1, color: FigureStyle.frame)
      drawLabel(shortLabel(value), endingAt: frame.x - Self.tickLength - Self.labelGap, middle: y)
    }
    let labelHeight = Self.textHeight(scale: FigureStyle.labelScale)
    let unitTop = bottom + Self.tickLength + labelHeight + 2 * Self.labelGap
    drawLabel(unit, centeredAt: frame.x + frame.width / 2, top: unitTop)
  }

  /// Draws a colour bar to the right of a frame, with the values at its ends, quarters and middle.
  mutating func drawColorBar(beside frame: PlotFrame, stretch: Stretch, colorMap: ColorMap) {
    let left = frame.x + frame.width + Self.barGap
    for row in 0..<frame.height {
      let fraction = 1 - (Double(row) + 0.5) / Double(frame.height)
      fill(x: left, y: frame.y + row, width: Self.barWidth, height: 1, color: colorMap.color(fraction))
    }
    drawBorder(x: left, y: frame.y, width: Self.barWidth, height: frame.height)
    let right = left + Self.barWidth
    for fraction in [0, 0.25, 0.5, 0.75, 1] {
      let position = Double(frame.y) + (1 - fraction) * Double(frame.height)
      let y = pixel(position, in: frame.y..<frame.y + frame.height)
      fill(x: right, y: y, width: Self.tickLength, height: 1, color: FigureStyle.frame)
      let label = shortLabel(stretch.value(at: fraction))
      drawLabel(label, startingAt: right + Self.tickLength + Self.labelGap, middle: y)
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

  private mutating func drawLabel(_ text: String, centeredAt x: Int, top: Int) {
    let width = Self.textWidth(text, scale: FigureStyle.labelScale)
    drawText(text, x: x - width / 2, y: top, color: FigureStyle.label, scale: FigureStyle.labelScale)
  }

  private mutating func drawLabel(_ text: String, endingAt x: Int, middle: Int) {
    drawLabel(text, startingAt: x - Self.textWidth(text, scale: FigureStyle.labelScale), middle: middle)
  }

  private mutating func drawLabel(_ text: String, startingAt x: Int, middle: Int) {
    let top = middle - Self.capitalHeight(scale: FigureStyle.labelScale) / 2
    drawText(text, x: x, y: top, color: FigureStyle.label, scale: FigureStyle.labelScale)
  }
}

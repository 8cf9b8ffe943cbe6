import LensCore

/// One map of a figure: an image with its scale in arcsec, and curves over it.
public struct FigurePanel: Sendable {
  /// A line over the image; positions in arcsec.
  public typealias Curve = (points: [(x: Double, y: Double)], closed: Bool, color: RGB)

  public let title: String
  public let image: Image<Double>
  public let stretch: Stretch
  public let colorMap: ColorMap
  /// Positions of the outer edges of the image, in arcsec.
  public let extent: (x: ClosedRange<Double>, y: ClosedRange<Double>)
  public let curves: [Curve]

  public init(
    title: String, image: Image<Double>, stretch: Stretch, colorMap: ColorMap,
    extent: (x: ClosedRange<Double>, y: ClosedRange<Double>), curves: [Curve] = []
  ) {
    self.title = title
    self.image = image
    self.stretch = stretch
    self.colorMap = colorMap
    self.extent = extent
    self.curves = curves
  }
}

/// Draws labelled maps side by side, from left to right and from top to bottom.
///
/// Each panel has its title, its image with curves, ticks in arcsec and a colour bar with the values shown.
///
/// - Parameters:
///   - columns: Panels per row; less than 1 counts as 1.
///   - panelSize: Longer side of an image in pixels; less than 1 counts as 1. The shorter side follows from
///     the extent, so that an arcsec has the same length along both axes.
public func drawFigure(title: String, panels: [FigurePanel], columns: Int, panelSize: Int = 300) -> Canvas {
  FigureLayout(title: title, panels: panels, columns: columns, panelSize: panelSize).draw()
}

private struct FigureLayout {
  let title: String
  let panels: [FigurePanel]
  let columns: Int
  let panelSize: Int

  /// Space around an image, in pixels: room for the longest label, "-1.23e-10", and its tick.
  private static let left = 62
  private static let right = 90
  private static let top = Canvas.textHeight(scale: FigureStyle.headingScale) + 8
  private static let bottom = 42

  init(title: String, panels: [FigurePanel], columns: Int, panelSize: Int) {
    self.title = title
    self.panels = panels
    self.columns = max(1, min(columns, panels.count))
    self.panelSize = max(1, panelSize)
  }

  private var cellWidth: Int { Self.left + panelSize + Self.right }
  private var cellHeight: Int { Self.top + panelSize + Self.bottom }
  private var titleHeight: Int { Canvas.textHeight(scale: FigureStyle.titleScale) + FigureStyle.margin / 2 }

  func draw() -> Canvas {
    let margin = FigureStyle.margin
    let rows = (panels.count + columns - 1) / columns
    let titleWidth = Canvas.textWidth(title, scale: FigureStyle.titleScale)
    var canvas = Canvas(
      width: 2 * margin + max(columns * cellWidth, titleWidth),
      height: 2 * margin + titleHeight + rows * cellHeight,
      background: FigureStyle.background)
    canvas.drawText(title, x: margin, y: margin, color: FigureStyle.title, scale: FigureStyle.titleScale)
    for (index, panel) in panels.enumerated() {
      drawPanel(
        panel, x: margin + index % columns * cellWidth,
        y: margin + titleHeight + index / columns * cellHeight, on: &canvas)
    }
    return canvas
  }

  /// Draws one panel into the cell with its top left corner at (x, y).
  private func drawPanel(_ panel: FigurePanel, x: Int, y: Int, on canvas: inout Canvas) {
    let frame = imageFrame(of: panel, cellX: x, cellY: y)
    // A long title may reach over the colour bar's labels, which begin lower, but not into the next panel.
    let room = panelSize + Self.right
    let large = FigureStyle.headingScale
    let scale = Canvas.textWidth(panel.title, scale: large) <= room ? large : FigureStyle.labelScale
    let title = shortened(panel.title, toWidth: room, scale: scale)
    canvas.drawText(title, x: frame.x, y: y, color: FigureStyle.heading, scale: scale)
    canvas.draw(
      panel.image, x: frame.x, y: frame.y, width: frame.width, height: frame.height, stretch: panel.stretch,
      colorMap: panel.colorMap)
    for curve in panel.curves {
      canvas.drawPath(curve.points, closed: curve.closed, in: frame, color: curve.color)
    }
    canvas.drawAxes(of: frame, unit: "arcsec")
    canvas.drawColorBar(beside: frame, stretch: panel.stretch, colorMap: panel.colorMap)
  }

  private func imageFrame(of panel: FigurePanel, cellX: Int, cellY: Int) -> PlotFrame {
    let spans = (x: Self.span(panel.extent.x), y: Self.span(panel.extent.y))
    let longest = max(spans.x, spans.y)
    return PlotFrame(
      x: cellX + Self.left, y: cellY + Self.top,
      width: pixels(spans.x / longest), height: pixels(spans.y / longest),
      xRange: panel.extent.x, yRange: panel.extent.y)
  }

  private func pixels(_ share: Double) -> Int { max(1, Int((share * Double(panelSize)).rounded())) }

  /// The length of a range, or 1 where it has none that a picture could show.
  private static func span(_ range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    return span > 0 && span.isFinite ? span : 1
  }
}

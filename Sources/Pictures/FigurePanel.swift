import LensCore

/// One map of a figure: an image with its scale in arcsec, and curves over it.
package struct FigurePanel: Sendable {
  /// A line over the image; positions in arcsec.
  package typealias Curve = (points: [(x: Double, y: Double)], closed: Bool, color: RGB)

  package let title: String
  package let image: Image<Double>
  package let stretch: Stretch
  package let colorMap: ColorMap
  /// Positions of the outer edges of the image, in arcsec.
  package let extent: (x: ClosedRange<Double>, y: ClosedRange<Double>)
  package let curves: [Curve]

  package init(
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
/// Each panel has its title, its image with curves, ticks in arcsec and a colour bar with the values shown. The letters can be read
/// where a telephone shows the figure 420 pixels wide.
///
/// - Parameters:
///   - columns: Panels per row, or fewer where the letters would need more room than the images; less than 1 counts as 1.
///   - panelSize: Longer side of an image in pixels; less than 1 counts as 1. The shorter side follows from
///     the extent, so that an arcsec has the same length along both axes.
package func drawFigure(title: String, panels: [FigurePanel], columns: Int, panelSize: Int = 300) -> Canvas {
  FigureLayout(title: title, panels: panels, columns: columns, panelSize: panelSize).draw()
}

package struct FigureLayout {
  private let title: String
  private let panels: [FigurePanel]
  private let columns: Int
  private let panelSize: Int
  /// Pixels per dot of the letters.
  package let scale: Int

  /// Larger letters would be out of proportion to the images.
  private static let largestScale = 3

  package init(title: String, panels: [FigurePanel], columns: Int, panelSize: Int) {
    (self.title, self.panels, self.panelSize) = (title, panels, max(1, panelSize))
    var columns = max(1, min(columns, panels.count))
    func smallestScale(_ columns: Int) -> Int? {
      (1...Self.largestScale).first { scale in
        let width = Self.width(of: panels, columns: columns, panelSize: max(1, panelSize), scale: scale)
        return FigureStyle.readableScale(width: width, atLeast: 1) <= scale
      }
    }
    while columns > 1, smallestScale(columns) == nil { columns -= 1 }
    let alone = Self.width(of: panels, columns: 1, panelSize: self.panelSize, scale: Self.largestScale)
    self.columns = columns
    scale = smallestScale(columns) ?? FigureStyle.readableScale(width: alone, atLeast: Self.largestScale)
  }

  private static func width(of panels: [FigurePanel], columns: Int, panelSize: Int, scale: Int) -> Int {
    let margins = Margins(panels, panelSize: panelSize, scale: scale)
    return 2 * FigureStyle.margin + columns * (margins.left + panelSize + margins.right)
  }

  private var margins: Margins { Margins(panels, panelSize: panelSize, scale: scale) }
  private var titleScale: Int { max(FigureStyle.titleScale, scale + 1) }

  package func draw() -> Canvas {
    let (margin, margins) = (FigureStyle.margin, margins)
    let rows = (panels.count + columns - 1) / columns
    let width = Self.width(of: panels, columns: columns, panelSize: panelSize, scale: scale)
    let lines = wrapped(title, toWidth: width - 2 * margin, scale: titleScale)
    let top = margin + lines.count * Canvas.textHeight(scale: titleScale) + margin / 2
    let cellWidth = margins.left + panelSize + margins.right
    let cellHeight = margins.top + panelSize + margins.bottom
    var canvas = Canvas(
      width: width, height: top + rows * cellHeight + margin, background: FigureStyle.background)
    canvas.drawLines(lines, x: margin, y: margin, color: FigureStyle.title, scale: titleScale)
    for (index, panel) in panels.enumerated() {
      drawPanel(
        panel, x: margin + index % columns * cellWidth, y: top + index / columns * cellHeight, margins,
        on: &canvas)
    }
    return canvas
  }

  /// Draws one panel into the cell with its top left corner at (x, y).
  private func drawPanel(
    _ panel: FigurePanel, x: Int, y: Int, _ margins: Margins, on canvas: inout Canvas
  ) {
    let frame = imageFrame(of: panel, x: x + margins.left, y: y + margins.top)
    canvas.drawLines(
      margins.titleLines(of: panel), x: frame.x, y: y, color: FigureStyle.heading, scale: scale)
    canvas.draw(
      panel.image, x: frame.x, y: frame.y, width: frame.width, height: frame.height, stretch: panel.stretch,
      colorMap: panel.colorMap)
    for curve in panel.curves {
      canvas.drawPath(curve.points, closed: curve.closed, in: frame, color: curve.color)
    }
    canvas.drawAxes(of: frame, unit: "arcsec", scale: scale)
    canvas.drawColorBar(beside: frame, stretch: panel.stretch, colorMap: panel.colorMap, scale: scale)
  }

  private func imageFrame(of panel: FigurePanel, x: Int, y: Int) -> PlotFrame {
    let spans = (x: Self.span(panel.extent.x), y: Self.span(panel.extent.y))
    let longest = max(spans.x, spans.y)
    return PlotFrame(
      x: x, y: y, width: pixels(spans.x / longest), height: pixels(spans.y / longest),
      xRange: panel.extent.x, yRange: panel.extent.y)
  }

  private func pixels(_ share: Double) -> Int { max(1, Int((share * Double(panelSize)).rounded())) }

  /// The length of a range, or 1 where it has none that a picture could show.
  private static func span(_ range: ClosedRange<Double>) -> Double {
    let span = range.upperBound - range.lowerBound
    return span > 0 && span.isFinite ? span : 1
  }
}

/// Room for the labels around the image of a panel, the same for all panels.
private struct Margins {
  let left: Int
  let right: Int
  let top: Int
  let bottom: Int
  private let titleWidth: Int
  private let scale: Int

  init(_ panels: [FigurePanel], panelSize: Int, scale: Int) {
    func widest(_ texts: [String]) -> Int { texts.map { Canvas.textWidth($0, scale: scale) }.max() ?? 0 }
    let line = Canvas.textHeight(scale: scale)
    let ticks = panels.flatMap {
      Canvas.ticks(in: $0.extent.y, length: panelSize, scale: scale, isUpright: true)
    }
    let values = panels.flatMap { panel in Canvas.barFractions.map { panel.stretch.value(at: $0) } }
    let room = Canvas.barRoom + widest(values.map(shortLabel)) + 2 * line
    let titleWidth = panelSize + room - line
    let titles = panels.map { wrapped($0.title, toWidth: titleWidth, scale: scale).count }
    (self.scale, self.titleWidth) = (scale, titleWidth)
    (left, right) = (Canvas.tickRoom + widest(ticks.map(shortLabel)), room)
    top = (titles.max() ?? 1) * line + 8
    bottom = Canvas.tickRoom + 3 * line
  }

  /// A long title may reach over the colour bar's labels, which begin lower, but not into the next panel.
  func titleLines(of panel: FigurePanel) -> [String] {
    wrapped(panel.title, toWidth: titleWidth, scale: scale)
  }
}

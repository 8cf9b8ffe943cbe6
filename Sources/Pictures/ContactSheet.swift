import LensCore

/// Many small images on one page, class by class, to see at a glance what a data set holds.
///
/// No more than four stand side by side, and no text is cut off or wider than they are: so the letters can be read on a telephone,
/// where a page shows the whole sheet 420 pixels wide.
public struct ContactSheet: Sendable {
  /// One image with a text below it, in as many lines as it needs.
  public struct Tile: Sendable {
    public let image: Image<Float>
    public let caption: String

    public init(image: Image<Float>, caption: String) {
      self.image = image
      self.caption = caption
    }
  }

  /// The tiles of one class below the name of the class.
  public struct Row: Sendable {
    public let title: String
    public let tiles: [Tile]

    public init(title: String, tiles: [Tile]) {
      self.title = title
      self.tiles = tiles
    }
  }

  public let title: String
  public let rows: [Row]
  /// Side of the square in which an image is shown, in pixels.
  public let tileSize: Int
  public let colorMap: ColorMap

  /// - Parameter tileSize: Side of a tile in pixels; less than 1 counts as 1. Images of another size are
  ///   enlarged by repeating pixels or reduced by averaging them, with their aspect ratio kept.
  public init(title: String, rows: [Row], tileSize: Int = 150, colorMap: ColorMap = .heat) {
    self.title = title
    self.rows = rows
    self.tileSize = max(1, tileSize)
    self.colorMap = colorMap
  }

  /// Draws the sheet.
  ///
  /// Each tile has an asinh stretch of its own, so brightness cannot be compared between tiles.
  public func draw() -> Canvas {
    var canvas = Canvas(width: width, height: height, background: FigureStyle.background)
    var top = FigureStyle.margin
    canvas.drawLines(titleLines, x: FigureStyle.margin, y: top, color: FigureStyle.title, scale: titleScale)
    top += titleHeight
    for row in rows {
      drawRow(row, top: top, on: &canvas)
      top += height(of: row)
    }
    return canvas
  }
}

// Where everything stands.
extension ContactSheet {
  private static let mostTilesPerLine = 4
  private static let gap = 8
  private static let captionGap = 5
  private static let rowGap = 16

  /// Width of some tiles side by side.
  private func width(ofTiles count: Int) -> Int { count * (tileSize + Self.gap) - Self.gap }

  private var largestWidth: Int { width(ofTiles: Self.mostTilesPerLine) }

  /// Pixels per dot of headings and captions.
  package var textScale: Int {
    FigureStyle.readableScale(width: largestWidth + 2 * FigureStyle.margin, atLeast: FigureStyle.headingScale)
  }

  private var titleScale: Int { textScale + FigureStyle.titleScale - FigureStyle.headingScale }

  private var contentWidth: Int {
    let tiles = min(rows.map(\.tiles.count).max() ?? 0, Self.mostTilesPerLine)
    let headings = rows.map { Canvas.textWidth($0.title, scale: textScale) }.max() ?? 0
    let longest = max(headings, Canvas.textWidth(title, scale: titleScale))
    return max(width(ofTiles: tiles), min(longest, largestWidth))
  }

  private var width: Int { 2 * FigureStyle.margin + contentWidth }

  private var height: Int {
    rows.reduce(2 * FigureStyle.margin + titleHeight - Self.rowGap) { $0 + height(of: $1) }
  }

  private var titleLines: [String] { wrapped(title, toWidth: contentWidth, scale: titleScale) }

  private var titleHeight: Int { titleLines.count * Canvas.textHeight(scale: titleScale) + Self.rowGap }

  private func headingLines(_ row: Row) -> [String] {
    wrapped(row.title, toWidth: contentWidth, scale: textScale)
  }

  private func headingHeight(_ row: Row) -> Int {
    headingLines(row).count * Canvas.textHeight(scale: textScale) + Self.gap
  }

  private func captionLines(_ tile: Tile) -> [String] {
    wrapped(tile.caption, toWidth: tileSize, scale: textScale)
  }

  /// A line of tiles with their captions, the longest of which decides.
  private func lineHeight(_ row: Row) -> Int {
    let lines = row.tiles.map { captionLines($0).count }.max() ?? 0
    return tileSize + Self.captionGap + lines * Canvas.textHeight(scale: textScale)
  }

  private func height(of row: Row) -> Int {
    let lines = (row.tiles.count + Self.mostTilesPerLine - 1) / Self.mostTilesPerLine
    return headingHeight(row) + lines * lineHeight(row) + max(0, lines - 1) * Self.gap + Self.rowGap
  }
}

extension ContactSheet {
  private func drawRow(_ row: Row, top: Int, on canvas: inout Canvas) {
    let left = FigureStyle.margin
    canvas.drawLines(headingLines(row), x: left, y: top, color: FigureStyle.heading, scale: textScale)
    let first = top + headingHeight(row)
    for (number, tile) in row.tiles.enumerated() {
      let (line, column) = number.quotientAndRemainder(dividingBy: Self.mostTilesPerLine)
      drawTile(
        tile, x: left + column * (tileSize + Self.gap), y: first + line * (lineHeight(row) + Self.gap),
        on: &canvas)
    }
  }

  private func drawTile(_ tile: Tile, x: Int, y: Int, on canvas: inout Canvas) {
    let longest = max(tile.image.width, tile.image.height)
    let width = max(1, tile.image.width * tileSize / longest)
    let height = max(1, tile.image.height * tileSize / longest)
    canvas.draw(
      tile.image, x: x + (tileSize - width) / 2, y: y + (tileSize - height) / 2, width: width, height: height,
      stretch: .asinh(for: tile.image), colorMap: colorMap)
    canvas.drawLines(
      captionLines(tile), x: x, y: y + tileSize + Self.captionGap, color: FigureStyle.label, scale: textScale)
  }
}

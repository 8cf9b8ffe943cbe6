import LensCore

/// Many small images on one page, a row per class, to see at a glance what a data set holds.
public struct ContactSheet: Sendable {
  /// One image with a line of text below it.
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
    let left = FigureStyle.margin
    canvas.drawText(title, x: left, y: left, color: FigureStyle.title, scale: FigureStyle.titleScale)
    var top = left + titleHeight
    for row in rows {
      drawRow(row, top: top, on: &canvas)
      top += height(of: row)
    }
    return canvas
  }
}

extension ContactSheet {
  private static let gap = 8
  private static let captionGap = 5
  private static let rowGap = 16

  private var width: Int {
    let mostTiles = rows.map(\.tiles.count).max() ?? 0
    let headings = rows.map { Canvas.textWidth($0.title, scale: FigureStyle.headingScale) }.max() ?? 0
    let title = Canvas.textWidth(self.title, scale: FigureStyle.titleScale)
    return 2 * FigureStyle.margin + max(mostTiles * (tileSize + Self.gap) - Self.gap, headings, title)
  }

  private var height: Int {
    rows.reduce(2 * FigureStyle.margin + titleHeight - Self.rowGap) { $0 + height(of: $1) }
  }

  private var titleHeight: Int { Canvas.textHeight(scale: FigureStyle.titleScale) + Self.rowGap }

  private var headingHeight: Int { Canvas.textHeight(scale: FigureStyle.headingScale) + Self.gap }

  /// Large letters where every caption has room for them: pages are often shown reduced.
  private var captionScale: Int {
    let large = FigureStyle.headingScale
    let allFit = rows.flatMap(\.tiles).allSatisfy { Canvas.textWidth($0.caption, scale: large) <= tileSize }
    return allFit ? large : FigureStyle.labelScale
  }

  private func height(of row: Row) -> Int {
    let caption = Self.captionGap + Canvas.textHeight(scale: captionScale)
    return headingHeight + (row.tiles.isEmpty ? 0 : tileSize + caption) + Self.rowGap
  }

  private func drawRow(_ row: Row, top: Int, on canvas: inout Canvas) {
    var left = FigureStyle.margin
    canvas.drawText(row.title, x: left, y: top, color: FigureStyle.heading, scale: FigureStyle.headingScale)
    for tile in row.tiles {
      drawTile(tile, x: left, y: top + headingHeight, on: &canvas)
      left += tileSize + Self.gap
    }
  }

  private func drawTile(_ tile: Tile, x: Int, y: Int, on canvas: inout Canvas) {
    let longest = max(tile.image.width, tile.image.height)
    let width = max(1, tile.image.width * tileSize / longest)
    let height = max(1, tile.image.height * tileSize / longest)
    canvas.draw(
      tile.image, x: x + (tileSize - width) / 2, y: y + (tileSize - height) / 2, width: width, height: height,
      stretch: .asinh(for: tile.image), colorMap: colorMap)
    let caption = shortened(tile.caption, toWidth: tileSize, scale: captionScale)
    canvas.drawText(
      caption, x: x, y: y + tileSize + Self.captionGap, color: FigureStyle.label, scale: captionScale)
  }
}

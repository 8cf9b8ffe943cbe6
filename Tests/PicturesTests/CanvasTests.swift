import Pictures
import Testing

private let black = RGB(0, 0, 0)
private let white = RGB(255, 255, 255)

/// Coordinates before, at, within and after each border, and those whose sums overflow.
private let coordinates = [Int.min, -1_000_000, -7, -1, 0, 3, 9, 10, 11, 1_000_000, Int.max]

@Suite struct CanvasTests {
  @Test func bytesRunFromTheTopLeftPixelToTheRight() {
    var canvas = Canvas(width: 2, height: 2, background: black)
    canvas.set(x: 1, y: 0, RGB(1, 2, 3))
    #expect(canvas.bytes == [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0])
    #expect(canvas.color(x: 1, y: 0) == RGB(1, 2, 3))
    #expect(canvas.color(x: 2, y: 0) == black)
  }

  @Test func fillPaintsThePartOfARectangleOnTheCanvas() {
    var canvas = Canvas(width: 10, height: 10, background: black)
    canvas.fill(x: -2, y: 7, width: 5, height: .max, color: white)
    #expect(inkCount(canvas) == 9)
    #expect(canvas.color(x: 0, y: 7) == white && canvas.color(x: 2, y: 9) == white)
  }

  @Test(arguments: coordinates, coordinates)
  func nothingTrapsAtOrBeyondTheBorders(x: Int, y: Int) {
    var canvas = Canvas(width: 10, height: 10, background: black)
    canvas.set(x: x, y: y, white)
    for size in coordinates { canvas.fill(x: x, y: y, width: size, height: size, color: white) }
    for scale in coordinates { canvas.drawText("Lens", x: x, y: y, color: white, scale: scale) }
    for end in coordinates {
      canvas.drawLine(from: (Double(x), Double(y)), to: (Double(end), 5), color: white)
    }
    #expect(canvas.bytes.count == 300)
  }

  @Test func aNegativeSizeGivesAnEmptyCanvas() {
    var canvas = Canvas(width: -3, height: 4, background: black)
    canvas.drawLine(from: (0, 0), to: (5, 5), color: white)
    canvas.drawText("a", x: 0, y: 0, color: white)
    #expect(canvas.width == 0 && canvas.bytes.isEmpty)
  }

  @Test(arguments: [(27.5, 13.5), (3.5, 17.5), (13.5, 2.5), (13.5, 27.5), (13.5, 14.5), (13.2, 14.6)])
  func aLineCoversBothItsEnds(endX: Double, endY: Double) {
    var canvas = Canvas(width: 30, height: 30, background: black)
    canvas.drawLine(from: (13.5, 14.5), to: (endX, endY), color: white)
    #expect(canvas.color(x: 13, y: 14) == white)
    #expect(canvas.color(x: Int(endX), y: Int(endY)).red > 128)
  }

  @Test func aLevelLineIsAFullRowWithFaintNeighbours() {
    var canvas = Canvas(width: 9, height: 5, background: black)
    canvas.drawLine(from: (-1e300, 2.5), to: (1e300, 2.5), color: white)
    for x in 0..<9 {
      #expect((0..<5).map { canvas.color(x: x, y: $0).red } == [0, 64, 255, 64, 0])
    }
  }

  @Test func aLineToInfinityIsNotDrawn() {
    var canvas = Canvas(width: 9, height: 9, background: black)
    canvas.drawLine(from: (1, 1), to: (.infinity, 5), color: white)
    canvas.drawLine(from: (1, .nan), to: (5, 5), color: white)
    #expect(inkCount(canvas) == 0)
  }

  private func inkCount(_ canvas: Canvas) -> Int {
    canvas.bytes.count { $0 != 0 } / 3
  }
}

@Suite struct TextTests {
  private let printable = (UInt8(32)...126).map { Character(UnicodeScalar($0)) }

  @Test func glyphsDifferFromEachOtherAndFromTheBox() {
    let box = GlyphTable.glyph(for: "é")
    let glyphs = printable.map(GlyphTable.glyph) + [box]
    for (index, glyph) in glyphs.enumerated() {
      #expect(glyph.rowBits.count == GlyphTable.rows)
      #expect(!glyphs[..<index].contains(glyph), "glyph \(index) is drawn twice")
    }
    #expect(GlyphTable.glyph(for: "\n") == box && GlyphTable.glyph(for: "\u{7F}") == box)
  }

  @Test func glyphsAreDrawnAsTheTableShowsThem() {
    let rows = GlyphTable.glyph(for: "F").rowBits
    #expect(rows == [0b11111, 0b00001, 0b00001, 0b01111, 0b00001, 0b00001, 0b00001])
  }

  @Test func textIsSixDotsPerLetterLessTheLastGap() {
    #expect(Canvas.textWidth("") == 0)
    #expect(Canvas.textWidth("a") == 5)
    #expect(Canvas.textWidth("lens", scale: 3) == 69)
    #expect(Canvas.textHeight() == 9 && Canvas.textHeight(scale: 2) == 18)
  }

  @Test func textStaysWithinItsWidthAndHeight() {
    let text = String(printable)
    let (width, height) = (Canvas.textWidth(text, scale: 2), Canvas.textHeight(scale: 2))
    var canvas = Canvas(width: width + 20, height: height + 20, background: black)
    canvas.drawText(text, x: 10, y: 10, color: white, scale: 2)
    canvas.fill(x: 10, y: 10, width: width, height: height, color: black)
    #expect(canvas.bytes.allSatisfy { $0 == 0 })
  }
}

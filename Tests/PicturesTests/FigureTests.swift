import LensCore
import Pictures
import Testing

@Suite struct ContactSheetTests {
  private func tile(width: Int, height: Int, caption: String = "#1") -> ContactSheet.Tile {
    .init(image: Image<Float>(width: width, height: height, repeating: 1), caption: caption)
  }

  @Test func theWidthHoldsTheLongestRow() {
    let rows = [1, 3, 0].map { count in
      ContactSheet.Row(title: "a", tiles: Array(repeating: tile(width: 8, height: 8), count: count))
    }
    let canvas = ContactSheet(title: "b", rows: rows, tileSize: 50).draw()
    #expect(canvas.width == 20 + 3 * 50 + 2 * 8 + 20)
    #expect(canvas.bytes.count == 3 * canvas.width * canvas.height)
  }

  @Test func aLongTitleIsBrokenIntoLines() {
    let title = String(repeating: "long ", count: 20)
    let long = ContactSheet(title: title, rows: []).draw()
    let short = ContactSheet(title: "long", rows: []).draw()
    #expect(long.width == 40 + 4 * 150 + 3 * 8)
    // 34 letters have room in a line: seven of the twenty words.
    #expect(long.height - short.height == 2 * Canvas.textHeight(scale: 3))
  }

  @Test func aFifthTileBeginsALine() {
    let sizes = [4, 5, 8, 9].map { count in
      let row = ContactSheet.Row(title: "a", tiles: Array(repeating: tile(width: 8, height: 8), count: count))
      return ContactSheet(title: "b", rows: [row], tileSize: 50).draw()
    }
    #expect(Set(sizes.map(\.width)).count == 1)
    #expect(sizes[1].height - sizes[0].height == 50 + 5 + 18 + 8 && sizes[2].height == sizes[1].height)
    #expect(sizes[3].height - sizes[2].height == 50 + 5 + 18 + 8)
  }

  /// As wide as a telephone shows it, a capital is at least 7 pixels high, for any number of tiles, any size of them and any texts,
  /// and no letter of a text is left out.
  @Test(arguments: [0, 1, 2, 4, 8, 30], [1, 40, 150, 151, 600])
  func lettersCanBeReadOnATelephone(count: Int, tileSize: Int) {
    for length in [1, 10, 200] {
      let words = String(repeating: "S/N 20 ", count: length)
      let tiles = Array(repeating: tile(width: 400, height: 20, caption: "#123456789 \(words)"), count: count)
      let row = ContactSheet.Row(title: words + "x", tiles: tiles)
      let sheet = ContactSheet(title: words, rows: [row, row], tileSize: tileSize)
      let shown = min(1, 420 / Double(sheet.draw().width))
      #expect(Double(7 * sheet.textScale) * shown >= 7)
    }
  }

  @Test func aWrappedTextKeepsItsLetters() {
    #expect(wrapped("#12 S/N 20", toWidth: 150, scale: 2) == ["#12 S/N 20"])
    #expect(wrapped("#12 loss 1.23e-03", toWidth: 154, scale: 2) == ["#12 loss", "1.23e-03"])
    #expect(wrapped("#1234567890123", toWidth: 150, scale: 2) == ["#12345678901", "23"])
    #expect(wrapped("", toWidth: 150, scale: 2) == [""] && wrapped("a", toWidth: 3, scale: 1) == [""])
    for width in [6, 30, 100, 1000] {
      let text = "a bb  ccc dddd eeeee ffffffffffffffffffffffff g"
      let lines = wrapped(text, toWidth: width, scale: 1)
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
      #expect(lines.allSatisfy { Canvas.textWidth($0, scale: 1) <= width })
    }
  }

  @Test func aRowWithoutTilesTakesOnlyItsHeading() {
    let empty = ContactSheet.Row(title: "none", tiles: [])
    let full = ContactSheet.Row(title: "some", tiles: [tile(width: 5, height: 5)])
    let heights = [[], [empty], [full]].map { ContactSheet(title: "t", rows: $0, tileSize: 60).draw().height }
    #expect(heights[1] - heights[0] == 18 + 8 + 16)
    #expect(heights[2] - heights[1] == 60 + 5 + 18)
  }

  @Test(arguments: [(1, 1), (7, 300), (300, 7), (500, 400)])
  func tilesOfAnySizeFitTheirSquare(width: Int, height: Int) {
    let row = ContactSheet.Row(title: "", tiles: [tile(width: width, height: height, caption: "")])
    var canvas = ContactSheet(title: "", rows: [row], tileSize: 40).draw()
    let top = 20 + 27 + 16 + 18 + 8
    #expect(canvas.color(x: 39, y: top + 19) == ColorMap.heat.color(0.5))
    canvas.fill(x: 20, y: top, width: 40, height: 40, color: FigureStyle.background)
    let blank = Canvas(width: canvas.width, height: canvas.height, background: FigureStyle.background)
    #expect(canvas.bytes == blank.bytes)
  }
}

@Suite struct FigurePanelTests {
  private func panel(title: String = "kappa", yRange: ClosedRange<Double> = -2...2) -> FigurePanel {
    FigurePanel(
      title: title, image: Image<Double>(width: 10, height: 10, repeating: 1),
      stretch: .linear(lower: 0, upper: 1), colorMap: .gray, extent: (-2...2, yRange),
      curves: [([(-1, 0.025), (1, 0.025)], false, RGB(255, 0, 0))])
  }

  @Test func panelsFillTheRowsOneAfterTheOther() {
    let sizes = (1...5).map { count in
      drawFigure(title: "", panels: Array(repeating: panel(), count: count), columns: 2, panelSize: 80)
    }
    #expect(sizes[1].width > sizes[0].width && sizes[1].height == sizes[0].height)
    #expect(sizes[2].width == sizes[1].width && sizes[2].height == sizes[3].height)
    #expect(sizes[4].height - sizes[3].height == sizes[3].height - sizes[1].height)
  }

  /// As wide as a telephone shows it, a capital is at least 7 pixels high.
  @Test(arguments: [1, 2, 3, 6], [20, 80, 300, 900])
  func lettersCanBeReadOnATelephone(columns: Int, panelSize: Int) {
    for yRange in [-2...2, -0.01...0.01, 0...12345.6] {
      let panels = Array(
        repeating: panel(title: String(repeating: "kappa ", count: 9), yRange: yRange), count: 6)
      let layout = FigureLayout(title: "a", panels: panels, columns: columns, panelSize: panelSize)
      #expect(Double(7 * layout.scale) * min(1, 420 / Double(layout.draw().width)) >= 7)
    }
  }

  @Test func aCurveIsDrawnOverTheImage() {
    let canvas = drawFigure(title: "", panels: [panel()], columns: 1, panelSize: 80)
    let red = (0..<canvas.width * canvas.height).count { pixel in
      canvas.color(x: pixel % canvas.width, y: pixel / canvas.width) == RGB(255, 0, 0)
    }
    // Half of the panel's 80 pixels, through the centres of a row of pixels, and what the round ends cover.
    #expect((40...42).contains(red))
  }

  @Test func anythingGivesAFigure() {
    let odd = [
      panel(title: String(repeating: "x", count: 500)), panel(yRange: 1...1), panel(yRange: 0...1e-9),
      panel(yRange: 0 ... .infinity), panel(yRange: -1e308...1e308),
    ]
    for columns in [Int.min, 0, 1, 3, Int.max] {
      #expect(drawFigure(title: "é", panels: odd, columns: columns, panelSize: 20).width > 20)
    }
    #expect(drawFigure(title: "none", panels: [], columns: 2).height > 0)
    #expect(drawFigure(title: "tiny", panels: [panel()], columns: 1, panelSize: -4).height > 0)
  }
}

@Suite struct NumberLabelTests {
  @Test(arguments: [
    (0, "0"), (-0.0, "0"), (1, "1"), (-0.5, "-0.5"), (0.0523, "0.0523"), (9.999, "10"), (999.6, "1000"),
    (12.34, "12.3"), (100, "100"), (98765, "98800"), (123_456, "1.23e5"), (0.00012, "1.2e-4"),
    (2e300, "2e300"), (1.05e-7, "1.05e-7"), (.leastNonzeroMagnitude, "4.94e-324"),
    (.nan, "nan"), (-.infinity, "-inf"),
  ])
  func numbersAreShort(value: Double, label: String) {
    #expect(shortLabel(value) == label)
  }

  @Test func ticksAreRoundNumbersWithinTheRange() {
    #expect(tickValues(in: -3...3, count: 6) == [-3, -2, -1, 0, 1, 2, 3])
    let tenths = tickValues(in: -0.24...0.31, count: 6).map(shortLabel)
    #expect(tenths == ["-0.2", "-0.1", "0", "0.1", "0.2", "0.3"])
    #expect(tickValues(in: 0...25, count: 6) == [0, 5, 10, 15, 20, 25])
    #expect(tickValues(in: 1...1, count: 6).isEmpty)
    #expect(tickValues(in: 0 ... .infinity, count: 6).isEmpty)
    #expect(tickValues(in: 1e15...1e15 + 1, count: 6).isEmpty)
  }
}

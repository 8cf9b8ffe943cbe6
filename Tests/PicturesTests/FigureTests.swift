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

  @Test func theWidthHoldsALongTitle() {
    let title = String(repeating: "long ", count: 20)
    #expect(ContactSheet(title: title, rows: []).draw().width == 40 + Canvas.textWidth(title, scale: 3))
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

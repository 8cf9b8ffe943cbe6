import LensCore
import Pictures
import Testing

private let black = RGB(0, 0, 0)
private let white = RGB(255, 255, 255)
private let unit = Stretch.linear(lower: 0, upper: 1)

@Suite struct ImageRenderingTests {
  @Test func theBottomRowOfAnImageIsAtTheBottom() {
    let image = Image<Float>(width: 2, height: 2, pixels: [1, 0, 0, 0])
    var canvas = Canvas(width: 8, height: 8, background: RGB(9, 9, 9))
    canvas.draw(image, x: 1, y: 2, magnification: 3, stretch: unit, colorMap: .gray)
    #expect(canvas.color(x: 1, y: 5) == white && canvas.color(x: 3, y: 7) == white)
    #expect(canvas.color(x: 4, y: 7) == black && canvas.color(x: 1, y: 4) == black)
    #expect(canvas.color(x: 0, y: 7) == RGB(9, 9, 9) && canvas.color(x: 7, y: 7) == RGB(9, 9, 9))
  }

  @Test func floatAndDoubleImagesLookTheSame() {
    let image = Image<Float>(width: 3, height: 2, pixels: [0, 0.25, 0.5, 0.75, 1, .nan])
    var single = Canvas(width: 3, height: 2, background: black)
    var double = single
    single.draw(image, x: 0, y: 0, magnification: 1, stretch: unit, colorMap: .heat)
    double.draw(image.map(Double.init), x: 0, y: 0, magnification: 1, stretch: unit, colorMap: .heat)
    #expect(single.bytes == double.bytes)
    #expect(single.color(x: 2, y: 0) == ColorMap.invalidColor)
  }

  @Test func aReducedImageShowsMeans() {
    let image = Image<Float>(width: 4, height: 2, pixels: [0, 1, 0, 0, 1, 0, 0, 0])
    var canvas = Canvas(width: 2, height: 1, background: RGB(9, 9, 9))
    canvas.draw(image, x: 0, y: 0, width: 2, height: 1, stretch: unit, colorMap: .gray)
    #expect(canvas.color(x: 0, y: 0) == RGB(128, 128, 128) && canvas.color(x: 1, y: 0) == black)
  }

  @Test(arguments: [Int.min, -5, -1, 0, 3, 4, Int.max])
  func anImageIsClippedAtAllBorders(offset: Int) {
    let image = Image<Float>(width: 3, height: 3, repeating: 1)
    var canvas = Canvas(width: 4, height: 4, background: black)
    for magnification in [Int.min, 0, 1, 2, Int.max] {
      canvas.draw(image, x: offset, y: 0, magnification: magnification, stretch: unit, colorMap: .gray)
      canvas.draw(image, x: 0, y: offset, magnification: magnification, stretch: unit, colorMap: .gray)
    }
    #expect(canvas.bytes.count == 48)
  }

  @Test func aPathRunsFromDataToCanvasWithYUp() {
    let frame = PlotFrame(x: 10, y: 20, width: 100, height: 50, xRange: -1...1, yRange: 0...5)
    #expect(frame.canvasPosition((-1, 0)) == (10, 70))
    #expect(frame.canvasPosition((1, 5)) == (110, 20))
    #expect(frame.canvasPosition((0, 4)) == (60, 30))
  }

  @Test func aPathStaysWithinItsFrame() {
    let frame = PlotFrame(x: 5, y: 5, width: 10, height: 10, xRange: 0...1, yRange: 0...1)
    var canvas = Canvas(width: 20, height: 20, background: black)
    canvas.drawPath([(-9, -9), (9, 9), (9, -9), (-9, 9)], closed: true, in: frame, color: white)
    #expect(canvas.color(x: 10, y: 10) != black)
    canvas.fill(x: 5, y: 5, width: 10, height: 10, color: black)
    #expect(canvas.bytes.allSatisfy { $0 == 0 })
  }

  @Test func aClosedPathReturnsToItsStartAndNaNInterruptsIt() {
    let frame = PlotFrame(x: 0, y: 0, width: 20, height: 20, xRange: 0...20, yRange: 0...20)
    let corner: [(x: Double, y: Double)] = [(2.5, 2.5), (17.5, 2.5), (17.5, 17.5)]
    for closed in [false, true] {
      var canvas = Canvas(width: 20, height: 20, background: black)
      canvas.drawPath(corner, closed: closed, in: frame, color: white)
      #expect((canvas.color(x: 10, y: 9) != black) == closed)
      #expect(canvas.color(x: 10, y: 17) == white)
    }
    var canvas = Canvas(width: 20, height: 20, background: black)
    canvas.drawPath([(2.5, 2.5), (.nan, 5), (17.5, 2.5)], closed: false, in: frame, color: white)
    #expect(canvas.bytes.allSatisfy { $0 == 0 })
  }

  @Test func manyShortPiecesLookLikeOneLine() {
    let frame = PlotFrame(x: 0, y: 0, width: 40, height: 40, xRange: 0...40, yRange: 0...40)
    let pieces = stride(from: 0.0, through: 16, by: 0.05).map { (x: 3 + 2 * $0, y: 5.3 + $0) }
    var whole = Canvas(width: 40, height: 40, background: black)
    var cut = whole
    whole.drawPath([(3, 5.3), (35, 21.3)], closed: false, in: frame, color: white)
    cut.drawPath(pieces, closed: false, in: frame, color: white)
    let worst = zip(whole.bytes, cut.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(worst <= 1)
  }
}

import LensCore
import Testing

struct ImageTests {
  private let image = Image(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])

  @Test func `pixels are stored row by row`() {
    var image = image
    #expect(image[x: 2, y: 0] == 3 && image[x: 0, y: 1] == 4)
    image[x: 1, y: 1] = -1
    #expect(image.pixels == [1, 2, 3, 4, -1, 6])
    #expect(Image(width: 3, height: 2, repeating: 7).pixels == [7, 7, 7, 7, 7, 7])
  }

  @Test func `map keeps the shape and passes errors on`() {
    let text = image.map { "\($0)" }
    #expect(text.width == 3 && text.height == 2 && text.pixels == ["1", "2", "3", "4", "5", "6"])
    #expect(throws: NumericalError.self) {
      _ = try image.map { _ -> Int in throw NumericalError.noSolution(quantity: "a", context: "b") }
    }
  }

  @Test func `the peak is the largest pixel wherever it is`() {
    for position in 0..<6 {
      var dark = Image(width: 3, height: 2, repeating: -2.0)
      dark.pixels[position] = -1
      #expect(dark.peak == -1)
    }
  }

  @Test func `images are equal when shape and pixels are`() {
    #expect(image == Image(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6]))
    #expect(image != Image(width: 2, height: 3, pixels: [1, 2, 3, 4, 5, 6]))
    #expect(image != Image(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 7]))
  }

  @Test func `the columns of a tile are apart and start at zero`() {
    let tile = RayTile<Double>(count: 5)
    let columns = [
      tile.image.x, tile.image.y, tile.deflection.x, tile.deflection.y, tile.source.x, tile.source.y,
      tile.brightness, tile.potential, tile.hessian.xx, tile.hessian.xy, tile.hessian.yy,
    ]
    for column in columns { for i in 0..<5 { #expect(column[i] == 0) } }
    for (number, column) in columns.enumerated() { for i in 0..<5 { column[i] = Double(10 * number + i) } }
    for (number, column) in columns.enumerated() {
      for i in 0..<5 { #expect(column[i] == Double(10 * number + i)) }
    }
    tile.clear(tile.source.x)
    for (number, column) in columns.enumerated() {
      for i in 0..<5 { #expect(column[i] == (number == 4 ? 0 : Double(10 * number + i))) }
    }
  }

  @Test func `errors say where, what was given and what is allowed`() {
    let error = SpecError(keyPath: "source.axis_ratio", value: "2", requirement: "must be at most 1")
    #expect("\(error)" == "source.axis_ratio: 2 given, must be at most 1")
    let root = SpecError(keyPath: "", value: "a list of 2", requirement: "must be a mapping")
    #expect("\(root)" == "the document: a list of 2 given, must be a mapping")
    #expect("\(SpecErrors([error, root]))" == "\(error)\n\(root)")
    let notFinite = NumericalError.notFinite(quantity: "mean", context: "nan")
    #expect("\(notFinite)" == "mean is not finite: nan")
    #expect("\(FileError(path: "/a", reason: "gone"))" == "/a: gone")
  }
}

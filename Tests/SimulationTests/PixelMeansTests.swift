import LensCore
import RayTracing
import Testing

/// Means and rough pixels of images of all widths around that of a block, against sums for each pixel by itself.
struct PixelMeansTests {
  private static let sizes = [1, 2, 5, 15, 16, 17, 31, 33, 150].flatMap { width in
    [1, 2, 3, 20].map { (width, $0) }
  }

  /// Smooth but for every seventh pixel.
  private func centres(_ grid: PixelGrid) -> [Float] {
    (0..<grid.pixelCount).map { pixel in
      let (x, y) = grid.centre(pixel)
      return Float(2 + x * y / 50 + (pixel % 7 == 3 ? 0.5 : 0))
    }
  }

  private func expected(_ v: [Float], _ grid: PixelGrid, _ x: Int, _ y: Int) -> (
    mean: Float, roughness: Float
  ) {
    func value(_ dx: Int, _ dy: Int) -> Float {
      v[(y + dy + grid.margin) * grid.rowLength + x + dx + grid.margin]
    }
    let centre = value(0, 0)
    let (x1, y1) = (value(-1, 0) + value(1, 0), value(0, -1) + value(0, 1))
    let (x2, y2) = (value(-2, 0) + value(2, 0), value(0, -2) + value(0, 2))
    return (
      centre + (x1 + y1 - 4 * centre) * (1 / 24),
      abs(x2 - 4 * x1 + 6 * centre) + abs(y2 - 4 * y1 + 6 * centre)
    )
  }

  @Test(arguments: sizes) func `every pixel has its mean and its roughness`(width: Int, height: Int) {
    let grid = PixelGrid(width: width, height: height, pixelScale: 0.1, margin: meansMargin)
    let values = centres(grid)
    let (count, guardian) = (width * height, Float(-7))
    let centres = ColumnStorage<Float>(count: grid.pixelCount + pixelBlock, repeating: .nan)
    for (i, value) in values.enumerated() { centres.column[i] = value }
    // The image's memory ends with its last pixel.
    let means = ColumnStorage<Float>(count: count + pixelBlock, repeating: guardian)
    let roughness = ColumnStorage<Float>(count: count + pixelBlock, repeating: 0)
    estimateMeans(fromCentres: centres.column, of: grid, to: means.column, roughness: roughness.column)
    for i in 0..<count {
      let pixel = expected(values, grid, i % width, i / width)
      #expect(means.column[i] == pixel.mean && roughness.column[i] == pixel.roughness, "pixel \(i)")
    }
    #expect((count..<(count + pixelBlock)).allSatisfy { means.column[$0] == guardian })
    let scratch = ColumnStorage<Float>(count: width, repeating: 0)
    let peak = largest(means.column, width: width, rows: height, scratch: scratch.column)
    #expect(peak == (0..<count).reduce(0) { max($0, means.column[$1]) })
  }

  @Test(arguments: sizes) func `rough pixels are listed in their order`(width: Int, height: Int) {
    let grid = PixelGrid(width: width, height: height, pixelScale: 0.1, margin: meansMargin)
    let count = width * height
    let roughness = ColumnStorage<Float>(count: count + pixelBlock, repeating: 9)
    for i in 0..<count { roughness.column[i] = i % 5 == 2 ? 0.3 : i % 11 == 4 ? .nan : 0.1 }
    let all = PixelList<Float>(capacity: grid.pixelCount, padding: 8)
    all.append(allOf: grid)
    let rough = PixelList<Float>(capacity: grid.pixelCount, padding: 8)
    listRough(roughness.column, above: 0.2, of: grid, among: all, in: rough)
    let wanted = (0..<count).filter { $0 % 5 == 2 || $0 % 11 == 4 }
    #expect((0..<rough.count).map { Int(rough.positions[$0]) } == wanted)
    for (i, position) in wanted.enumerated() {
      let (row, column) = (position / width + grid.margin, position % width + grid.margin)
      let centre = grid.centre(row * grid.rowLength + column)
      #expect(rough.centreX[i] == Float(centre.x) && rough.centreY[i] == Float(centre.y))
    }
  }
}

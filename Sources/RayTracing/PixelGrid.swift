import LensCore
import LensNumerics

/// Where the pixels of an image lie on the sky, and how rays fill them.
///
/// The image's middle is the origin; pixel (0, 0) is at the bottom left. Pixel i of n has its centre at
/// (i - (n - 1) / 2) times the pixel scale. Each pixel holds `subpixels` x `subpixels` rays at the centres of
/// equal squares.
public struct PixelGrid<Scalar: LensScalar>: Sendable {
  public let width: Int
  public let height: Int
  /// Arcsec.
  public let pixelScale: Double
  /// Rays per pixel and axis.
  public let subpixels: Int
  /// Pixels of one row that a tile covers; the last tile of a row may reach past its end.
  public let columnsPerTile: Int
  /// x of every ray column, sub-pixel by sub-pixel: `columnX[k][i]` is pixel i's k-th sub-column.
  private let columnX: [[Scalar]]

  /// Rays per tile, unless a single pixel has more: the columns that a kernel touches stay in the fastest caches.
  private static var largestTile: Int { 1024 }

  public init(width: Int, height: Int, pixelScale: Double, subpixels: Int) {
    precondition(width > 0 && height > 0 && subpixels > 0 && pixelScale > 0)
    self.width = width
    self.height = height
    self.pixelScale = pixelScale
    self.subpixels = subpixels
    let raysPerPixel = subpixels * subpixels
    let tiles = max(1, (width * raysPerPixel + Self.largestTile - 1) / Self.largestTile)
    let columnsPerTile = (width + tiles - 1) / tiles
    let paddedWidth = (width + columnsPerTile - 1) / columnsPerTile * columnsPerTile
    self.columnsPerTile = columnsPerTile
    columnX = (0..<subpixels).map { sub in
      (0..<paddedWidth).map {
        Scalar(Self.coordinate($0, of: width, sub: sub, subpixels: subpixels, scale: pixelScale))
      }
    }
  }

  /// A tile of the size that `fill` and `addPixelMeans` need.
  public func makeTile() -> RayTile<Scalar> {
    RayTile(count: columnsPerTile * subpixels * subpixels)
  }

  /// The first columns of the tiles of a row.
  public var tileStarts: StrideTo<Int> { stride(from: 0, to: width, by: columnsPerTile) }

  /// Places the rays of the pixels from `firstColumn` on in one row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func fill(_ position: VectorColumns<Scalar>, row: Int, firstColumn: Int) {
    for subY in 0..<subpixels {
      let y = Scalar(
        Self.coordinate(row, of: height, sub: subY, subpixels: subpixels, scale: pixelScale))
      for subX in 0..<subpixels {
        let start = (subY * subpixels + subX) * columnsPerTile
        let line = columnX[subX]
        for column in 0..<columnsPerTile {
          position.x[start &+ column] = line[firstColumn &+ column]
          position.y[start &+ column] = y
        }
      }
    }
  }

  /// Adds the mean of each pixel's rays, times `factor`, to one row of an image.
  public func addPixelMeans(
    of brightness: Column<Scalar>, factor: Scalar, row: Int, firstColumn: Int,
    to image: inout Image<Scalar>
  ) {
    let weight = factor / Scalar(subpixels * subpixels)
    let columns = min(columnsPerTile, width - firstColumn)
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      let line = UnsafeMutableBufferPointer(rebasing: pixels[(row * width + firstColumn)...])
      guard let line = Column(viewing: line) else { return }
      for sub in 0..<(subpixels * subpixels) {
        addWeighted(
          brightness, from: sub * columnsPerTile, weight: weight, to: line, at: 0, count: columns)
      }
    }
  }

  private static func coordinate(
    _ index: Int, of count: Int, sub: Int, subpixels: Int, scale: Double
  ) -> Double {
    let offset = (Double(sub) + 0.5) / Double(subpixels) - 0.5
    return (Double(index) - Double(count - 1) / 2 + offset) * scale
  }
}

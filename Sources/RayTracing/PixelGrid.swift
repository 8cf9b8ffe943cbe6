import LensCore
import LensNumerics

/// Where the pixels of an image lie on the sky.
///
/// The image's middle is the origin; pixel (0, 0) is at the bottom left. Pixel i of n has its centre at
/// (i - (n - 1) / 2) times the pixel scale. A margin of further pixels may surround the image.
public struct PixelGrid: Sendable {
  public let width: Int
  public let height: Int
  /// Arcsec.
  public let pixelScale: Double
  /// Pixels around the image that are sampled with it.
  public let margin: Int

  public init(width: Int, height: Int, pixelScale: Double, margin: Int = 0) {
    precondition(width > 0 && height > 0 && pixelScale > 0 && margin >= 0)
    self.width = width
    self.height = height
    self.pixelScale = pixelScale
    self.margin = margin
  }

  /// Pixels in a row and rows, margins included.
  public var rowLength: Int { width + 2 * margin }
  public var rowCount: Int { height + 2 * margin }
  /// All pixels, margins included.
  public var pixelCount: Int { rowLength * rowCount }

  /// The centre of a pixel in arcsec, by its position among all pixels, row by row.
  public func centre(_ pixel: Int) -> (x: Double, y: Double) {
    let (column, row) = (pixel % rowLength - margin, pixel / rowLength - margin)
    return (
      (Double(column) - Double(width - 1) / 2) * pixelScale,
      (Double(row) - Double(height - 1) / 2) * pixelScale
    )
  }
}

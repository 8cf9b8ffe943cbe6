import CCFITSIO
import Glibc
import LensCore

/// Reads the images of a FITS file: in any of its parts, of any number type, compressed or not, the file packed by gzip
/// or not.
///
/// BSCALE and BZERO are applied; pixels without a value (BLANK, ZBLANK) are NaN.
package final class FITSImageReader {
  package let width: Int
  package let height: Int
  /// Images of each sky, where the file has four axes; else 1.
  package let bandCount: Int
  /// Images of two axes, or of three with bands; more than one where there is a further axis.
  package let count: Int
  /// Lengths of the axes, fastest first, without those of length 1 behind the second.
  package let axes: [Int]
  private let path: String
  private let file: FITSFile
  private let isSingle: Bool

  /// - Parameters:
  ///   - wanted: The number of an extension (the primary header is 0) or its EXTNAME; nil where the file has one image.
  ///   - advice: What to do about a file with several images.
  /// - Throws: `FileError` when the file cannot be read, and, with a list of what there is, when it has no such image or
  ///   several.
  package init(
    _ path: String, extension wanted: String? = nil,
    advice: String = "write the one that is meant to a file of its own"
  ) throws {
    self.path = path
    file = try FITSFile(reading: path)
    let unit = try FITSUnitChoice(path: path, wanted: wanted, advice: advice).chosen(among: try file.units())
    axes = unit.imageAxes ?? []
    try file.go(to: unit.number)
    // Only a file that says so: an axis of other files may count anything.
    let isBanded = unit.axes?.count == 4 && file.textCard("CTYPE3") == "BAND"
    guard axes.count == 2 || axes.count == 3 || isBanded else {
      throw FileError(
        path: path,
        reason:
          "extension \(unit.words) must have two or three axes, or four of which CTYPE3 says that the third is BAND"
      )
    }
    (width, height) = (axes[0], axes[1])
    bandCount = isBanded ? unit.axes?[2] ?? 1 : 1
    count = isBanded ? unit.axes?[3] ?? 1 : axes.count == 3 ? axes[2] : 1
    var pixelType: Int32 = 0
    try file.call("read BITPIX") { ffgidt($0, &pixelType, &$1) }
    isSingle = pixelType == FLOAT_IMG
    try checkSize()
  }

  /// Memory must not follow what a header claims.
  private func checkSize() throws {
    // No compression that FITS knows packs more than 1032 pixels into a byte, nor gzip more than 1032 bytes into one.
    let most = try Double(fileSize(path)) * (FileSignature(of: path) == .gzip ? 1032 * 1032 : 1032)
    let size = Double(width) * Double(height) * Double(bandCount)
    guard size <= Double(largestImage), size * Double(count) <= most + Double(largestImage) / 1032
    else {
      throw FileError(
        path: path,
        reason: "\(count) images of \(width) x \(height) pixels cannot be in this file, or are too large "
          + "(2^26 pixels); it is truncated or no image")
    }
  }

  /// Pixels of an image in all its bands.
  private var size: Int { width * height * bandCount }

  /// One image, band after band and row by row, each pixel the nearest of single precision.
  ///
  /// - Throws: `FileError` for a pixel beyond single precision.
  package func read(at index: Int) throws -> [Float] {
    guard isSingle else { return try singlePrecision(try readDoubles(at: index), path: path) }
    let first = try firstPixel(of: index)
    var pixels = [Float](repeating: 0, count: size)
    var hasBlank: Int32 = 0
    try file.call("read image \(index)") {
      ffgpve($0, 1, first, LONGLONG(size), .nan, &pixels, &hasBlank, &$1)
    }
    return pixels
  }

  /// One image, row by row.
  package func readDoubles(at index: Int) throws -> [Double] {
    let first = try firstPixel(of: index)
    var pixels = [Double](repeating: 0, count: size)
    var hasBlank: Int32 = 0
    try file.call("read image \(index)") {
      ffgpvd($0, 1, first, LONGLONG(size), .nan, &pixels, &hasBlank, &$1)
    }
    return pixels
  }

  /// Counted from 1.
  private func firstPixel(of index: Int) throws -> LONGLONG {
    guard (0..<count).contains(index) else {
      throw FileError(path: path, reason: "image \(index) was asked for, there are \(count)")
    }
    return LONGLONG(index * size + 1)
  }
}

/// Pixels of the largest image that is read from a file of somebody else's: memory must not follow what a header claims.
package let largestImage = 1 << 26

import CCFITSIO
import LensCore

/// Reads the first image of a FITS file, of two or three axes, slice by slice; BSCALE and BZERO are applied.
package final class FITSImageCubeReader {
  package let width: Int
  package let height: Int
  package let count: Int
  private let path: String
  private let file: FITSFile

  /// - Throws: `FileError` when the file cannot be read or has no such image.
  package init(_ path: String) throws {
    self.path = path
    file = try FITSFile(reading: path)
    let axes = try file.axes()
    guard axes.count == 2 || axes.count == 3, axes.allSatisfy({ $0 >= 0 }), axes[0] > 0, axes[1] > 0 else {
      throw FileError(path: path, reason: "its first image has the axes \(axes), must have two or three")
    }
    (width, height, count) = (axes[0], axes[1], axes.count == 3 ? axes[2] : 1)
    let (size, overflow) = width.multipliedReportingOverflow(by: height)
    // No compression that FITS knows packs more than 1032 pixels into a byte: more is a lie, not an image.
    guard !overflow, size <= largestImage, try size / 1032 <= fileSize(path) else {
      throw FileError(
        path: path,
        reason: "images of \(width) x \(height) pixels cannot be in this file, or are too large (2^26 pixels)"
      )
    }
  }

  /// One slice, row by row.
  package func read(at index: Int) throws -> [Float] {
    guard (0..<count).contains(index) else {
      throw FileError(path: path, reason: "slice \(index) was asked for, there are \(count)")
    }
    var pixels = [Float](repeating: 0, count: width * height)
    // Pixels without a value (BLANK) become NaN, which nobody can take for one.
    var hasBlank: Int32 = 0
    try file.call("read slice \(index)") {
      ffgpve(
        $0, 1, LONGLONG(index * width * height + 1), LONGLONG(width * height), .nan, &pixels, &hasBlank, &$1)
    }
    return pixels
  }
}

/// Pixels of the largest image that is read from a file of somebody else's: memory must not follow what a header claims.
package let largestImage = 1 << 26

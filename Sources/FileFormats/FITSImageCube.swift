import CCFITSIO
import Glibc
import LensCore

/// Writes a stack of images of one size into one FITS image (BITPIX -32), in any order.
///
/// The axes are (width, height, count), which astropy gives the shape (count, height, width), or, of images of several bands,
/// (width, height, band, count). The file has
/// its full size from the beginning; images that were never written are zero. A stack of no images keeps its
/// width and height: the last axis is 0, which the standard defines as no data.
package final class FITSImageCubeWriter {
  private let slices: SliceFile

  /// Creates the file, or replaces it, and reserves its full size on the disk.
  ///
  /// - Parameter header: Cards after the mandatory ones. No date is added, so equal input gives equal bytes.
  /// - Throws: `FileError` for impossible sizes or cards, and when the disk refuses or is too small.
  package init(
    creating path: String, width: Int, height: Int, bands: Int = 1, count: Int, header: [FITSCard]
  ) throws {
    let axes = try Self.axes(path, width, height, bands, count)
    let bytes = try Self.header(path, axes, header)
    let layout = Self.layout(dataOffset: bytes.count, axes)
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    try file.allocate(FITSFile.padded(layout.size))
    try file.write(bytes, at: 0)
    slices = SliceFile(file, layout)
  }

  /// Opens a file that this writer created earlier, keeping its images.
  ///
  /// - Throws: `FileError` when there is no such file, or it has other sizes.
  package init(resuming path: String, width: Int, height: Int, bands: Int = 1, count: Int) throws {
    let wanted = try Self.axes(path, width, height, bands, count)
    let fits = try FITSFile(reading: path)
    var pixelType: Int32 = 0
    try fits.call("read BITPIX") { ffgidt($0, &pixelType, &$1) }
    let axes = try fits.axes()
    let layout = Self.layout(dataOffset: try fits.extent().data, wanted)
    let file = try OpenFile(path, O_RDWR)
    let size = try file.size()
    guard axes == wanted, pixelType == FLOAT_IMG, size == FITSFile.padded(layout.size) else {
      throw FileError(
        path: path,
        reason:
          "this is not the stack of \(count) images of \(width) x \(height) pixels in \(bands) bands that the run began "
          + "(axes \(axes), BITPIX \(pixelType), \(size) bytes); remove it and start again")
    }
    slices = SliceFile(file, layout)
  }

  /// Writes one image.
  ///
  /// - Parameter pixels: `width * height` numbers for each band, row by row, the bottom row first.
  /// - Throws: `FileError` for a wrong count or index, and when the disk refuses.
  package func write(_ pixels: [Float], at index: Int) throws { try slices.write(pixels, at: index) }

  /// Forces everything written so far to the disk, so that it outlives a crash.
  package func synchronize() throws { try slices.synchronize() }

  /// Closes the file; writing afterwards throws.
  package func close() throws { try slices.close() }

  private static func axes(
    _ path: String, _ width: Int, _ height: Int, _ bands: Int, _ count: Int
  ) throws -> [Int] {
    guard width > 0, height > 0, bands > 0, count >= 0 else {
      throw FileError(
        path: path,
        reason:
          "\(count) images of \(width) x \(height) pixels in \(bands) bands given; sides and bands must be "
          + "positive, the count not negative")
    }
    let axes = [width, height] + (bands == 1 ? [] : [bands]) + [count]
    _ = try byteCount(path, shape: axes.reversed())
    return axes
  }

  private static func layout(dataOffset: Int, _ axes: [Int]) -> SliceFile.Layout {
    .init(
      dataOffset: dataOffset, sliceLength: axes.dropLast().reduce(1, *), sliceCount: axes[axes.count - 1],
      byteOrder: .bigEndian)
  }

  /// The whole header. CFITSIO makes it for no images, since it would fill the data of more with zeros.
  private static func header(_ path: String, _ axes: [Int], _ cards: [FITSCard]) throws -> [UInt8] {
    var bytes = try FITSFile.bytes(for: path) { file in
      var empty = axes.dropLast().map { LONGLONG($0) } + [0]
      try file.call("make the image") { ffcrimll($0, FLOAT_IMG, Int32(axes.count), &empty, &$1) }
      try file.write(cards, path: path)
    }
    // Behind SIMPLE, BITPIX and NAXIS the axes, of which the last counts images.
    let field = fixedFormat(axes[axes.count - 1], card: 2 + axes.count, headerOffset: 0)
    bytes.replaceSubrange(field.position..<(field.position + field.bytes.count), with: field.bytes)
    return bytes
  }
}

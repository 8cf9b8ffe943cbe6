import CCFITSIO
import Glibc
import LensCore

/// Writes a stack of images of one size into one FITS image (BITPIX -32), in any order.
///
/// The axes are (width, height, count), which astropy gives the shape (count, height, width). The file has
/// its full size from the beginning; images that were never written are zero. A stack of no images keeps its
/// width and height: NAXIS3 is 0, which the standard defines as no data.
public final class FITSImageCubeWriter {
  private let slices: SliceFile

  /// Creates the file, or replaces it, and reserves its full size on the disk.
  ///
  /// - Parameter header: Cards after the mandatory ones. No date is added, so equal input gives equal bytes.
  /// - Throws: `FileError` for impossible sizes or cards, and when the disk refuses or is too small.
  public init(creating path: String, width: Int, height: Int, count: Int, header: [FITSCard]) throws {
    try Self.check(path, width, height, count)
    let bytes = try Self.header(path, width, height, count, header)
    let layout = Self.layout(dataOffset: bytes.count, width, height, count)
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    try file.allocate(FITSFile.padded(layout.size))
    try file.write(bytes, at: 0)
    slices = SliceFile(file, layout)
  }

  /// Opens a file that this writer created earlier, keeping its images.
  ///
  /// - Throws: `FileError` when there is no such file, or it has other sizes.
  public init(resuming path: String, width: Int, height: Int, count: Int) throws {
    try Self.check(path, width, height, count)
    let fits = try FITSFile(reading: path)
    var pixelType: Int32 = 0
    try fits.call("read BITPIX") { ffgidt($0, &pixelType, &$1) }
    let axes = try fits.axes()
    let layout = Self.layout(dataOffset: try fits.extent().data, width, height, count)
    let file = try OpenFile(path, O_RDWR)
    let size = try file.size()
    guard axes == [width, height, count], pixelType == FLOAT_IMG, size == FITSFile.padded(layout.size) else {
      throw FileError(
        path: path,
        reason: "this is not the stack of \(count) images of \(width) x \(height) pixels that the run began "
          + "(axes \(axes), BITPIX \(pixelType), \(size) bytes); remove it and start again")
    }
    slices = SliceFile(file, layout)
  }

  /// Writes one image.
  ///
  /// - Parameter pixels: `width * height` numbers, row by row, the bottom row first.
  /// - Throws: `FileError` for a wrong count or index, and when the disk refuses.
  public func write(_ pixels: [Float], at index: Int) throws { try slices.write(pixels, at: index) }

  /// Forces everything written so far to the disk, so that it outlives a crash.
  public func synchronize() throws { try slices.synchronize() }

  /// Closes the file; writing afterwards throws.
  public func close() throws { try slices.close() }

  private static func check(_ path: String, _ width: Int, _ height: Int, _ count: Int) throws {
    guard width > 0, height > 0, count >= 0 else {
      throw FileError(
        path: path,
        reason: "\(count) images of \(width) x \(height) pixels given; sides must be positive, "
          + "the count not negative")
    }
    _ = try byteCount(path, shape: [count, height, width])
  }

  private static func layout(
    dataOffset: Int, _ width: Int, _ height: Int, _ count: Int
  ) -> SliceFile.Layout {
    .init(dataOffset: dataOffset, sliceLength: width * height, sliceCount: count, byteOrder: .bigEndian)
  }

  /// The whole header. CFITSIO makes it for no images, since it would fill the data of more with zeros.
  private static func header(
    _ path: String, _ width: Int, _ height: Int, _ count: Int, _ cards: [FITSCard]
  ) throws -> [UInt8] {
    var bytes = try FITSFile.bytes(for: path) { file in
      var axes = [LONGLONG(width), LONGLONG(height), 0]
      try file.call("make the image") { ffcrimll($0, FLOAT_IMG, 3, &axes, &$1) }
      try file.write(cards, path: path)
    }
    // SIMPLE, BITPIX, NAXIS, NAXIS1, NAXIS2, NAXIS3.
    let field = fixedFormat(count, card: 5, headerOffset: 0)
    bytes.replaceSubrange(field.position..<(field.position + field.bytes.count), with: field.bytes)
    return bytes
  }
}

import CCFITSIO
import LensCore

/// Writes images as extensions (BITPIX -64) of one FITS file, after a header without data.
///
/// - Parameters:
///   - images: Each image with the EXTNAME that it gets.
///   - header: Cards of the primary header. No date is added, so equal input gives equal bytes.
///   - pixelScale: Arcsec; where it is given, each image has its world coordinates (`FITSCard.offsets`).
/// - Throws: `FileError` for impossible cards, and when the disk refuses; a file that was there is then kept.
package func writeFITSImages(
  _ images: [(name: String, image: Image<Double>)], header: [FITSCard], pixelScale: Double? = nil,
  to path: String
) throws {
  let bytes = try FITSFile.bytes(for: path) { file in
    try file.call("make the primary header") { ffcrimll($0, BYTE_IMG, 0, nil, &$1) }
    try file.write(header, path: path)
    for (name, image) in images {
      let offsets = pixelScale.map {
        FITSCard.offsets(width: image.width, height: image.height, pixelScale: $0)
      }
      try write(
        image, [FITSCard("EXTNAME", .text(name), "name of this image")] + (offsets ?? []), into: file,
        path: path)
    }
  }
  try writeFileAtomically(bytes, to: path)
}

private func write(_ image: Image<Double>, _ cards: [FITSCard], into file: FITSFile, path: String) throws {
  var axes = [LONGLONG(image.width), LONGLONG(image.height)]
  try file.call("make an image") { ffcrimll($0, DOUBLE_IMG, 2, &axes, &$1) }
  try file.write(cards, path: path)
  // CFITSIO asks for mutable memory but leaves it as it is.
  var pixels = image.pixels
  try file.call("write an image") { ffpprd($0, 1, 1, LONGLONG(pixels.count), &pixels, &$1) }
}

/// Reads a two-dimensional image of a FITS file; BSCALE and BZERO are applied, pixels without a value are NaN.
///
/// - Parameters:
///   - wanted: The number of an extension (the primary header is 0) or its EXTNAME; nil where the file has one image.
///   - advice: What to do about a file with several images.
/// - Throws: `FileError` when the file cannot be read, and, with a list of what there is, when it has no such image or
///   several.
package func readFITSImage(
  _ path: String, extension wanted: String? = nil, advice: String = "choose one by its number or name"
) throws -> Image<Double> {
  let reader = try FITSImageReader(path, extension: wanted, advice: advice)
  guard reader.axes.count == 2 else {
    throw FileError(path: path, reason: "the image has the axes \(reader.axes), must be two-dimensional")
  }
  return Image(width: reader.width, height: reader.height, pixels: try reader.readDoubles(at: 0))
}

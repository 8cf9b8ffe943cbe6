import CCFITSIO
import LensCore

/// Writes images as extensions (BITPIX -64) of one FITS file, after a header without data.
///
/// - Parameter images: Each image with the EXTNAME that it gets.
/// - Parameter header: Cards of the primary header. No date is added, so equal input gives equal bytes.
/// - Throws: `FileError` for impossible cards, and when the disk refuses; a file that was there is then kept.
public func writeFITSImages(
  _ images: [(name: String, image: Image<Double>)], header: [FITSCard], to path: String
) throws {
  let bytes = try FITSFile.bytes(for: path) { file in
    try file.call("make the primary header") { ffcrimll($0, BYTE_IMG, 0, nil, &$1) }
    try file.write(header, path: path)
    for (name, image) in images { try write(image, name: name, into: file, path: path) }
  }
  try writeFileAtomically(bytes, to: path)
}

private func write(_ image: Image<Double>, name: String, into file: FITSFile, path: String) throws {
  var axes = [LONGLONG(image.width), LONGLONG(image.height)]
  try file.call("make the image \(name)") { ffcrimll($0, DOUBLE_IMG, 2, &axes, &$1) }
  try file.write([FITSCard("EXTNAME", .text(name), "name of this image")], path: path)
  // CFITSIO asks for mutable memory but leaves it as it is.
  var pixels = image.pixels
  try file.call("write the image \(name)") { ffpprd($0, 1, 1, LONGLONG(pixels.count), &pixels, &$1) }
}

/// Reads the first two-dimensional image of a FITS file; BSCALE and BZERO are applied.
///
/// - Throws: `FileError` when the file cannot be read or has no such image.
public func readFITSImage(_ path: String) throws -> Image<Double> {
  let file = try FITSFile(reading: path)
  var count: Int32 = 0
  try file.call("count the extensions") { ffthdu($0, &count, &$1) }
  for number in 1...max(1, count) {
    var kind: Int32 = 0
    try file.call("go to extension \(number)") { ffmahd($0, number, &kind, &$1) }
    guard kind == IMAGE_HDU else { continue }
    let axes = try file.axes()
    if axes.count == 2, axes.allSatisfy({ $0 > 0 }) { return try readImage(file, axes, path: path) }
  }
  throw FileError(
    path: path, reason: "none of the \(count) headers has a two-dimensional image; give a file with one")
}

private func readImage(_ file: FITSFile, _ axes: [Int], path: String) throws -> Image<Double> {
  let (count, overflow) = axes[0].multipliedReportingOverflow(by: axes[1])
  // No compression that FITS knows packs more than 1032 pixels into a byte: more is a lie, not an image.
  guard !overflow, try count / 1032 <= fileSize(path) else {
    throw FileError(
      path: path, reason: "an image of \(axes[0]) x \(axes[1]) pixels cannot be in this file; it is truncated"
    )
  }
  var pixels = [Double](repeating: 0, count: count)
  try file.call("read the image") { ffgpvd($0, 1, 1, LONGLONG(count), 0, &pixels, nil, &$1) }
  return Image(width: axes[0], height: axes[1], pixels: pixels)
}

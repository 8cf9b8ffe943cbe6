import CPNG
import LensCore

/// Reads a picture's stored samples as values from 0 to 1: each is its number divided by the largest of its bit depth
/// (PNG specification, section 13.12, without gamma), whatever the file says about how it is to be shown.
///
/// A colour becomes 0.2126 R + 0.7152 G + 0.0722 B (ITU-R BT.709-6, item 3.2) of the stored samples, so that equal ones
/// stay what they are.
///
/// - Returns: Rows from top to bottom.
/// - Throws: `FileError` when the file cannot be read or is no whole PNG, and for pixels that are transparent, which have
///   no one value.
package func readGrayPNG(_ path: String) throws -> (width: Int, height: Int, values: [Float]) {
  let file = withoutDisplayChunks(try readFile(path))
  var image = emptyImage()
  defer { png_image_free(&image) }
  return try file.withUnsafeBytes { buffer in
    guard png_image_begin_read_from_memory(&image, buffer.baseAddress, buffer.count) != 0 else {
      throw pngError(path, image)
    }
    let count = Int(image.width) * Int(image.height)
    // deflate packs at most 1032 bytes, of 8 one-bit pixels each, into one: more is a lie, not a picture.
    guard count <= largestImage, count / (8 * 1032) <= buffer.count else {
      throw FileError(
        path: path, reason: "\(image.width) x \(image.height) pixels cannot be in \(buffer.count) bytes")
    }
    // Of palettes the colours; 1, 2 and 4 bits become 8, which keeps the quotients.
    let flags = UInt32(PNG_FORMAT_FLAG_LINEAR | PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
    image.format &= flags
    let samples = Samples(
      isColor: image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0,
      hasAlpha: image.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0, path: path)
    let is16Bit = image.format & UInt32(PNG_FORMAT_FLAG_LINEAR) != 0
    let values =
      is16Bit
      ? try samples.values(of: try stored(&image, count * samples.perPixel, UInt16.self, path))
      : try samples.values(of: try stored(&image, count * samples.perPixel, UInt8.self, path))
    return (Int(image.width), Int(image.height), values)
  }
}

private func stored<Sample: FixedWidthInteger>(
  _ image: inout png_image, _ count: Int, _ type: Sample.Type, _ path: String
) throws -> [Sample] {
  var samples = [Sample](repeating: 0, count: count)
  guard png_image_finish_read(&image, nil, &samples, 0, nil) != 0 else { throw pngError(path, image) }
  return samples
}

/// What the samples of a pixel mean.
private struct Samples {
  let isColor: Bool
  let hasAlpha: Bool
  let path: String

  var perPixel: Int { (isColor ? 3 : 1) + (hasAlpha ? 1 : 0) }

  /// - Throws: `FileError` for pixels that are transparent: libpng has multiplied 16-bit ones by their alpha, and what is
  ///   under a hole is chance.
  func values<Sample: FixedWidthInteger>(of samples: [Sample]) throws -> [Float] {
    let pixels = stride(from: 0, to: samples.count, by: perPixel)
    if hasAlpha {
      let holes = pixels.count { samples[$0 + perPixel - 1] != Sample.max }
      guard holes == 0 else {
        throw FileError(
          path: path,
          reason: "\(holes) pixels are transparent, all must be opaque; lay it on a background first")
      }
    }
    guard isColor else { return pixels.map { Float(samples[$0]) / Float(Sample.max) } }
    return pixels.map { first in
      let (red, green, blue) = (Int(samples[first]), Int(samples[first + 1]), Int(samples[first + 2]))
      // Whole weights, whose sum cancels exactly where the three are equal.
      return Float(Double(2126 * red + 7152 * green + 722 * blue) / Double(10_000 * Int(Sample.max)))
    }
  }
}

/// A PNG file without the chunks that tell how its samples are to be shown: libpng would change the samples by them (gAMA,
/// sRGB, iCCP, cICP). What stays are the chunks without which there is no picture, and tRNS, which tells what is no part of it.
///
/// What is no chunk stays as it is, for libpng to refuse.
private func withoutDisplayChunks(_ file: [UInt8]) -> [UInt8] {
  let (signatureSize, frameSize, lowercase) = (8, 12, UInt8(0x20))
  var (kept, position) = (Array(file.prefix(signatureSize)), signatureSize)
  while position + frameSize <= file.count {
    let length = file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    let (type, end) = (file[(position + 4)..<(position + 8)], position + frameSize + length)
    if end > file.count { break }
    // A small first letter marks what a reader may leave out (PNG specification, section 5.4).
    if file[position + 4] & lowercase == 0 || type.elementsEqual("tRNS".utf8) { kept += file[position..<end] }
    position = end
  }
  return kept + file[min(position, file.count)...]
}

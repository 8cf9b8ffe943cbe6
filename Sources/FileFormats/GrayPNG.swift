import CPNG
import LensCore

/// Writes an 8-bit grey picture; values are stored as they are.
///
/// - Parameter values: `width * height` bytes, rows from top to bottom.
package func writeGrayPNG(width: Int, height: Int, _ values: [UInt8], to path: String) throws {
  try write(width, height, format: UInt32(PNG_FORMAT_GRAY), values, to: path)
}

/// Writes a 16-bit grey picture; values are stored as they are and marked as linear.
package func writeGrayPNG(width: Int, height: Int, _ values: [UInt16], to path: String) throws {
  try write(width, height, format: UInt32(PNG_FORMAT_LINEAR_Y), values, to: path)
}

private func write<Value: BitwiseCopyable>(
  _ width: Int, _ height: Int, format: UInt32, _ values: [Value], to path: String
) throws {
  guard (1...65_536).contains(width), (1...65_536).contains(height), values.count == width * height else {
    throw FileError(path: path, reason: "\(width) x \(height) pixels with \(values.count) values were given")
  }
  try writeFile(try encodedPNG(width, height, format: format, values, path), to: path)
}

/// Reads a grey picture as values from 0 to 1; colours are weighted to grey.
///
/// - Returns: Rows from top to bottom.
/// - Throws: `FileError` when the file cannot be read or is no whole PNG.
package func readGrayPNG(_ path: String) throws -> (width: Int, height: Int, values: [Float]) {
  let file = try readFile(path)
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
    let is16Bit = image.format & UInt32(PNG_FORMAT_FLAG_LINEAR) != 0
    image.format = is16Bit ? UInt32(PNG_FORMAT_LINEAR_Y) : UInt32(PNG_FORMAT_GRAY)
    let values: [Float]
    if is16Bit {
      var words = [UInt16](repeating: 0, count: count)
      guard png_image_finish_read(&image, nil, &words, 0, nil) != 0 else { throw pngError(path, image) }
      values = words.map { Float($0) / 65535 }
    } else {
      var bytes = [UInt8](repeating: 0, count: count)
      guard png_image_finish_read(&image, nil, &bytes, 0, nil) != 0 else { throw pngError(path, image) }
      values = bytes.map { Float($0) / 255 }
    }
    return (Int(image.width), Int(image.height), values)
  }
}

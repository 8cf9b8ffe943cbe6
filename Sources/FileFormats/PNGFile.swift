import CPNG
import LensCore

/// Writes an 8-bit sRGB picture.
///
/// - Parameter rgb: `3 * width * height` bytes: red, green, blue; rows from top to bottom.
/// - Throws: `FileError` for a wrong number of bytes, and when the disk refuses.
public func writePNG(width: Int, height: Int, rgb: [UInt8], to path: String) throws {
  try writeFileAtomically(try pngBytes(width: width, height: height, rgb: rgb, path: path), to: path)
}

/// The bytes of a PNG file with an 8-bit sRGB picture; see `writePNG`.
///
/// - Parameter path: Where the file will be, for messages.
package func pngBytes(width: Int, height: Int, rgb: [UInt8], path: String = "(memory)") throws -> [UInt8] {
  // libpng's own limit; it also keeps the products below from overflowing.
  let allowed = 1...1_000_000
  guard allowed.contains(width), allowed.contains(height), rgb.count == 3 * width * height else {
    throw FileError(
      path: path,
      reason: "a picture of \(width) x \(height) pixels with \(rgb.count) bytes was given, must have "
        + "three bytes per pixel and sides from 1 to 1000000")
  }
  return try encodedPNG(width, height, format: UInt32(PNG_FORMAT_RGB), rgb, path)
}

/// - Parameter values: As many as the format asks for.
func encodedPNG<Value: BitwiseCopyable>(
  _ width: Int, _ height: Int, format: UInt32, _ values: [Value], _ path: String
) throws -> [UInt8] {
  var image = emptyImage()
  defer { png_image_free(&image) }
  (image.width, image.height, image.format) = (UInt32(width), UInt32(height), format)
  var size = 0
  // The first call only measures.
  guard png_image_write_to_memory(&image, nil, &size, 0, values, 0, nil) != 0 else {
    throw pngError(path, image)
  }
  var bytes = [UInt8](repeating: 0, count: size)
  guard png_image_write_to_memory(&image, &bytes, &size, 0, values, 0, nil) != 0 else {
    throw pngError(path, image)
  }
  return Array(bytes.prefix(size))
}

/// Reads a picture as 8-bit sRGB; transparent parts are laid on black.
///
/// - Returns: Pixel counts, and the bytes red, green, blue per pixel, rows from top to bottom.
/// - Throws: `FileError` when the file cannot be read or is no whole PNG.
package func readPNG(_ path: String) throws -> (width: Int, height: Int, rgb: [UInt8]) {
  let file = try readFile(path)
  var image = emptyImage()
  defer { png_image_free(&image) }
  // libpng keeps the pointer between the two calls, so one scope covers both.
  let rgb = try file.withUnsafeBytes { buffer in
    guard png_image_begin_read_from_memory(&image, buffer.baseAddress, buffer.count) != 0 else {
      throw pngError(path, image)
    }
    image.format = png_uint_32(PNG_FORMAT_RGB)
    let count = Int(image.width) * Int(image.height)
    // deflate packs at most 1032 bytes, of 8 one-bit pixels each, into one: more is a lie, not a picture.
    guard count / (8 * 1032) <= buffer.count else {
      throw FileError(
        path: path,
        reason: "\(image.width) x \(image.height) pixels cannot be in a file of \(buffer.count) bytes")
    }
    var rgb = [UInt8](repeating: 0, count: 3 * count)
    guard png_image_finish_read(&image, nil, &rgb, 0, nil) != 0 else { throw pngError(path, image) }
    return rgb
  }
  return (Int(image.width), Int(image.height), rgb)
}

func emptyImage() -> png_image {
  var image = png_image()
  image.version = png_uint_32(PNG_IMAGE_VERSION)
  return image
}

func pngError(_ path: String, _ image: png_image) -> FileError {
  let words = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  return FileError(path: path, reason: "libpng: \(words); give a whole PNG file")
}

/// The version of the libpng library that is linked.
package var libpngVersion: String { String(cString: png_get_libpng_ver(nil)) }

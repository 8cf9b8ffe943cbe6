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

import FileFormats
import LensCore

/// An array in NPY format that comes as a stream, for instance out of an archive: every number type and both orders of
/// axes that files may have.
package struct NpyStream {
  package let shape: [Int]
  private let elementType: NpyElementType
  private let path: String
  /// In C order.
  private let read: (Int) throws -> [UInt8]

  /// Bytes of an array in Fortran order, which must be whole before its first image is known.
  private static let largestInFortranOrder = 1 << 30

  /// - Parameter read: Gives up to so many bytes, fewer at the end.
  /// - Throws: `FileError` for anything but an array of numbers.
  package init(path: String, read: @escaping (Int) throws -> [UInt8]) throws {
    var bytes = try read(NpyHeader.prefixSize)
    let length = try NpyHeader.textLength(bytes, path: path)
    bytes += try read(length)
    let header = try NpyHeader(parsing: bytes, path: path)
    guard !header.shape.isEmpty else {
      throw FileError(path: path, reason: "holds a single number without axes, must be an array")
    }
    (self.path, shape, elementType) = (path, header.shape, header.elementType)
    let size = try byteCount(path, shape: header.shape, numberSize: elementType.size)
    self.read = header.isFortranOrder ? try Self.reordered(header, size: size, path, read) : read
  }

  private static func reordered(
    _ header: NpyHeader, size: Int, _ path: String, _ read: (Int) throws -> [UInt8]
  ) throws -> (Int) throws -> [UInt8] {
    guard size <= largestInFortranOrder else {
      throw FileError(
        path: path,
        reason:
          "an array of \(size) bytes in Fortran order is too large to be read out of an archive (2^30); "
          + "save numpy.ascontiguousarray(array)")
    }
    let bytes = try read(size)
    guard bytes.count == size else { throw truncated(path, header.shape) }
    let ordered = inCOrder(bytes[...], shape: header.shape, numberSize: header.elementType.size)
    var position = 0
    return { count in
      defer { position = min(ordered.count, position + count) }
      return Array(ordered[position..<min(ordered.count, position + count)])
    }
  }

  /// The next numbers.
  package func doubles(_ count: Int) throws -> [Double] { elementType.doubles(try bytes(count)[...]) }

  /// The next numbers, each the nearest of single precision.
  package func floats(_ count: Int) throws -> [Float] {
    try elementType.floats(try bytes(count)[...], path: path)
  }

  private func bytes(_ count: Int) throws -> [UInt8] {
    let bytes = try read(count * elementType.size)
    guard bytes.count == count * elementType.size else { throw Self.truncated(path, shape) }
    return bytes
  }

  private static func truncated(_ path: String, _ shape: [Int]) -> FileError {
    FileError(path: path, reason: "ends before the shape \(shape) is filled; it is truncated")
  }
}

/// The bytes of an array of numbers in NPY format.
package func npyBytes(_ values: [Float], shape: [Int]) -> [UInt8] {
  let words = values.map(\.bitPattern.littleEndian)
  return NpyHeader.bytes(shape: shape, elementType: .float32) + words.withUnsafeBytes { Array($0) }
}

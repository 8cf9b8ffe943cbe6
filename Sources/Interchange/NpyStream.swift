import FileFormats
import LensCore

/// A float array in NPY format that comes as a stream, for instance out of an archive.
package struct NpyStream {
  package let shape: [Int]
  private let elementType: NpyElementType
  private let path: String
  private let read: (Int) throws -> [UInt8]

  /// - Parameter read: Gives up to so many bytes, fewer at the end.
  /// - Throws: `FileError` for anything but little-endian floats in C order.
  package init(path: String, read: @escaping (Int) throws -> [UInt8]) throws {
    (self.path, self.read) = (path, read)
    var bytes = try read(NpyHeader.prefixSize)
    let length = try NpyHeader.textLength(bytes, path: path)
    bytes += try read(length)
    let header = try NpyHeader(parsing: bytes, path: path)
    guard !header.isFortranOrder, !header.shape.isEmpty else {
      throw FileError(path: path, reason: "an array in Fortran order or without axes, must be in C order")
    }
    (shape, elementType) = (header.shape, header.elementType)
    _ = try byteCount(path, shape: header.shape)
  }

  /// The next numbers.
  package func next(_ count: Int) throws -> [Double] {
    let bytes = try read(count * elementType.size)
    guard bytes.count == count * elementType.size else {
      throw FileError(path: path, reason: "ends before the shape \(shape) is filled; it is truncated")
    }
    return elementType.numbers(bytes[...])
  }
}

/// The bytes of an array of numbers in NPY format.
package func npyBytes(_ values: [Float], shape: [Int]) -> [UInt8] {
  let words = values.map(\.bitPattern.littleEndian)
  return NpyHeader.bytes(shape: shape, elementType: .float32) + words.withUnsafeBytes { Array($0) }
}

import Glibc
import LensCore

/// Reads a float32 NPY array slice by slice along its first axis, so that its size does not matter.
public final class NpySliceReader {
  /// Lengths of the axes, slowest first.
  public let shape: [Int]
  private let file: OpenFile
  private let dataOffset: Int

  /// - Throws: `FileError` unless the file is a whole float32 array in C order with at least one axis.
  public init(_ path: String) throws {
    file = try OpenFile(path, O_RDONLY)
    let header = try NpyHeader(
      parsing: try file.read(count: min(NpyHeader.maximumSize, try file.size()), at: 0), path: path)
    guard header.elementType == .float32, !header.isFortranOrder, !header.shape.isEmpty else {
      throw FileError(
        path: path, reason: "an array of \(header.elementType.rawValue) was given, must be <f4 in C order")
    }
    let needed = header.dataOffset + (try byteCount(path, shape: header.shape))
    guard try file.size() == needed else {
      throw FileError(
        path: path, reason: "the file has \(try file.size()) bytes, its shape \(header.shape) needs \(needed)"
      )
    }
    shape = header.shape
    dataOffset = header.dataOffset
  }

  /// One slice in C order.
  ///
  /// - Parameter parts: Into how many equal parts along the second axis a slice is cut; `index` counts them.
  /// - Throws: `FileError` for an index past the first axis, and when the disk refuses.
  public func read(at index: Int, of parts: Int = 1) throws -> [Float] {
    let count = shape[0] * parts
    guard parts > 0, (0..<count).contains(index) else {
      throw FileError(path: file.path, reason: "slice \(index) was asked for, there are \(count)")
    }
    let length = shape.dropFirst().reduce(1, *) / parts
    let size = length * MemoryLayout<Float>.size
    let bytes = try file.read(count: size, at: dataOffset + index * size)
    guard bytes.count == size else { throw FileError(path: file.path, reason: "the file has become shorter") }
    return bytes.withUnsafeBytes { buffer in
      (0..<length).map {
        Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }
}

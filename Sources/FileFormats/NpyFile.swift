import Glibc
import LensCore

/// Writes an NPY array slice by slice along its first axis, in any order.
///
/// The file has its full size from the beginning; slices that were never written are zero.
package final class NpyWriter {
  private let slices: SliceFile

  /// Creates the file, or replaces it, and reserves its full size on the disk.
  ///
  /// - Parameters:
  ///   - shape: Lengths of the axes, slowest first; at least one axis.
  ///   - sliceAxes: How many of the first axes count slices.
  /// - Throws: `FileError` for an impossible shape, and when the disk refuses or is too small.
  package init(
    creating path: String, shape: [Int], sliceAxes: Int = 1, elementType: NpyElementType = .float32
  ) throws {
    let (header, layout) = try Self.layout(path, shape, sliceAxes, elementType)
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    try file.allocate(layout.size)
    try file.write(header, at: 0)
    slices = SliceFile(file, layout)
  }

  /// Opens a float32 file that this writer created earlier, keeping its slices.
  ///
  /// - Throws: `FileError` when there is no such file, or it has another shape or size.
  package init(resuming path: String, shape: [Int]) throws {
    let (header, layout) = try Self.layout(path, shape, 1, .float32)
    let file = try OpenFile(path, O_RDWR)
    let size = try file.size()
    guard size == layout.size, try file.read(count: header.count, at: 0) == header else {
      throw FileError(
        path: path,
        reason: "this is not the float32 array of shape \(shape) that the run began (\(size) bytes, must be "
          + "\(layout.size)); remove it and start again")
    }
    slices = SliceFile(file, layout)
  }

  /// Writes one slice along the first axis.
  ///
  /// - Parameter values: As many numbers as the other axes make together, in C order.
  /// - Throws: `FileError` for a wrong count, index or type, and when the disk refuses.
  package func write(_ values: [Float], at index: Int) throws { try slices.write(values, at: index) }

  /// As for `Float`, in a file of float64.
  package func write(doubles values: [Double], at index: Int) throws {
    try slices.write(doubles: values, at: index)
  }

  /// Forces everything written so far to the disk, so that it outlives a crash.
  package func synchronize() throws { try slices.synchronize() }

  /// Closes the file; writing afterwards throws.
  package func close() throws { try slices.close() }

  private static func layout(
    _ path: String, _ shape: [Int], _ sliceAxes: Int, _ type: NpyElementType
  ) throws -> ([UInt8], SliceFile.Layout) {
    guard (1...max(1, shape.count)).contains(sliceAxes), !shape.isEmpty else {
      throw FileError(path: path, reason: "an empty shape was given, must have at least one axis")
    }
    _ = try byteCount(path, shape: shape, numberSize: type.size)
    let header = NpyHeader.bytes(shape: shape, elementType: type)
    let length = shape.dropFirst(sliceAxes).reduce(1, *)
    let count = shape.prefix(sliceAxes).reduce(1, *)
    return (
      header,
      .init(
        dataOffset: header.count, sliceLength: length, sliceCount: count, byteOrder: .littleEndian,
        numberSize: type.size)
    )
  }
}

/// An array of numbers in C order: the last axis varies fastest.
public struct NpyArray: Equatable, Sendable {
  /// Lengths of the axes, slowest first.
  public let shape: [Int]
  /// As many numbers as the lengths multiply to.
  public let values: [Double]
}

/// Reads an NPY file of versions 1.0 and 2.0: every real number type of NumPy's, either byte order, either order of axes.
///
/// - Returns: The array in C order, whatever the file's order.
/// - Throws: `FileError` for other types, and for a header that does not match the file's size.
/// - Complexity: Memory of a few times the file's size, whatever its header claims.
public func readNpy(_ path: String) throws -> NpyArray {
  let bytes = try readFile(path)
  let header = try NpyHeader(parsing: bytes, path: path)
  try checkSize(of: header, fileSize: bytes.count, path: path)
  let numbers = bytes[header.dataOffset...]
  let ordered =
    header.isFortranOrder
    ? inCOrder(numbers, shape: header.shape, numberSize: header.elementType.size)[...] : numbers
  return NpyArray(shape: header.shape, values: header.elementType.doubles(ordered))
}

/// Refuses a file whose size is not what its shape asks for.
private func checkSize(of header: NpyHeader, fileSize: Int, path: String) throws {
  let given = fileSize - header.dataOffset
  var size = header.elementType.size
  for length in header.shape.contains(0) ? [0] : header.shape {
    let (product, overflow) = size.multipliedReportingOverflow(by: length)
    guard !overflow else {
      throw FileError(path: path, reason: "the shape \(header.shape) is larger than any file; write it again")
    }
    size = product
  }
  guard size == given else {
    let problem = given < size ? "is truncated" : "is too long"
    throw FileError(
      path: path,
      reason: "the file \(problem): the shape \(header.shape) needs \(size) bytes after the header, "
        + "\(given) are there; write it again")
  }
}

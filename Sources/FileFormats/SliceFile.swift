import Glibc
import LensCore

/// A file of a fixed size: a header, then equal slices of floating-point numbers, written in any order.
final class SliceFile {
  enum ByteOrder { case littleEndian, bigEndian }

  struct Layout {
    let dataOffset: Int
    /// Numbers per slice.
    let sliceLength: Int
    let sliceCount: Int
    let byteOrder: ByteOrder
    /// Bytes per number.
    var numberSize = MemoryLayout<Float>.size

    var sliceSize: Int { sliceLength * numberSize }
    var size: Int { dataOffset + sliceCount * sliceSize }
  }

  private let file: OpenFile
  private let layout: Layout

  /// Adopts a file whose header is already there.
  init(_ file: OpenFile, _ layout: Layout) {
    (self.file, self.layout) = (file, layout)
  }

  /// Writes one slice.
  ///
  /// - Throws: `FileError` for a wrong count, type or index, and when the disk refuses.
  func write(_ values: [Float], at index: Int) throws {
    try check(values.count, MemoryLayout<Float>.size, index)
    try values.withUnsafeBufferPointer { values in
      try values.withMemoryRebound(to: UInt32.self) { try write(words: $0, at: index) }
    }
  }

  func write(doubles values: [Double], at index: Int) throws {
    try check(values.count, MemoryLayout<Double>.size, index)
    try values.withUnsafeBufferPointer { values in
      try values.withMemoryRebound(to: UInt64.self) { try write(words: $0, at: index) }
    }
  }

  private func check(_ count: Int, _ size: Int, _ index: Int) throws {
    guard (0..<layout.sliceCount).contains(index) else {
      throw FileError(
        path: file.path,
        reason: "slice \(index) was given, but the file holds \(layout.sliceCount), counted from 0")
    }
    guard count == layout.sliceLength else {
      throw FileError(
        path: file.path, reason: "slice \(index) has \(count) numbers, must have \(layout.sliceLength)")
    }
    guard size == layout.numberSize else {
      throw FileError(
        path: file.path, reason: "numbers of \(size) bytes were given, the file has \(layout.numberSize)")
    }
  }

  private func write<Word: FixedWidthInteger>(words: UnsafeBufferPointer<Word>, at index: Int) throws {
    let isBig = layout.byteOrder == .bigEndian
    let position = layout.dataOffset + index * layout.sliceSize
    if isBig == (1.bigEndian == 1) { return try file.write(UnsafeRawBufferPointer(words), at: position) }
    let ordered = [Word](unsafeUninitializedCapacity: words.count) { target, count in
      for i in 0..<words.count { target[i] = words[i].byteSwapped }
      count = words.count
    }
    try ordered.withUnsafeBytes { try file.write($0, at: position) }
  }

  func synchronize() throws { try file.synchronize() }

  func close() throws { try file.close() }
}

/// The number of bytes of an array.
///
/// - Parameter numberSize: Bytes per number.
/// - Throws: `FileError` for a negative length, and for a size that no file can have.
package func byteCount(
  _ path: String, shape: [Int], numberSize: Int = MemoryLayout<Float>.size
) throws -> Int {
  guard shape.allSatisfy({ $0 >= 0 }) else {
    throw FileError(path: path, reason: "the shape \(shape) was given, but lengths must not be negative")
  }
  // Zeros are left out: (0, huge) must not pass for small, since one slice of it is not.
  var size = numberSize
  for length in shape where length > 0 {
    let (product, overflow) = size.multipliedReportingOverflow(by: length)
    // Leaves room for a header, and for sums of positions.
    if overflow || product > Int.max / 2 {
      throw FileError(path: path, reason: "the shape \(shape) was given, but no file can be that large")
    }
    size = product
  }
  return shape.contains(0) ? 0 : size
}

import Glibc
import LensCore

/// Reads an NPY array slice by slice along its first axis, so that its size does not matter.
///
/// Numbers of any type become the nearest of single precision.
package final class NpySliceReader {
  /// Lengths of the axes, slowest first.
  package let shape: [Int]
  private let file: OpenFile
  private let header: NpyHeader
  /// Slices of a file in Fortran order that were gathered last.
  private var gathered: (first: Int, slices: [[Float]]) = (0, [])
  /// Of a slice in Fortran order: where its numbers belong.
  private lazy var places = {
    var places: [Int] = []
    forEachFortranElement(Array(shape.dropFirst())) { places.append($0) }
    return places
  }()

  /// Numbers that are gathered at once from a file in Fortran order.
  private static let mostGathered = 1 << 24

  /// - Throws: `FileError` unless the file is a whole array of numbers with at least one axis.
  package init(_ path: String) throws {
    file = try OpenFile(path, O_RDONLY)
    header = try NpyHeader(
      parsing: try file.read(count: min(NpyHeader.maximumSize, try file.size()), at: 0), path: path)
    guard !header.shape.isEmpty else {
      throw FileError(path: path, reason: "holds a single number without axes, must be an array")
    }
    let needed =
      header.dataOffset
      + (try byteCount(path, shape: header.shape, numberSize: header.elementType.size))
    guard try file.size() == needed else {
      throw FileError(
        path: path, reason: "the file has \(try file.size()) bytes, its shape \(header.shape) needs \(needed)"
      )
    }
    shape = header.shape
  }

  /// One slice in C order.
  ///
  /// - Parameter parts: Into how many equal parts along the second axis a slice is cut; `index` counts them.
  /// - Throws: `FileError` for an index past the first axis, a number beyond single precision, and when the disk refuses.
  package func read(at index: Int, of parts: Int = 1) throws -> [Float] {
    let count = shape[0] * parts
    guard parts > 0, (0..<count).contains(index) else {
      throw FileError(path: file.path, reason: "slice \(index) was asked for, there are \(count)")
    }
    let length = shape.dropFirst().reduce(1, *) / parts
    if length == 0 { return [] }
    guard header.isFortranOrder else { return try numbers(length, at: index * length) }
    let start = index % parts * length
    return Array(try gatheredSlice(index / parts)[start..<(start + length)])
  }

  private func gatheredSlice(_ index: Int) throws -> [Float] {
    if !(gathered.first..<(gathered.first + gathered.slices.count)).contains(index) {
      gathered = (index, try gather(from: index))
    }
    return gathered.slices[index - gathered.first]
  }

  /// The numbers of one slice lie far apart, those of neighbouring slices side by side.
  private func gather(from first: Int) throws -> [[Float]] {
    let count = min(max(1, Self.mostGathered / places.count), shape[0] - first)
    var slices = Array(repeating: [Float](repeating: 0, count: places.count), count: count)
    for (position, place) in places.enumerated() {
      let values = try numbers(count, at: position * shape[0] + first)
      for k in 0..<count { slices[k][place] = values[k] }
    }
    return slices
  }

  /// - Parameter position: Numbers before the first.
  private func numbers(_ count: Int, at position: Int) throws -> [Float] {
    let size = header.elementType.size
    let bytes = try file.read(count: count * size, at: header.dataOffset + position * size)
    guard bytes.count == count * size else {
      throw FileError(path: file.path, reason: "the file has become shorter")
    }
    return try header.elementType.floats(bytes[...], path: file.path)
  }
}

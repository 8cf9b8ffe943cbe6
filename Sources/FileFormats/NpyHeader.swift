import Glibc
import LensCore

/// What an NPY file says about its array.
///
/// Reference: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", versions 1.0 and 2.0.
package struct NpyHeader: Equatable, Sendable {
  /// Lengths of the axes, slowest first in C order.
  package var shape: [Int]
  package var elementType: NpyElementType
  /// Whether the first axis varies fastest.
  package var isFortranOrder: Bool
  /// Where the numbers begin, in bytes from the start of the file.
  package var dataOffset: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The header's end is a multiple of this many bytes, so that the numbers can be mapped into memory.
  private static let alignment = 64
  /// A version 1.0 header of any array that NumPy can make fits; more is not a header.
  static let maximumSize = 1 << 20

  /// A header as NumPy writes it, version 1.0.
  package static func bytes(shape: [Int], elementType: NpyElementType) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(elementType.name)', 'fortran_order': False, 'shape': (\(axes)), }"
    let prefix = magic.count + 4
    let unpadded = prefix + text.utf8.count + 1
    let padding = (alignment - unpadded % alignment) % alignment
    let length = text.utf8.count + padding + 1
    let version: [UInt8] = [1, 0, UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)]
    return magic + version + Array(text.utf8) + Array(repeating: 0x20, count: padding) + [0x0A]
  }

  /// Bytes from which the length of the rest of a header follows.
  package static let prefixSize = 12

  /// How many bytes of the header follow the first `prefixSize`.
  package static func textLength(_ prefix: [UInt8], path: String) throws -> Int {
    guard prefix.count == prefixSize, prefix.starts(with: magic), prefix[6] == 1 || prefix[6] == 2 else {
      throw FileError(
        path: path, reason: "this is no NPY file of version 1.0 or 2.0; write one with numpy.save")
    }
    let lengthSize = prefix[6] == 1 ? 2 : 4
    let length = prefix[8..<(8 + lengthSize)].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumSize else {
      throw FileError(path: path, reason: "a header of \(length) bytes, must have at most \(maximumSize)")
    }
    return max(0, 8 + lengthSize + length - prefixSize)
  }

  /// Where the pickle of an array of objects begins; nil for other arrays.
  package static func objectArrayStart(_ bytes: [UInt8], path: String) throws -> Int? {
    let rest = try textLength(Array(bytes.prefix(prefixSize)), path: path)
    let text = String(decoding: bytes.prefix(prefixSize + rest), as: UTF8.self)
    return text.contains("'descr': '|O'") ? prefixSize + rest : nil
  }

  /// Whether a file holds an array of objects or of one axis, whose last entries may be no pixels.
  package static func isOfObjectsOrFlat(_ path: String) throws -> Bool {
    let file = try OpenFile(path, O_RDONLY)
    let rest = try textLength(try file.read(count: prefixSize, at: 0), path: path)
    let bytes = try file.read(count: prefixSize + rest, at: 0)
    if try objectArrayStart(bytes, path: path) != nil { return true }
    return try NpyHeader(parsing: bytes, path: path).shape.count == 1
  }

  /// Parses the beginning of a file.
  ///
  /// - Parameter bytes: At least the whole header; what follows is not looked at.
  /// - Throws: `FileError` for anything that is not a version 1.0 or 2.0 header of a supported array.
  package init(parsing bytes: some RandomAccessCollection<UInt8>, path: String) throws {
    let bytes = Array(bytes.prefix(Self.maximumSize))
    guard bytes.starts(with: Self.magic), bytes.count >= 10 else {
      throw FileError(path: path, reason: "this is no NPY file; write one with numpy.save")
    }
    let lengthSize = bytes[6] == 1 ? 2 : 4
    guard bytes[6] == 1 || bytes[6] == 2 else {
      throw FileError(path: path, reason: "NPY version \(bytes[6]).\(bytes[7]) given, must be 1.0 or 2.0")
    }
    let length = bytes.dropFirst(8).prefix(lengthSize).reversed().reduce(0) { $0 << 8 | Int($1) }
    let offset = 8 + lengthSize + length
    guard bytes.count >= offset else {
      throw FileError(path: path, reason: "the file ends in its \(offset) bytes of header; write it again")
    }
    var scanner = NpyHeaderScanner(bytes: bytes[(8 + lengthSize)..<offset], path: path)
    let fields = try scanner.fields()
    (shape, elementType) = (fields.shape, fields.elementType)
    (isFortranOrder, dataOffset) = (fields.isFortranOrder, offset)
  }
}

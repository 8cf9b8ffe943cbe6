import FileFormats
import LensCore

/// The bytes of a pickle, from which its machine takes instructions and what belongs to them.
struct PickleInput {
  let bytes: [UInt8]
  private var position: Int
  private let path: String

  init(bytes: [UInt8], position: Int, path: String) {
    (self.bytes, self.position, self.path) = (bytes, position, path)
  }

  mutating func byte() throws -> UInt8 { try take(1).first ?? 0 }

  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw broken("it is truncated") }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  mutating func unsigned(_ count: Int) throws -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// LONG1: any integer beyond 32 bits, of as many bytes as it needs.
  mutating func longInteger() throws -> Int {
    let count = Int(try byte())
    guard count <= MemoryLayout<Int>.size else { throw broken("it holds an integer of \(count) bytes") }
    let unused = Int.bitWidth - 8 * count
    return (try unsigned(count) << unused) >> unused
  }

  mutating func bigEndian() throws -> UInt64 { try take(8).reduce(0) { $0 << 8 | UInt64($1) } }

  mutating func text(_ count: Int) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw broken("a text is no UTF-8")
    }
    return text
  }

  mutating func line() throws -> String {
    guard let end = bytes[position...].prefix(200).firstIndex(of: 0x0A) else {
      throw broken("a name has no end")
    }
    let name = try text(end - position)
    position += 1
    return name
  }

  func broken(_ reason: String) -> FileError {
    FileError(
      path: path,
      reason: "the pickle in this file is not what numpy.save writes for an image and its mass: \(reason)")
  }
}

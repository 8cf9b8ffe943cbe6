import LensCore

/// Splits comma-separated text into rows of fields, quotes resolved (RFC 4180).
///
/// Lines end with LF or CR LF; a byte order mark is skipped. Rows may differ in length.
/// - Parameter path: Where the text is from, for messages.
/// - Throws: `FileError` with the line number for a quote that is not closed or stands inside a field.
package func parseCSV(_ text: String, path: String) throws -> [[String]] {
  var parser = CSVParser(text: text, path: path)
  return try parser.rows()
}

private struct CSVParser {
  // Over bytes: all special characters are ASCII, which never occurs inside another character's bytes.
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(text: String, path: String) {
    bytes = Array(withoutByteOrderMark(Array(text.utf8)))
    self.path = path
  }

  mutating func rows() throws -> [[String]] {
    var rows: [[String]] = []
    while position < bytes.count { rows.append(try row()) }
    return rows
  }

  private mutating func row() throws -> [String] {
    var fields = [try field()]
    while next == Self.comma {
      position += 1
      fields.append(try field())
    }
    if next == Self.carriageReturn { position += 1 }
    guard next == nil || next == Self.newline else {
      throw error("text follows a closing quote or a carriage return")
    }
    position += 1
    line += 1
    return fields
  }

  private mutating func field() throws -> String {
    if next == Self.quote { return try quotedField() }
    let start = position
    while let byte = next, byte != Self.comma, byte != Self.newline, byte != Self.carriageReturn {
      if byte == Self.quote { throw error("a quote stands inside a field; double it, and quote the field") }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    let firstLine = line
    var content: [UInt8] = []
    position += 1
    while let byte = next {
      position += 1
      if byte == Self.newline { line += 1 }
      if byte == Self.quote {
        // Two quotes are one; one is the end.
        guard next == Self.quote else { return String(decoding: content, as: UTF8.self) }
        position += 1
      }
      content.append(byte)
    }
    line = firstLine
    throw error("the quote that is opened here is never closed")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String) -> FileError {
    FileError(path: path, reason: "line \(line): \(reason)")
  }
}

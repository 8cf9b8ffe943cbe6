import Glibc
import LensCore

/// Reads a comma-separated table row by row, so that its size does not matter.
package final class CSVTableReader {
  /// Names of the columns.
  package let heading: [String]
  private let file: OpenFile
  private var lines: LineReader

  private static let blockSize = 1 << 18
  /// Longer than any line that is written; more is no table.
  private static let largestLine = 1 << 20

  /// - Throws: `FileError` if the file cannot be read or has no first line.
  package init(_ path: String) throws {
    let file = try OpenFile(path, O_RDONLY)
    var reader = LineReader(file: file)
    guard let line = try reader.next() else {
      throw FileError(path: path, reason: "the table is empty, must begin with a line of names")
    }
    heading = try parseCSV(line, path: path).first ?? []
    (self.file, lines) = (file, reader)
  }

  /// The fields of the next row; nil at the end.
  ///
  /// - Throws: `FileError` for a row of another length than the heading, and when the disk refuses.
  package func next() throws -> [String]? {
    guard let line = try lines.next() else { return nil }
    guard let row = try parseCSV(line, path: file.path).first, row.count == heading.count else {
      throw FileError(
        path: file.path,
        reason: "a row has not \(heading.count) fields, as its table's heading: \(line.prefix(80))")
    }
    return row
  }

  /// Splits a file at the line feeds that stand outside quotes.
  private struct LineReader {
    let file: OpenFile
    var buffer: [UInt8] = []
    var start = 0
    var position = 0

    mutating func next() throws -> String? {
      var (end, isQuoted) = (start, false)
      while true {
        while end < buffer.count {
          let byte = buffer[end]
          end += 1
          if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
          if byte == UInt8(ascii: "\n") && !isQuoted { return take(to: end) }
        }
        guard end - start <= CSVTableReader.largestLine else {
          throw FileError(
            path: file.path, reason: "a line is longer than \(CSVTableReader.largestLine) bytes")
        }
        buffer.removeFirst(start)
        (end, start) = (end - start, 0)
        let more = try file.read(count: CSVTableReader.blockSize, at: position)
        if more.isEmpty { return end > 0 ? take(to: end) : nil }
        position += more.count
        buffer += more
      }
    }

    private mutating func take(to end: Int) -> String {
      defer { start = end }
      return String(decoding: buffer[start..<end], as: UTF8.self)
    }
  }
}

extension TableColumn {
  /// A field as a cell; nothing is an empty one.
  ///
  /// - Throws: `FileError` for text that is not of the column's kind.
  package func cell(_ field: String, path: String) throws -> TableCell {
    if field.isEmpty { return .empty }
    switch kind {
    case .integer: if let number = Int(field) { return .integer(number) }
    case .real: if let number = Double(field), number.isFinite { return .real(number) }
    case .text: return .text(field)
    }
    throw FileError(path: path, reason: "'\(field)' in the column \(name) is not \(kind)")
  }
}

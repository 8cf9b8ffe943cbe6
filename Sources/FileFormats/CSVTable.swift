import Glibc
import LensCore

/// Writes a comma-separated table, row by row, with a first line of column names.
///
/// Quotes follow RFC 4180; lines end with a line feed. Reals are the shortest text that reads back as the
/// same number; an empty cell is nothing between its commas, and empty text is a pair of quotes.
package final class CSVTableWriter {
  private let file: OpenFile
  /// Unknown after resuming, until the first row.
  private var columnCount: Int?
  /// Bytes written so far, which is what resuming asks for.
  package private(set) var byteCount: Int

  /// Creates the file, or replaces it, and writes the column names.
  ///
  /// - Throws: `FileError` for no columns, and when the disk refuses.
  package init(creating path: String, columns: [TableColumn]) throws {
    guard !columns.isEmpty else { throw FileError(path: path, reason: "a table needs at least one column") }
    file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    columnCount = columns.count
    byteCount = 0
    try write(columns.map { quotedIfNeeded($0.name) }.joined(separator: ",") + "\n")
  }

  /// Opens a file that this writer created earlier and drops what is past `byteCount`.
  ///
  /// - Throws: `FileError` when there is no such file, it is shorter, or the position is inside a line.
  package init(resuming path: String, byteCount: Int) throws {
    file = try OpenFile(path, O_RDWR)
    let size = try file.size()
    let newline: [UInt8] = [0x0A]
    guard (1...max(1, size)).contains(byteCount), try file.read(count: 1, at: byteCount - 1) == newline else {
      throw FileError(
        path: path,
        reason: "the table has \(size) bytes and no line that ends after byte \(byteCount); "
          + "remove it and start again")
    }
    try file.setSize(byteCount)
    self.byteCount = byteCount
  }

  /// Appends rows.
  ///
  /// - Parameter rows: One cell per column each.
  /// - Throws: `FileError` for a number that is not finite or a wrong number of cells, before any of the rows
  ///   is written, and when the disk refuses; `byteCount` then stays.
  package func append(_ rows: [[TableCell]]) throws {
    var text = ""
    for row in rows {
      try checkLength(file.path, row, columnCount ?? row.count)
      columnCount = row.count
      for (position, cell) in row.enumerated() {
        if position > 0 { text += "," }
        try write(cell, to: &text)
      }
      text += "\n"
    }
    try write(text)
  }

  /// Forces everything written so far to the disk, so that it outlives a crash.
  package func synchronize() throws { try file.synchronize() }

  /// Closes the file; writing afterwards throws.
  package func close() throws { try file.close() }

  private func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    try file.write(bytes, at: byteCount)
    byteCount += bytes.count
  }

  private func write(_ cell: TableCell, to line: inout String) throws {
    switch cell {
    case .empty: break
    case .integer(let number): line += String(number)
    case .text(let text): line += quotedIfNeeded(text)
    case .real(let number):
      guard number.isFinite else {
        throw FileError(path: file.path, reason: "\(number) was given, but a table holds finite numbers only")
      }
      // Without a string of its own, which most reals are too long for to have without memory.
      number.write(to: &line)
    }
  }
}

private func quotedIfNeeded(_ text: String) -> String {
  // Over Unicode scalars: as a Swift character, CR LF equals neither of its halves.
  let needsQuotes = text.isEmpty || text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
  guard needsQuotes else { return text }
  let doubled = text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
  return "\"\(doubled)\""
}

import CCFITSIO
import Glibc
import LensCore

extension TableColumn {
  /// The smallest integer stands for an empty cell (TNULL).
  static let integerNull = Int64.min

  /// Bytes per cell of a FITS binary table.
  var cellSize: Int {
    if case .text(let width) = kind { return width }
    return 8
  }

  /// The column's type as TFORM spells it.
  var fitsFormat: String {
    switch kind {
    case .integer: "1K"
    case .real: "1D"
    case .text(let width): "\(width)A"
    }
  }

  /// The FITS standard 4.0 (tables 4 and 5) has no electrons: readers would complain of TUNIT, so a comment says it.
  private var hasStandardUnit: Bool { !unit.contains("electron") }

  var fitsUnit: String { hasStandardUnit ? unit : "" }

  var fitsComment: String { hasStandardUnit ? description : "[\(unit)] \(description)" }

  /// Adds the bytes of one cell, big-endian.
  func append(_ cell: TableCell, to bytes: inout [UInt8], path: String) throws {
    switch (kind, cell) {
    case (.integer, .integer(let number)): appendBigEndian(Int64(number), to: &bytes)
    case (.integer, .empty): appendBigEndian(Self.integerNull, to: &bytes)
    case (.real, .real(let number)): appendBigEndian(number.bitPattern, to: &bytes)
    case (.real, .empty): appendBigEndian(Double.nan.bitPattern, to: &bytes)
    case (.text(let width), .text(let text)):
      try requireASCII(path, "column \(name)", text)
      guard text.utf8.count <= width else {
        throw FileError(
          path: path, reason: "column \(name) holds \(width) characters, but '\(text)' was given")
      }
      bytes += text.utf8
      bytes += repeatElement(0, count: width - text.utf8.count)
    case (.text(let width), .empty): bytes += repeatElement(0, count: width)
    default:
      throw FileError(path: path, reason: "column \(name) holds \(kind) cells, but \(cell) was given")
    }
  }
}

private func appendBigEndian(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
}

/// The bytes of a FITS file that has the table without rows.
///
/// - Throws: `FileError` for no columns, a text column without width, and text that is not ASCII.
func emptyFITSTable(
  _ path: String, name: String, columns: [TableColumn], header: [FITSCard]
) throws -> [UInt8] {
  guard !columns.isEmpty, columns.allSatisfy({ $0.cellSize > 0 }) else {
    throw FileError(path: path, reason: "a table needs columns, and a text column a positive width")
  }
  for text in [name] + columns.flatMap({ [$0.name, $0.unit, $0.description] }) {
    try requireASCII(path, "a name, unit or description", text)
  }
  return try FITSFile.bytes(for: path) { file in
    try withCStrings(columns.map(\.name)) { names in
      try withCStrings(columns.map(\.fitsFormat)) { formats in
        try withCStrings(columns.map(\.fitsUnit)) { units in
          try file.call("make the table") {
            ffcrtb($0, BINARY_TBL, 0, Int32(columns.count), names, formats, units, name, &$1)
          }
        }
      }
    }
    for (number, column) in zip(1..., columns) { try describe(column, number, in: file, path: path) }
    try file.write(header, path: path)
  }
}

private func describe(_ column: TableColumn, _ number: Int, in file: FITSFile, path: String) throws {
  try file.call("describe column \(column.name)") { ffmcom($0, "TTYPE\(number)", column.fitsComment, &$1) }
  if column.kind == .integer {
    let null = FITSCard("TNULL\(number)", .integer(Int(TableColumn.integerNull)), "stands for no value")
    try file.write([null], path: path)
  }
}

private func withCStrings(
  _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> Void
) rethrows {
  var copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  try copies.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { try body(base) }
  }
}

import CCFITSIO
import LensCore

/// Reads columns of numbers from the first table of a FITS file.
package final class FITSTableReader {
  /// Names of the columns, in order.
  package let columns: [String]
  package let rowCount: Int
  private let path: String
  private let file: FITSFile

  /// - Throws: `FileError` when the file cannot be read, or has no table.
  package init(_ path: String) throws {
    self.path = path
    let file = try FITSFile(reading: path)
    self.file = file
    var count: Int32 = 0
    try file.call("count the headers") { ffthdu($0, &count, &$1) }
    guard let number = try (1...max(count, 1)).first(where: { try Self.isTable(file, $0) }) else {
      throw FileError(path: path, reason: "has no table")
    }
    try file.go(to: Int(number) - 1)
    var (rows, width) = (Int(0), Int32(0))
    try file.call("count the rows") { ffgnrw($0, &rows, &$1) }
    try file.call("count the columns") { ffgncl($0, &width, &$1) }
    // Memory must not follow what a header claims.
    guard (0...Self.mostRows).contains(rows) else {
      throw FileError(path: path, reason: "has \(rows) rows, at most \(Self.mostRows) are read")
    }
    rowCount = rows
    columns = try (0..<width).map { try file.text("TTYPE\($0 + 1)") }
  }

  private static let mostRows = 1_000_000

  private static func isTable(_ file: FITSFile, _ number: Int32) throws -> Bool {
    try file.go(to: Int(number) - 1)
    var kind: Int32 = 0
    try file.call("read the kind of a header") { ffghdt($0, &kind, &$1) }
    return kind == BINARY_TBL || kind == ASCII_TBL
  }

  /// The first number of every cell of a column, scaled; NaN where there is none.
  ///
  /// - Throws: `FileError` for a column of text, and where the file ends too early.
  package func numbers(ofColumn position: Int) throws -> [Double] {
    var values = [Double](repeating: 0, count: rowCount)
    var anyNull: Int32 = 0
    try file.call("read column \(columns[position])") {
      ffgcvd($0, Int32(position) + 1, 1, 1, Int64(rowCount), .nan, &values, &anyNull, &$1)
    }
    return values
  }
}

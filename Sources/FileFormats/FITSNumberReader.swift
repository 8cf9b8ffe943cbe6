import CCFITSIO
import Glibc
import LensCore

/// Reads numbers of the one binary table in a FITS file, row by row.
package final class FITSNumberReader {
  package let columns: [(name: String, unit: String)]
  /// Rows.
  package let count: Int
  private let path: String
  private let file: FITSFile

  private static let numberTypes = [
    TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONG, TULONG, TLONGLONG, TFLOAT, TDOUBLE,
  ]

  /// - Returns: nil if the file has no table.
  /// - Throws: `FileError` if it has several, or one of anything else than single numbers.
  package init?(_ path: String) throws {
    let file = try FITSFile(reading: path)
    let units = try file.units()
    let tables = units.filter { $0.axes == nil }
    guard let table = tables.first else { return nil }
    guard tables.count == 1 else {
      let words = tables.prefix(20).map(\.words).joined(separator: ", ")
      throw FileError(
        path: path, reason: "has \(tables.count) tables, must have one of an image's numbers: \(words)")
    }
    var (rows, width) = (LONGLONG(0), Int32(0))
    try file.go(to: table.number)
    try file.call("count the rows") { ffgnrwll($0, &rows, &$1) }
    try file.call("count the columns") { ffgncl($0, &width, &$1) }
    columns = try (0..<width).map { try Self.column($0 + 1, of: file, path) }
    (self.path, self.file, count) = (path, file, Int(rows))
  }

  private static func column(_ number: Int32, of file: FITSFile, _ path: String) throws -> (String, String) {
    let name = (try? file.text("TTYPE\(number)")) ?? ""
    var (type, repetitions, width) = (Int32(0), LONGLONG(0), LONGLONG(0))
    try file.call("read the type of column \(number)") {
      ffgtclll($0, number, &type, &repetitions, &width, &$1)
    }
    guard numberTypes.contains(type), repetitions == 1 else {
      throw FileError(
        path: path,
        reason:
          "the column \(number) '\(name)' of its table holds no single numbers; write the images alone, or "
          + "only columns of numbers behind them")
    }
    return (name, (try? file.text("TUNIT\(number)")) ?? "")
  }

  /// One row; NaN for an empty cell.
  package func row(_ index: Int) throws -> [Double] {
    guard (0..<count).contains(index) else {
      throw FileError(path: path, reason: "row \(index) of the table was asked for, there are \(count)")
    }
    return try columns.indices.map { column in
      // CFITSIO writes to `hasNull` whenever it meets a NaN; a nil pointer would be a crash.
      var (value, hasNull) = (0.0, Int32(0))
      try file.call("read row \(index)") {
        ffgcvd($0, Int32(column + 1), LONGLONG(index + 1), 1, 1, .nan, &value, &hasNull, &$1)
      }
      return value
    }
  }
}

extension FITSFile {
  /// A text of the current header.
  func text(_ key: String) throws -> String {
    var value = [CChar](repeating: 0, count: Int(FLEN_VALUE))
    try call("read \(key)") { ffgkys($0, key, &value, nil, &$1) }
    return string(value)
  }
}

/// Puts all that follows the primary header of one file behind another file.
package func appendFITSExtensions(of source: String, to target: String) throws {
  let file = try OpenFile(target, O_RDWR)
  var position = try file.size()
  var skipped = FITSFile.blockSize
  try forEachBlock(ofFile: source) { block in
    let rest = UnsafeRawBufferPointer(rebasing: block[min(skipped, block.count)...])
    skipped -= min(skipped, block.count)
    try file.write(rest, at: position)
    position += rest.count
  }
  try file.synchronize()
  try file.close()
}

import CCFITSIO
import Glibc
import LensCore

/// Writes a FITS binary table row by row.
///
/// Integers are 64-bit, where `Int64.min` (TNULL) stands for an empty cell; reals are 64-bit, where NaN, the
/// standard's null for floats, does; text is ASCII, and an empty cell reads as empty text. Descriptions are
/// the comments of the TTYPE cards, cut where the card is full. The number of rows in the header is brought
/// up to date by `synchronize` and `close`; after a crash the file is valid and ends with the rows of the
/// last synchronization.
package final class FITSTableWriter {
  private let file: OpenFile
  private let columns: [TableColumn]
  private let headerOffset: Int
  private let dataOffset: Int
  /// False while there is nothing to complete: before a resumed file has been checked, and after closing.
  private var isOpen = false
  /// Rows written so far.
  package private(set) var rowCount: Int

  private var rowSize: Int { columns.reduce(0) { $0 + $1.cellSize } }

  /// Creates the file, or replaces it.
  ///
  /// - Parameters:
  ///   - name: The table's EXTNAME.
  ///   - header: Cards of the table's own header. No date is added, so equal input gives equal bytes.
  /// - Throws: `FileError` for columns or cards that FITS cannot hold, and when the disk refuses.
  package init(creating path: String, name: String, columns: [TableColumn], header: [FITSCard]) throws {
    let bytes = try emptyFITSTable(path, name: name, columns: columns, header: header)
    file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    try file.write(bytes, at: 0)
    self.columns = columns
    // The primary header before the table has no cards of ours: it is one block.
    (headerOffset, dataOffset, rowCount, isOpen) = (FITSFile.blockSize, bytes.count, 0, true)
  }

  /// Opens a file that this writer created earlier and drops the rows past `rowCount`.
  ///
  /// - Parameter rowCount: Rows to keep; at most those of the last synchronization.
  /// - Throws: `FileError` when there is no such file, or it has other columns or fewer rows.
  package init(resuming path: String, rowCount: Int, columns: [TableColumn]) throws {
    let fits = try FITSFile(reading: path)
    var kind: Int32 = 0
    try fits.call("go to the table") { ffmahd($0, 2, &kind, &$1) }
    let found = kind == BINARY_TBL ? try Self.columns(of: fits) : []
    guard found == columns.map({ "\($0.name) \($0.fitsFormat)" }) else {
      throw FileError(
        path: path,
        reason: "this is not the table that the run began (columns \(found)); remove it and start again")
    }
    var rows: LONGLONG = 0
    try fits.call("count the rows") { ffgnrwll($0, &rows, &$1) }
    guard (0...Int(rows)).contains(rowCount) else {
      throw FileError(path: path, reason: "\(rowCount) rows to keep were given, but the table has \(rows)")
    }
    let extent = try fits.extent()
    (headerOffset, dataOffset, self.rowCount) = (extent.header, extent.data, rowCount)
    self.columns = columns
    file = try OpenFile(path, O_RDWR)
    // Rows after the last synchronization are dropped too, so that equal runs give equal bytes.
    guard try file.size() >= end else {
      throw FileError(
        path: path, reason: "the file is truncated before row \(rowCount); remove it and start again")
    }
    isOpen = true
    try file.setSize(end)
    try completeBlock()
  }

  deinit { if isOpen { try? completeBlock() } }

  /// Appends rows.
  ///
  /// - Parameter rows: One cell per column each.
  /// - Throws: `FileError` for cells that do not suit their column, before any of the rows is written, and
  ///   when the disk refuses; `rowCount` then stays.
  package func append(_ rows: [[TableCell]]) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * rowSize)
    for row in rows {
      try checkLength(file.path, row, columns.count)
      for position in columns.indices {
        try columns[position].append(row[position], to: &bytes, path: file.path)
      }
    }
    try file.write(bytes, at: end)
    rowCount += rows.count
  }

  /// Brings the header up to date and forces everything written so far to the disk.
  package func synchronize() throws {
    try completeBlock()
    try file.synchronize()
  }

  /// Brings the header up to date and closes the file; writing afterwards throws.
  package func close() throws {
    guard isOpen else { return }
    try completeBlock()
    isOpen = false
    try file.close()
  }

  /// Where the next row goes, in bytes.
  private var end: Int { dataOffset + rowCount * rowSize }

  /// Fills the last block, then counts its rows: the header never promises what is not there.
  private func completeBlock() throws {
    try file.setSize(FITSFile.padded(end))
    // XTENSION, BITPIX, NAXIS, NAXIS1, NAXIS2.
    let field = fixedFormat(rowCount, card: 4, headerOffset: headerOffset)
    try file.write(field.bytes, at: field.position)
  }

  private static func columns(of fits: FITSFile) throws -> [String] {
    var count: Int32 = 0
    try fits.call("count the columns") { ffgncl($0, &count, &$1) }
    return try (0..<count).map { number in
      try ["TTYPE", "TFORM"].map { key in
        var value = [CChar](repeating: 0, count: Int(FLEN_VALUE))
        try fits.call("read \(key)\(number + 1)") { ffgkys($0, "\(key)\(number + 1)", &value, nil, &$1) }
        return string(value)
      }.joined(separator: " ")
    }
  }
}

import CCFITSIO
import Glibc
import LensCore

/// Reads numbers of the first binary table behind a FITS file's image, row by row.
package final class FITSNumberReader {
  private let path: String
  private let file: FITSFile
  private let numbers: [Int32]
  private let count: Int

  /// - Throws: `FileError` if there is no such table, or it lacks one of the columns.
  package init(_ path: String, columns: [String]) throws {
    self.path = path
    let file = try FITSFile(reading: path)
    var (kind, rows) = (Int32(0), LONGLONG(0))
    try file.call("go to the table") { ffmahd($0, 2, &kind, &$1) }
    guard kind == BINARY_TBL else { throw FileError(path: path, reason: "has no table behind its image") }
    try file.call("count the rows") { ffgnrwll($0, &rows, &$1) }
    numbers = try columns.map { name in
      var number: Int32 = 0
      var text = Array(name.utf8CString)
      try file.call("find the column \(name)") { ffgcno($0, 1, &text, &number, &$1) }
      return number
    }
    (self.file, count) = (file, Int(rows))
  }

  /// One row; NaN for an empty cell.
  package func row(_ index: Int) throws -> [Double] {
    guard (0..<count).contains(index) else {
      throw FileError(path: path, reason: "row \(index) of the table was asked for, there are \(count)")
    }
    return try numbers.map { number in
      // CFITSIO writes to `hasNull` whenever it meets a NaN; a nil pointer would be a crash.
      var (value, hasNull) = (0.0, Int32(0))
      try file.call("read row \(index)") {
        ffgcvd($0, number, LONGLONG(index + 1), 1, 1, .nan, &value, &hasNull, &$1)
      }
      return value
    }
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

import LensCore

/// One column of a table, as both the FITS and the CSV writer understand it.
public struct TableColumn: Sendable, Equatable {
  /// What the cells of a column hold.
  public enum Kind: Sendable, Equatable {
    case integer
    case real
    /// Text of at most `width` bytes; the limit counts in FITS tables only.
    case text(width: Int)
  }

  /// Name in the header, the same in both formats.
  public let name: String
  /// What the cells hold, apart from empty ones.
  public let kind: Kind
  /// Unit of the numbers, as FITS spells it, for instance `arcsec`; empty for none.
  public let unit: String
  /// A few words on the meaning; FITS keeps about 45 characters, CSV none.
  public let description: String

  /// Makes a column; it is checked when a table is created.
  public init(name: String, kind: Kind, unit: String = "", description: String) {
    (self.name, self.kind, self.unit, self.description) = (name, kind, unit, description)
  }
}

/// One value of a table.
package enum TableCell: Sendable, Equatable {
  case integer(Int)
  case real(Double)
  case text(String)
  /// No value, whatever the column's kind.
  case empty
}

/// Refuses a row that has not one cell per column.
func checkLength(_ path: String, _ row: [TableCell], _ columnCount: Int) throws {
  guard row.count == columnCount else {
    throw FileError(path: path, reason: "a row of \(row.count) cells was given, must have \(columnCount)")
  }
}

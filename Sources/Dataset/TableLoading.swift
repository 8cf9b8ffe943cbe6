import FileFormats
import LensCore
import Priors

/// The document with the numbers of its tables in the place of their files' paths: what was drawn from stays with a dataset.
///
/// Only columns that the document refers to are taken.
///
/// - Throws: `FileError` for files that are no tables of numbers, `SpecError` for columns that they do not have.
func withTables(_ original: SpecValue) throws -> SpecValue {
  guard let tables = original["tables"]?.givenEntries else { return original }
  var value = original
  for table in tables {
    guard case .scalar(let path)? = table.value["path"] else { continue }
    let columns = columns(of: table.key, in: original)
    if columns.isEmpty {
      throw SpecError(
        keyPath: "tables.\(table.key)", value: "a table",
        requirement: "must be drawn from ({table: {name: \(table.key), column: ...}}), or removed")
    }
    try value.set(["tables", table.key[...]], to: try loaded(table, path: path, columns))
  }
  return value
}

private func loaded(_ table: SpecValue.Entry, path: String, _ columns: [String]) throws -> SpecValue {
  let place = "tables.\(table.key)"
  let known = ["path", "weights"]
  if let other = table.value.givenEntries?.first(where: { !known.contains($0.key) }) {
    throw SpecError(
      keyPath: "\(place).\(other.key)", value: "an unknown key",
      requirement: "\(suggestion(for: other.key, among: known)); a table from a file has no others")
  }
  var weights: String?
  if case .scalar(let name)? = table.value["weights"] { weights = name }
  let read = try readNumberTable(path, columns: columns + (weights.map { [$0] } ?? []), place: place)
  func list(_ name: String) -> SpecValue {
    .list((read[name] ?? []).map { .scalar(specNumber($0)) })
  }
  return .map(
    (weights.map { [.init("weights", list($0))] } ?? [])
      + [.init("columns", .map(columns.map { .init($0, list($0)) }))])
}

/// The columns of a table that `{table: {name: ..., column: ...}}` refers to, each once.
private func columns(of table: String, in value: SpecValue) -> [String] {
  switch value {
  case .scalar: return []
  case .list(let items): return unique(items.flatMap { columns(of: table, in: $0) })
  case .map(let entries):
    if case .scalar(table)? = value["name"], case .scalar(let column)? = value["column"] { return [column] }
    return unique(entries.flatMap { columns(of: table, in: $0.value) })
  }
}

private func unique(_ names: [String]) -> [String] {
  names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

/// Reads columns of numbers from a CSV file with a heading, a FITS table, or a .npy array whose columns go by their numbers from 0.
private func readNumberTable(_ path: String, columns: [String], place: String) throws -> [String: [Double]] {
  guard fileExists(path) else {
    throw FileError(
      path: path,
      reason:
        "there is no such table; a relative \(place).path starts at the folder of its spec file, or at the working "
        + "folder where it is given without a file")
  }
  let names: [String]
  let values: (Int) throws -> [Double]
  switch try FileSignature(of: path) {
  case .npy?:
    let array = try readNpy(path)
    guard array.shape.count == 2 else {
      throw FileError(
        path: path, reason: "an array of shape \(array.shape) was given, must be rows of columns")
    }
    let width = array.shape[1]
    names = (0..<width).map(String.init)
    values = { k in stride(from: k, to: array.values.count, by: width).map { array.values[$0] } }
  case .fits?, .gzip?:
    let table = try FITSTableReader(path)
    names = table.columns
    values = { try table.numbers(ofColumn: $0) }
  default:
    let rows = try parseCSV(try readText(path), path: path)
    names = rows.first ?? []
    values = { k in try numbers(rows.dropFirst(), column: k, path) }
  }
  return try columns.reduce(into: [:]) { result, name in
    guard let position = names.firstIndex(of: name) else {
      throw SpecError(
        keyPath: place, value: "column '\(name)'",
        requirement: "\(path) has no such column; \(suggestion(for: name, among: names))")
    }
    result[name] = try finite(try values(position), name, path)
  }
}

private func numbers(_ rows: ArraySlice<[String]>, column: Int, _ path: String) throws -> [Double] {
  try rows.enumerated().compactMap { number, row in
    // A line without anything, at the end as a rule.
    if row == [""] { return nil }
    guard column < row.count, let value = Double(row[column].filter { $0 != " " }) else {
      throw FileError(
        path: path,
        reason:
          "line \(number + 2) has \(column < row.count ? "'\(row[column])'" : "nothing") in column \(column + 1), must be a number"
      )
    }
    return value
  }
}

private func finite(_ values: [Double], _ name: String, _ path: String) throws -> [Double] {
  if let row = values.firstIndex(where: { !$0.isFinite }) {
    throw FileError(path: path, reason: "row \(row + 1) of column \(name) is \(values[row]), must be finite")
  }
  return values
}

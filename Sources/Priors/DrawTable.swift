import LensCore

/// A table whose rows are drawn: the columns of one row belong together.
///
/// A document has it as lists of numbers, or as the `path` of a file that is put into their place when the document is loaded.
package struct DrawTable: Sendable, Equatable {
  /// Name and values; all as long.
  package let columns: [(name: String, values: [Double])]
  /// How often each row is drawn, relative to the others; nil for all alike.
  package let weights: [Double]?
  /// For each row the sum of the weights up to it, in units of all.
  private let cumulative: [Double]

  package static let mostRows = 1_000_000

  /// Nil unless there are rows, as many in all columns, and one with a weight above 0.
  package init?(columns: [(name: String, values: [Double])], weights: [Double]? = nil) {
    let count = weights?.count ?? columns.first?.values.count ?? 0
    let sum = weights?.reduce(0, +) ?? Double(count)
    guard count > 0, count <= Self.mostRows, columns.allSatisfy({ $0.values.count == count }), sum > 0,
      sum.isFinite, weights?.allSatisfy({ $0 >= 0 }) ?? true
    else { return nil }
    (self.columns, self.weights) = (columns, weights)
    var running = 0.0
    cumulative = (weights ?? []).map {
      running += $0
      return running / sum
    }
  }

  package static func == (first: DrawTable, second: DrawTable) -> Bool {
    first.weights == second.weights && first.columns.map(\.name) == second.columns.map(\.name)
      && first.columns.map(\.values) == second.columns.map(\.values)
  }

  var rowCount: Int { weights?.count ?? columns[0].values.count }

  func values(_ column: String) -> [Double]? { columns.first { $0.name == column }?.values }

  /// Of the rows that can be drawn.
  func support(_ column: String) -> ClosedRange<Double>? {
    guard let values = values(column) else { return nil }
    let possible = values.indices.filter { weights?[$0] != 0 }.map { values[$0] }
    return (possible.min() ?? 0)...(possible.max() ?? 0)
  }

  func row(_ stream: RandomStream) -> Int {
    let u = stream.uniform(0)
    guard weights != nil else { return min(rowCount - 1, Int(u * Double(rowCount))) }
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > u { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The tables of a document, by name.
package struct DrawTables: SpecConvertible, Equatable {
  package var tables: [String: DrawTable] = [:]
  /// In the order of the document.
  private var names: [String] = []

  package init() {}

  package static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> DrawTables? {
    guard case .map = value, let entries = value.givenEntries else {
      visitor.fail("", given: value.summary, "must be a mapping of names to tables")
      return nil
    }
    var result = DrawTables()
    for entry in entries {
      let fields = visitor.readObject(Fields(), entry.value, at: entry.key)
      result.tables[entry.key] = fields.table
      result.names.append(entry.key)
    }
    return result
  }

  package func written() -> SpecValue {
    .map(names.compactMap { name in tables[name].map { .init(name, SpecVisitor.write(Fields($0))) } })
  }

  private struct Fields: SpecFields {
    var weights: [Double] = []
    var columns = Columns()

    init() {}

    init(_ table: DrawTable) {
      weights = table.weights ?? []
      columns.columns = table.columns
    }

    var table: DrawTable? { DrawTable(columns: columns.columns, weights: weights.isEmpty ? nil : weights) }

    mutating func visit(_ visitor: SpecVisitor) {
      if visitor.isReading || !weights.isEmpty { visitor.numberList("weights", &weights, .nonNegative) }
      visitor.convertible("columns", &columns)
      visitor.check(
        table != nil, "columns", given: "\(columns.columns.count) columns",
        "must be lists of as many numbers, 1 to \(DrawTable.mostRows), with weights for all of them, or none")
    }
  }

  private struct Columns: SpecConvertible {
    var columns: [(name: String, values: [Double])] = []

    static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Columns? {
      guard case .map(let entries) = value else {
        visitor.fail("", given: value.summary, "must be a mapping of names to lists of numbers")
        return nil
      }
      return Columns(
        columns: entries.compactMap { entry in
          let column = visitor.child(at: entry.key)
          return column.readNumbers(entry.value, orFail: "must be a list of numbers").map { (entry.key, $0) }
        })
    }

    func written() -> SpecValue { .map(columns.map { .init($0.name, writtenNumbers($0.values)) }) }
  }
}

/// A column of the row that is drawn from a table: `table: {name: galaxies, column: z}`.
public struct TableColumnReference: Sendable, SpecFields {
  static let kind = "table"

  public var name = ""
  public var column = ""

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("name", &name)
    visitor.text("column", &column)
    visitor.check(
      !name.isEmpty && !column.isEmpty, "", given: "no name or no column",
      "must have the name of one of the tables and a column of it")
  }
}

import FileFormats

/// The parts of a dataset's page that are about its columns of numbers.
struct ReportSections {
  private let columns: [ParameterStatistics.Column]

  init(_ columns: [ParameterStatistics.Column]) { self.columns = columns }

  /// Signal-to-noise ratios and exposure times, constant ones too.
  var exposure: String { figures { Self.isExposure($0) && $0.found.total > 0 } }

  var parameters: String {
    figures { !Self.isExposure($0) && !Self.isDerived($0) && !$0.isConstant && $0.found.total > 0 }
  }

  var derived: String { figures { Self.isDerived($0) && !$0.isConstant && $0.found.total > 0 } }

  var constants: String {
    let rows = columns.filter { $0.isConstant && !Self.isExposure($0) }.map {
      "<tr><td>\(escapedForHTML($0.name))</td><td class=\"number\">\(number($0.constant))</td>"
        + "<td class=\"unit\">\(escapedForHTML($0.unit))</td></tr>"
    }
    return rows.isEmpty ? "<p>Nothing.</p>" : "<table>\(rows.joined())</table>"
  }

  /// What none of the images has, which would otherwise be missed.
  var missing: String {
    let names = columns.filter { $0.found.total == 0 }.map { escapedForHTML($0.name) }
    return names.isEmpty ? "" : "<h2>In none of the images</h2><p>\(names.joined(separator: ", "))</p>"
  }

  private static func isExposure(_ column: ParameterStatistics.Column) -> Bool {
    column.name.hasPrefix("signal_to_noise") || column.name.hasPrefix("exposure_time")
  }

  private static func isDerived(_ column: ParameterStatistics.Column) -> Bool {
    column.name.hasPrefix("derived")
  }

  private func figures(_ isIncluded: (ParameterStatistics.Column) -> Bool) -> String {
    let figures = columns.filter(isIncluded).map { column in
      column.isConstant
        ? constantFigure(column.name, unit: column.unit, column.constant, count: column.found.total)
        : histogramFigure(column.name, unit: column.unit, column.found, expected: column.expected)
    }
    return figures.isEmpty ? "<p>None.</p>" : "<div class=\"grid\">\(figures.joined())</div>"
  }
}

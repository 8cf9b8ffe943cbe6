import Charts

/// The parts of a dataset's page that are about its columns of numbers.
struct ReportSections {
  typealias Column = ParameterStatistics.Column

  private let columns: [Column]

  init(_ columns: [Column]) { self.columns = columns }

  /// - Throws: `FileError` if the charts cannot be drawn.
  func write(to page: inout Page, differing: [String]) throws {
    page.heading("Signal-to-noise ratio and exposure")
    try add({ Self.isExposure($0) && $0.found.total > 0 }, to: &page)
    page.heading("Parameters")
    page.paragraph(
      """
      Bars are the images that have the parameter, the line is the prior: 30,000 draws from another seed. The axis runs from the
      smallest to the largest value of the prior.
      """)
    if differing.isEmpty {
      page.paragraph("None \(Self.verdict).")
    } else {
      page.warning("\(differing.joined(separator: ", ")): \(Self.verdict).")
    }
    try add(
      { !Self.isExposure($0) && !Self.isDerived($0) && !$0.isConstant && $0.found.total > 0 }, to: &page)
    page.heading("Derived")
    try add({ Self.isDerived($0) && !$0.isConstant && $0.found.total > 0 }, to: &page)
    addConstants(to: &page)
    addMissing(to: &page)
  }

  private static let verdict = "differs from its prior by more than chance would in one of a thousand cases"

  private func addConstants(to page: inout Page) {
    page.heading("The same for all")
    let constants = columns.filter { $0.isConstant && !Self.isExposure($0) }
    if constants.isEmpty {
      page.paragraph("Nothing.")
    } else {
      page.table(
        ["parameter", "value", "unit"], constants.map { [$0.name, shortNumber($0.constant), $0.unit] })
    }
  }

  /// What none of the images has, which would otherwise be missed.
  private func addMissing(to page: inout Page) {
    let names = columns.filter { $0.found.total == 0 }.map(\.name)
    if names.isEmpty { return }
    page.heading("In none of the images")
    page.paragraph(names.joined(separator: ", "))
  }

  private static func isExposure(_ column: Column) -> Bool {
    column.name.hasPrefix("signal_to_noise") || column.name.hasPrefix("exposure_time")
  }

  private static func isDerived(_ column: Column) -> Bool {
    column.name.hasPrefix("derived")
  }

  private func add(_ isIncluded: (Column) -> Bool, to page: inout Page) throws {
    let shown = columns.filter(isIncluded)
    if shown.isEmpty { return page.paragraph("None.") }
    var pictures = try Gnuplot.draw(
      shown.filter { !$0.isConstant }.map { HistogramFigure($0.found, expected: $0.expected) })[...]
    page.grid(
      shown.map { column in
        var exhibit = Page.Exhibit(
          title: column.name, unit: column.unit, note: counted(column.found.total),
          text: column.isConstant ? "constant: \(shortNumber(column.constant))" : "")
        exhibit.isOdd = column.differs
        if !column.isConstant { exhibit.picture = pictures.popFirst().map(Page.Picture.svg) }
        return exhibit
      })
  }
}

import Charts
import Dataset
import FileFormats
import Foundation
import LensCore
import Populations

/// One page about a forecast, and its numbers as a table.
package struct ForecastReport: Sendable {
  private let table: ForecastTable
  private let title: String

  package init(_ table: ForecastTable, title: String) { (self.table, self.title) = (table, title) }

  /// A row per quantity, a column per class and one of all with substructure; the first row is the header.
  package var summary: [[String]] {
    let labels = table.classes.map { Optional($0) }
    let columns = (labels.count > 1 ? labels + [nil] : labels).map(column)
    return zip(
      ["", "known: median", "middle half", "projected: median", "middle half", "area at most", "projected"],
      columns.reduce([[String]](repeating: [], count: 7)) { rows, column in
        zip(rows, column).map { $0 + [$1] }
      }
    ).map { [$0] + $1 }
  }

  private func column(_ label: String?) -> [String] {
    let distances = [table.distances(label, \.known), table.distances(label, \.projected)]
    let spreads = distances.flatMap { values -> [String] in
      let quartiles = ForecastTable.quartiles(values)
      return [
        shortNumber(quartiles[1], digits: 3),
        "\(shortNumber(quartiles[0], digits: 3)) to \(shortNumber(quartiles[2], digits: 3))",
      ]
    }
    let areas = distances.map { areaText(missing: Detectability.missingArea($0)) }
    return [label ?? "any"] + spreads + areas
  }

  private func areaText(missing: Double) -> String {
    // Close to 1 what is missing counts.
    missing > 1e-4
      ? String(format: "%.4f", 1 - missing) : missing < 1e-12 ? "1" : "1 - \(String(format: "%.0e", missing))"
  }

  private func page() throws -> Page {
    var page = Page(title: title)
    page.paragraph(
      """
      By how many standard deviations of its noise substructure moves an image: known, if lens, light and source were known
      exactly; projected, if the parameters that the population draws for them have to be told from the same image.
      """)
    page.table(summary[0], Array(summary.dropFirst()))
    page.paragraph(
      """
      The area bound is the area under the curve of an observer who is told, for every image, which substructure it has if it has any.
      A classifier is not told and stays below the bound of known distances; the projected one is for who knows no more
      of the lens than its image tells.
      """)
    page.heading("Image by image")
    page.grid(try exhibits())
    return page
  }

  private func exhibits() throws -> [Page.Exhibit] {
    let columns = table.classes.flatMap { label -> [(title: String, distances: [Double])] in
      [
        ("\(label), known", table.distances(label, \.known)),
        ("\(label), projected", table.distances(label, \.projected)),
      ]
    }
    let pictures = try Gnuplot.draw(
      columns.map { HistogramFigure(Histogram($0.distances, rangeOf: [0] + $0.distances), expected: nil) })
    return zip(columns, pictures).map { column, picture in
      var exhibit = Page.Exhibit(title: column.title, unit: "sigma", note: counted(column.distances.count))
      exhibit.picture = .svg(picture)
      return exhibit
    }
  }

  /// Writes `forecast.csv`, a row per sample, and the page, `index.html`.
  ///
  /// - Throws: `FileError` if the folder cannot be written to, or there is no gnuplot.
  package func write(to folder: String) throws {
    try createFolder(folder)
    let lines = table.rows.map {
      "\($0.index),\($0.label),\($0.detectability.known),\($0.detectability.projected)\n"
    }
    try writeFileAtomically(
      Array(("index,class,forecast_known,forecast_projected\n" + lines.joined()).utf8),
      to: "\(folder)/forecast.csv")
    try page().write(to: "\(folder)/index.html")
  }
}

import Dataset
import FileFormats
import Foundation
import LensCore
import Populations

/// One page about a forecast, and its numbers as a table.
public struct ForecastReport: Sendable {
  private let table: ForecastTable
  private let title: String

  public init(_ table: ForecastTable, title: String) { (self.table, self.title) = (table, title) }

  /// A row per quantity, a column per class and one of all with substructure; the first row is the header.
  public var summary: [[String]] {
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
      return [short(quartiles[1]), "\(short(quartiles[0])) to \(short(quartiles[2]))"]
    }
    let areas = distances.map { areaText(missing: Detectability.missingArea($0)) }
    return [label ?? "any"] + spreads + areas
  }

  private func short(_ value: Double) -> String { String(format: "%.3g", value) }

  private func areaText(missing: Double) -> String {
    // Close to 1 what is missing counts.
    missing > 1e-4
      ? String(format: "%.4f", 1 - missing) : missing < 1e-12 ? "1" : "1 - \(String(format: "%.0e", missing))"
  }

  public var html: String {
    let figures = table.classes.flatMap { label in
      [("known", \Detectability.known), ("projected", \.projected)].map { name, kind in
        let values = table.distances(label, kind)
        var histogram = Histogram(rangeOf: [0] + values)
        for value in values { histogram.add(value) }
        return histogramFigure("\(label), \(name)", unit: "sigma", histogram, expected: nil)
      }
    }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(escapedForHTML($0))</\(tag)>" }.joined() + "</tr>"
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escapedForHTML(title))</title><style>\(pageStyle)</style></head><body>
      <h1>\(escapedForHTML(title))</h1>
      <p>By how many standard deviations of its noise substructure moves an image: <b>known</b>, if lens, light and source were known
      exactly; <b>projected</b>, if the parameters that the population draws for them have to be told from the same image.</p>
      <table class="classes">\(row(summary[0], "th"))\(summary.dropFirst().map { row($0, "td") }.joined())</table>
      <p>The area bound is the area under the curve of an observer who is told, for every image, which substructure it has if it has any.
      A classifier is not told and stays below the bound of known distances; the projected one is for who knows no more
      of the lens than its image tells.</p>
      <h2>Image by image</h2><div class="grid">\(figures.joined())</div>
      </body></html>

      """
  }

  /// Writes `forecast.csv`, a row per sample, and the page, `index.html`.
  ///
  /// - Throws: `FileError` if the folder cannot be written to.
  public func write(to folder: String) throws {
    try createFolder(folder)
    let lines = table.rows.map {
      "\($0.index),\($0.label),\($0.detectability.known),\($0.detectability.projected)\n"
    }
    try writeFileAtomically(
      Array(("index,class,forecast_known,forecast_projected\n" + lines.joined()).utf8),
      to: "\(folder)/forecast.csv")
    try writeFileAtomically(Array(html.utf8), to: "\(folder)/index.html")
  }
}

import FileFormats
import Foundation

/// An HTML page of headings, tables and pictures, which stand beside it or in it.
package struct Page {
  /// A picture in the page itself.
  package struct Picture {
    let source: String

    package static func svg(_ bytes: [UInt8]) -> Picture { Picture(bytes, "image/svg+xml") }
    package static func png(_ bytes: [UInt8]) -> Picture { Picture(bytes, "image/png") }

    private init(_ bytes: [UInt8], _ type: String) {
      source = "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    }
  }

  /// One of many small things in a grid.
  package struct Exhibit {
    package var title: String
    package var unit = ""
    package var note = ""
    /// A few words for what needs no picture.
    package var text = ""
    package var picture: Picture?
    package var isOdd = false

    package init(title: String, unit: String = "", note: String = "", text: String = "") {
      (self.title, self.unit, self.note, self.text) = (title, unit, note, text)
    }
  }

  private let title: String
  private var body = ""

  package init(title: String) { self.title = title }

  package mutating func heading(_ text: String) { body += "<h2>\(escapedForHTML(text))</h2>\n" }

  package mutating func paragraph(_ text: String) { body += "<p>\(escapedForHTML(text))</p>\n" }

  package mutating func warning(_ text: String) {
    body += "<p class=\"warning\">\(escapedForHTML(text))</p>\n"
  }

  /// A table, whose first column names the rows.
  ///
  /// One of many columns becomes a list of its rows where a window is too narrow: each cell then tells its column's name.
  /// - Parameter bars: At the end of the rows, as parts of the largest.
  package mutating func table(_ columns: [String], _ rows: [[String]], bars: [Int] = []) {
    let names = columns.map(escapedForHTML)
    let isWide = columns.count > 3
    let largest = max(1, bars.max() ?? 1)
    body += isWide ? "<table class=\"wide\">\n" : bars.isEmpty ? "<table>\n" : "<table class=\"bars\">\n"
    body += "<tr>\(names.map { "<th>\($0)</th>" }.joined())\(bars.isEmpty ? "" : "<th></th>")</tr>\n"
    for (number, row) in rows.enumerated() {
      let cells = zip(names, row).map { name, cell in
        isWide && cell.isEmpty
          ? "<td></td>" : "<td\(isWide ? " data-column=\"\(name)\"" : "")>\(escapedForHTML(cell))</td>"
      }
      let bar =
        bars.isEmpty
        ? ""
        : "<td class=\"bar\"><span style=\"width:\(100 * Double(bars[number]) / Double(largest))%\"></span></td>"
      body += "<tr>\(cells.joined())\(bar)</tr>\n"
    }
    body += "</table>\n"
  }

  /// Names and long values in small letters.
  package mutating func finePrint(_ facts: [(name: String, value: String)]) {
    let rows = facts.map {
      "<tr><td>\(escapedForHTML($0.name))</td><td>\(escapedForHTML($0.value))</td></tr>\n"
    }
    body += "<table class=\"fine\">\n\(rows.joined())</table>\n"
  }

  /// - Parameter path: From the page's folder.
  package mutating func picture(_ path: String, _ description: String) {
    let shape = path.hasSuffix(".svg") ? " class=\"chart\"" : ""
    body +=
      "<figure><img\(shape) src=\"\(escapedForHTML(path))\" alt=\"\(escapedForHTML(description))\"></figure>\n"
  }

  package mutating func picture(_ picture: Picture, _ description: String) {
    body += "<figure><img src=\"\(picture.source)\" alt=\"\(escapedForHTML(description))\"></figure>\n"
  }

  package mutating func grid(_ exhibits: [Exhibit]) {
    let figures = exhibits.map { exhibit in
      let name = escapedForHTML(exhibit.title)
      let details = [exhibit.unit, exhibit.text, exhibit.note].filter { !$0.isEmpty }.map(escapedForHTML)
      return
        "<figure\(exhibit.isOdd ? " class=\"differs\"" : "")><figcaption>\(name.replacing("_", with: "_<wbr>")) "
        + "<span class=\"unit\">\(details.joined(separator: ", "))</span></figcaption>"
        + (exhibit.picture.map { "<img src=\"\($0.source)\" alt=\"\(name)\">" } ?? "") + "</figure>\n"
    }
    body += "<div class=\"grid\">\n\(figures.joined())</div>\n"
  }

  package mutating func link(_ path: String, _ text: String) {
    body += "<p><a href=\"\(escapedForHTML(path))\">\(escapedForHTML(text))</a></p>\n"
  }

  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escapedForHTML(title))</title>
    <style>\(Self.style)</style></head>
    <body><h1>\(escapedForHTML(title))</h1>
    \(body)</body></html>

    """
  }

  /// - Throws: `FileError` if the file cannot be written.
  package func write(to path: String) throws { try writeFileAtomically(Array(html.utf8), to: path) }
}

import FileFormats

/// An HTML page of headings, tables and pictures that stand beside it.
public struct Page {
  private let title: String
  private var body = ""

  public init(title: String) { self.title = title }

  public mutating func heading(_ text: String) { body += "<h2>\(escapedForHTML(text))</h2>\n" }

  public mutating func paragraph(_ text: String) { body += "<p>\(escapedForHTML(text))</p>\n" }

  /// A table, whose first column names the rows.
  ///
  /// One of many columns becomes a list of its rows where a window is too narrow: each cell then tells its column's name.
  public mutating func table(_ columns: [String], _ rows: [[String]]) {
    let names = columns.map(escapedForHTML)
    body += columns.count > 3 ? "<table class=\"wide\">\n" : "<table>\n"
    body += "<tr>\(names.map { "<th>\($0)</th>" }.joined())</tr>\n"
    for row in rows {
      let cells = zip(names, row).map { name, cell in
        columns.count > 3 && cell.isEmpty
          ? "<td></td>"
          : "<td\(columns.count > 3 ? " data-column=\"\(name)\"" : "")>\(escapedForHTML(cell))</td>"
      }
      body += "<tr>\(cells.joined())</tr>\n"
    }
    body += "</table>\n"
  }

  /// - Parameter path: From the page's folder.
  public mutating func picture(_ path: String, _ description: String) {
    body += "<figure><img src=\"\(escapedForHTML(path))\" alt=\"\(escapedForHTML(description))\"></figure>\n"
  }

  public mutating func link(_ path: String, _ text: String) {
    body += "<p><a href=\"\(escapedForHTML(path))\">\(escapedForHTML(text))</a></p>\n"
  }

  public func write(to path: String) throws {
    let html = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escapedForHTML(title))</title>
      <style>\(Self.style)</style></head>
      <body><h1>\(escapedForHTML(title))</h1>
      \(body)</body></html>

      """
    try writeFileAtomically(Array(html.utf8), to: path)
  }

  private static let style = """
    :root { color-scheme: light; }
    body { font: 16px/1.5 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
    h1, p, td { overflow-wrap: anywhere; }
    table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: 0.3em 0.7em; text-align: right; }
    th { background: #eee; } th:first-child, td:first-child { text-align: left; min-width: 7em; } .wide { font-size: 14px; }
    .wide td { overflow-wrap: normal; }
    figure { display: inline-block; margin: 0.5em 0.5em 0.5em 0; max-width: 100%; }
    img { display: block; max-width: 100%; height: auto; } img[src$=".svg"] { width: 33em; }
    @media (max-width: 900px) {
      .wide, .wide tbody, .wide tr, .wide td { display: block; } .wide tr:first-child, .wide td:empty { display: none; }
      .wide tr { border: 1px solid #bbb; margin-bottom: 0.7em; padding: 0.3em 0.7em; }
      .wide td, .wide td:first-child { border: none; padding: 0; overflow-wrap: anywhere; text-align: right; }
      .wide td::before { content: attr(data-column); float: left; color: #555; padding-right: 1em; }
    }
    """
}

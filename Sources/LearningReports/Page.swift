import FileFormats

/// An HTML page of headings, tables and pictures that stand beside it.
public struct Page {
  private let title: String
  private var body = ""

  public init(title: String) { self.title = title }

  public mutating func heading(_ text: String) { body += "<h2>\(escapedForHTML(text))</h2>\n" }

  public mutating func paragraph(_ text: String) { body += "<p>\(escapedForHTML(text))</p>\n" }

  /// A table, whose first column names the rows.
  public mutating func table(_ columns: [String], _ rows: [[String]]) {
    body += "<table>\n<tr>\(columns.map { "<th>\(escapedForHTML($0))</th>" }.joined())</tr>\n"
    for row in rows { body += "<tr>\(row.map { "<td>\(escapedForHTML($0))</td>" }.joined())</tr>\n" }
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
    let style = """
      body { font-family: sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
      table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: 0.3em 0.7em; text-align: right; }
      th { background: #eee; } td:first-child { text-align: left; }
      figure { display: inline-block; margin: 0.5em; } img { max-width: 100%; }
      """
    let html = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escapedForHTML(title))</title>
      <style>\(style)</style></head>
      <body><h1>\(escapedForHTML(title))</h1>
      \(body)</body></html>

      """
    try writeFileAtomically(Array(html.utf8), to: path)
  }
}

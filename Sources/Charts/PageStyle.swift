extension Page {
  /// One column on a telephone, several on a screen; letters dark enough on their grounds to be read.
  static let style = """
    :root { color-scheme: light; }
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
    h2 { margin-top: 1.6em; border-bottom: 1px solid #ddd; }
    h1, p, td, figcaption { overflow-wrap: anywhere; }
    table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: 0.3em 0.7em; text-align: right; }
    th { background: #eee; } th:first-child, td:first-child { text-align: left; min-width: 7em; } .wide { font-size: 14px; }
    td:not(:first-child), .bars td, .wide td { overflow-wrap: normal; }
    td.bar { width: 40vw; max-width: 30em; } td.bar span { display: block; height: 0.9em; background: #3b6ea5; min-width: 1px; }
    .fine { font: 13px/1.5 monospace; } .fine td { text-align: left; word-break: break-all; vertical-align: top; }
    .fine td:first-child { word-break: normal; }
    figure { display: inline-block; margin: 0.5em 0.5em 0.5em 0; max-width: 100%; }
    img { display: block; max-width: 100%; height: auto; } img.chart { width: 33em; }
    .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 12px; align-items: end; }
    .grid figure { display: block; margin: 0; } .grid img { width: 100%; } figcaption { font-size: 13px; line-height: 1.3; }
    .unit { color: #555; } .differs { outline: 2px solid #b3541e; } .warning { font-weight: bold; }
    @media (max-width: 600px) { td.bar, .bars th:last-child { display: none; } }
    @media (max-width: 900px) {
      .wide, .wide tbody, .wide tr, .wide td { display: block; } .wide tr:first-child, .wide td:empty { display: none; }
      .wide tr { border: 1px solid #bbb; margin-bottom: 0.7em; padding: 0.3em 0.7em; }
      .wide td, .wide td:first-child { border: none; padding: 0; overflow-wrap: anywhere; text-align: right; }
      .wide td::before { content: attr(data-column); float: left; color: #555; padding-right: 1em; }
      .fine td { display: block; border: none; } .fine td:first-child { margin-top: 0.5em; }
    }
    """
}

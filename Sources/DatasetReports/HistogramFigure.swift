import FileFormats
import Foundation

/// A histogram as SVG, in bars, with the expected distribution as a line where there is one.
func histogramFigure(_ title: String, unit: String, _ found: Histogram, expected: Histogram?) -> String {
  let (width, height, base) = (280.0, 150.0, 122.0)
  let top = max(found.shares.max() ?? 0, expected?.shares.max() ?? 0)
  func y(_ share: Double) -> Double { top > 0 ? base - share / top * 96 : base }
  func x(_ bin: Int) -> Double { 10 + Double(bin) / Double(found.counts.count) * (width - 20) }
  let bars = found.shares.enumerated().filter { $1 > 0 }.map { bin, share in
    "M\(text(x(bin) + 0.5)) \(text(base))V\(text(y(share)))H\(text(x(bin + 1) - 0.5))V\(text(base))Z"
  }
  var line = ""
  if let expected {
    let steps = expected.shares.enumerated().map { "V\(text(y($1)))H\(text(x($0 + 1)))" }
    line = "<path class=\"prior\" d=\"M\(text(x(0))) \(text(base))\(steps.joined())V\(text(base))\"/>"
  }
  let differs = expected.map { found.distance(to: $0) > found.criticalDistance(to: $0) } ?? false
  let name =
    escapedForHTML(title) + (unit.isEmpty ? "" : " <tspan class=\"unit\">\(escapedForHTML(unit))</tspan>")
  return """
    <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(escapedForHTML(title))"\(differs ? " class=\"differs\"" : "")>
    <text x="10" y="16" class="title">\(name)</text>
    <path class="bars" d="\(bars.joined())"/>\(line)
    <path class="axis" d="M10 \(Int(base))H\(Int(width) - 10)"/>
    <text x="10" y="140">\(number(found.low))</text>
    <text x="\(Int(width) - 10)" y="140" text-anchor="end">\(number(found.high))</text>
    <text x="\(Int(width / 2))" y="140" text-anchor="middle" class="unit">\(found.total)</text>
    </svg>
    """
}

private func text(_ value: Double) -> String { String(format: "%.1f", value) }

/// Four digits, as short as they come.
func number(_ value: Double) -> String { String(format: "%.4g", value) }

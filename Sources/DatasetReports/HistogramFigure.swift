import FileFormats
import Foundation

/// A histogram as SVG, in bars, with the expected distribution as a line where there is one.
func histogramFigure(_ title: String, unit: String, _ all: Histogram, expected prior: Histogram?) -> String {
  // Few images in many bins would be single bars beside a line close to zero.
  let factor = all.total < 16 ? 4 : all.total < 64 ? 2 : 1
  let (found, expected) = (all.merged(by: factor), prior?.merged(by: factor))
  let (width, height, top, base) = (280.0, 160.0, 40.0, 132.0)
  let largest = max(found.shares.max() ?? 0, expected?.shares.max() ?? 0)
  func y(_ share: Double) -> Double { largest > 0 ? base - share / largest * (base - top) : base }
  func x(_ bin: Int) -> Double { 10 + Double(bin) / Double(found.counts.count) * (width - 20) }
  let bars = found.shares.enumerated().filter { $1 > 0 }.map { bin, share in
    "M\(text(x(bin) + 0.5)) \(text(base))V\(text(y(share)))H\(text(x(bin + 1) - 0.5))V\(text(base))Z"
  }
  var line = ""
  if let expected {
    let steps = expected.shares.enumerated().map { "V\(text(y($1)))H\(text(x($0 + 1)))" }
    line = "<path class=\"prior\" d=\"M\(text(x(0))) \(text(base))\(steps.joined())V\(text(base))\"/>"
  }
  let differs = prior.map { all.distance(to: $0) > all.criticalDistance(to: $0) } ?? false
  let middle = found.low / 2 + found.high / 2
  let (low, centre, high) = distinctNumbers(found.low, middle, found.high)
  return """
    <svg viewBox="0 0 \(Int(width)) \(Int(height))" width="\(Int(width))" height="\(Int(height))" role="img" \
    aria-label="\(escapedForHTML(title))"\(differs ? " class=\"differs\"" : "")>
    \(titleLine(title, unit))
    <text x="\(Int(width) - 10)" y="32" text-anchor="end" class="unit">\(counted(found.total))</text>
    <path class="bars" d="\(bars.joined())"/>\(line)
    <path class="axis" d="M10 \(Int(base))H\(Int(width) - 10)M10 \(Int(base))v4M\(Int(width / 2)) \(Int(base))v4M\(Int(width) - 10) \(Int(base))v4"/>
    <text x="10" y="148">\(low)</text>
    <text x="\(Int(width / 2))" y="148" text-anchor="middle">\(centre)</text>
    <text x="\(Int(width) - 10)" y="148" text-anchor="end">\(high)</text>
    </svg>
    """
}

/// What stands in place of a histogram for a number that is the same for all.
func constantFigure(_ title: String, unit: String, _ value: Double, count: Int) -> String {
  """
  <svg viewBox="0 0 280 60" width="280" height="60" role="img" aria-label="\(escapedForHTML(title))">
  \(titleLine(title, unit))
  <rect class="bars" x="10" y="29" width="10" height="10"/>
  <text x="26" y="38">constant: \(number(value))</text>
  <text x="270" y="38" text-anchor="end" class="unit">\(counted(count))</text>
  </svg>
  """
}

/// "1 image", "23 images".
func counted(_ images: Int) -> String { images == 1 ? "1 image" : "\(images) images" }

/// In letters that are smaller the longer it is; of what is too long the beginning is left out, which whoever points at it sees.
private func titleLine(_ title: String, _ unit: String) -> String {
  let unitLetters = unit.isEmpty ? 0 : unit.count + 1
  let shown =
    title.count + unitLetters <= mostLetters ? title : "…" + title.suffix(mostLetters - 1 - unitLetters)
  let size = min(12, max(smallestLetter, 420 / Double(max(1, shown.count + unitLetters))))
  let name =
    escapedForHTML(shown) + (unit.isEmpty ? "" : " <tspan class=\"unit\">\(escapedForHTML(unit))</tspan>")
  return "<text x=\"10\" y=\"16\" class=\"title\" style=\"font-size:\(text(size))px\">"
    + "<title>\(escapedForHTML(title))</title>\(name)</text>"
}

private let smallestLetter = 9.0
/// A letter is at most about 0.62 of the size wide on average, and a title 260.
private let mostLetters = Int(260 / (0.62 * smallestLetter))

private func text(_ value: Double) -> String { String(format: "%.1f", value) }

/// Four digits, as short as they come.
func number(_ value: Double) -> String { String(format: "%.4g", value) }

/// The numbers of an axis with as many digits as tell them apart.
private func distinctNumbers(_ low: Double, _ middle: Double, _ high: Double) -> (String, String, String) {
  for digits in 4..<17 {
    let texts = [low, middle, high].map { String(format: "%.\(digits)g", $0) }
    if Set(texts).count == 3 { return (texts[0], texts[1], texts[2]) }
  }
  return ("\(low)", "", "\(high)")
}

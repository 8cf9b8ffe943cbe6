import Foundation

/// A small histogram: bars, with the expected distribution as a line where there is one. What it is of stands beside it on a page.
package struct HistogramFigure: Figure {
  package var size: (width: Int, height: Int) { (280, 110) }
  package var letterSize: Int { 11 }

  private let found: Histogram
  private let expected: Histogram?

  package init(_ all: Histogram, expected prior: Histogram?) {
    // Few images in many bins would be single bars beside a line close to zero.
    let factor = all.total < 16 ? 4 : all.total < 64 ? 2 : 1
    (found, expected) = (all.merged(by: factor), prior?.merged(by: factor))
  }

  /// Along x are bins, whose numbers are small and differ; the ticks say which values they stand for.
  package var script: String {
    let bars = found.shares.enumerated().map { "\(Double($0) + 0.5) \($1)\n" }
    let line = (expected?.shares ?? []).enumerated().map { "\($0) \($1)\n\($0 + 1) \($1)\n" }
    let largest = max(found.shares.max() ?? 0, expected?.shares.max() ?? 0)
    let end = found.counts.count
    let labels = zip(distinctNumbers, [("0", "left"), ("0.5", "center"), ("1", "right")]).map { text, place in
      "set label \(Gnuplot.quoted(text)) at graph \(place.0), screen 0.07 \(place.1) textcolor rgb '#444444'\n"
    }
    return """
      unset ytics; unset key; set border 1 linecolor rgb '#888888'; set style fill solid noborder; set boxwidth 0.9
      set lmargin at screen 0.03; set rmargin at screen 0.97; set tmargin 0.3; set bmargin at screen 0.18
      set xtics nomirror out scale 0.5 ("" 0, "" \(Double(end) / 2), "" \(end))
      \(labels.joined())
      set xrange [0:\(end)]; set yrange [0:\(largest > 0 ? largest * 1.02 : 1)]
      $bars << EOD
      \(bars.joined())EOD
      $line << EOD
      \(line.isEmpty ? "0 0\n" : "0 0\n" + line.joined() + "\(end) 0\n")EOD
      plot $bars with boxes linecolor rgb '#8fb3d9'\(line.isEmpty ? "" : ", $line with lines linecolor rgb '#b3541e' linewidth 1.5")
      """
  }

  /// The ends and the middle of the axis with as many digits as tell them apart.
  private var distinctNumbers: [String] {
    let values = [found.low, found.low / 2 + found.high / 2, found.high]
    for digits in 4..<17 {
      let texts = values.map { String(format: "%.\(digits)g", $0) }
      if Set(texts).count == 3 { return texts }
    }
    return ["\(found.low)", "", "\(found.high)"]
  }
}

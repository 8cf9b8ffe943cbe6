import Foundation

/// A figure of curves.
package struct CurveFigure: Figure {
  package struct Curve {
    package let title: String
    package let points: [(x: Double, y: Double)]
    /// Dashed and grey: a line to compare with.
    package var isGuide = false

    package init(_ title: String, _ points: [(x: Double, y: Double)], isGuide: Bool = false) {
      (self.title, self.points, self.isGuide) = (title, points, isGuide)
    }
  }

  package var title: String
  package var xLabel: String
  package var yLabel: String
  package var curves: [Curve]
  /// Curves as steps: histograms.
  package var hasSteps = false
  /// A dot at every point, for curves of few: a single point has no line, nor has one between gaps.
  package var hasDots = false
  /// Positions along x are whole numbers, which may be one alone.
  package var hasWholeX = false
  /// Both axes from 0 to 1.
  package var isUnitSquare = false
  /// The vertical axis, of values up to 1, is stretched towards 1: what is missing to it is on a logarithmic scale.
  package var isNearOne = false

  package init(_ title: String, x: String, y: String, _ curves: [Curve]) {
    (self.title, xLabel, yLabel, self.curves) = (title, x, y, curves)
  }

  /// A key of long titles has a row for each of them above the curves, which keep their height.
  package var size: (width: Int, height: Int) {
    let titles = curves.map(\.title).filter { !$0.isEmpty }
    let hasRows = !isUnitSquare && titles.contains { $0.count > 16 }
    return (640, 480 + (hasRows ? 24 * titles.count : 0))
  }

  package var script: String {
    // What is not finite is a gap; gnuplot refuses curves of gaps alone.
    let drawn = curves.enumerated().filter { $0.element.points.contains { $0.x.isFinite && $0.y.isFinite } }
    let data = drawn.map { number, curve in
      "$curve\(number) << EOD\n"
        + curve.points.map { $0.x.isFinite && $0.y.isFinite ? "\($0.x) \(height($0.y))\n" : "\n" }.joined()
        + "EOD\n"
    }
    let shape = hasSteps ? "histeps" : hasDots ? "linespoints pointtype 7 pointsize 1" : "lines"
    let plots = drawn.map { number, curve in
      "$curve\(number) with "
        + (curve.isGuide
          ? "lines linetype 1 linewidth 2 dashtype \(2 + number % 3) linecolor rgb '#666666' "
          : "\(shape) linetype \(number + 1) ")
        + (curve.title.isEmpty
          ? "notitle" : "title \(Gnuplot.quoted(Gnuplot.shortened(curve.title, to: isUnitSquare ? 24 : 40)))")
    }
    let nothing =
      "set label 'no finite values' at graph 0.5,0.5 center; set xrange [0:1]; set yrange [0:1]; plot NaN notitle"
    return """
      \(Gnuplot.lineTypes)
      set title \(Gnuplot.quoted(Gnuplot.shortened(title, to: 76)))
      set xlabel \(Gnuplot.quoted(xLabel))
      set ylabel \(Gnuplot.quoted(yLabel))
      \(isUnitSquare ? unitSquare : "set key outside top center horizontal")
      \(hasWholeX ? wholeNumbers : hasSteps ? fewTicks : "")
      \(isNearOne ? stretchedTop : "")
      \(data.joined())\(plots.isEmpty ? nothing : "plot " + plots.joined(separator: ", "))

      """
  }

  /// Less than this is not told apart from nothing.
  private static let leastMissing = 1e-5

  private func height(_ y: Double) -> Double { isNearOne ? max(1 - y, Self.leastMissing) : y }

  /// What is missing to 1, downwards, with ticks that say the value itself.
  private var stretchedTop: String {
    let missing = curves.flatMap(\.points).map { height($0.y) }.filter(\.isFinite)
    guard let least = missing.min(), let most = missing.max() else { return "" }
    // Over many decades there is no room for letters between them.
    let parts = most / least < 1000 ? [5, 2, 1] : [1]
    let ticks =
      ["'0' 1"]
      + (1...5).flatMap { digits in
        parts.map { part in
          "'\(rounded(1 - Double(part) * pow(10, -Double(digits)), digits))' \(part)e-\(digits)"
        }
      }
    return "set logscale y; set yrange [\(most * 1.2):\(least / 1.2)]; "
      + "set ytics (\(ticks.joined(separator: ", ")))"
  }

  /// With room for the key beside it: within, it would lie over curves.
  private var unitSquare: String {
    let hasKey = curves.contains { !$0.title.isEmpty }
    return "set xrange [0:1]; set yrange [0:1]; set size square"
      + (hasKey
        ? "; set lmargin at screen 0.15; set rmargin at screen 0.64"
          + "; set key at screen 0.99, 0.85 right samplen 1.5"
        : "")
  }

  /// At most five along x, at round numbers: those of large numbers and losses are wide.
  private var fewTicks: String {
    let positions = curves.flatMap(\.points).map(\.x).filter(\.isFinite)
    guard let first = positions.min(), let last = positions.max(), last > first else { return "" }
    let power = pow(10, floor(log10((last - first) / 4)))
    let step = [1, 2, 5].map { $0 * power }.first { $0 * 4 >= last - first } ?? 10 * power
    return "set xtics \(step)"
  }

  /// Half a number beside the outermost, so that a single one has a range too, and ticks at whole ones.
  private var wholeNumbers: String {
    let positions = curves.flatMap(\.points).map(\.x).filter(\.isFinite)
    guard let first = positions.min(), let last = positions.max() else { return "" }
    let step = max(1, ((last - first) / 10).rounded(.up))
    return "set xrange [\(first - 0.5):\(last + 0.5)]; set xtics \(first), \(step)"
  }
}

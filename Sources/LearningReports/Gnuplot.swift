import FileFormats
import Foundation
import LensCore

/// A figure of curves, drawn by the program gnuplot.
public struct CurveFigure {
  public struct Curve {
    public let title: String
    public let points: [(x: Double, y: Double)]
    /// Dashed and grey: a line to compare with.
    public var isGuide = false

    public init(_ title: String, _ points: [(x: Double, y: Double)], isGuide: Bool = false) {
      (self.title, self.points, self.isGuide) = (title, points, isGuide)
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var curves: [Curve]
  /// Curves as steps: histograms.
  public var hasSteps = false
  /// A dot at every point, for curves of few: a single point has no line, nor has one between gaps.
  public var hasDots = false
  /// Positions along x are whole numbers, which may be one alone.
  public var hasWholeX = false
  /// Both axes from 0 to 1.
  public var isUnitSquare = false
  /// The vertical axis, of values up to 1, is stretched towards 1: what is missing to it is on a logarithmic scale.
  public var isNearOne = false

  public init(_ title: String, x: String, y: String, _ curves: [Curve]) {
    (self.title, xLabel, yLabel, self.curves) = (title, x, y, curves)
  }

  /// Draws to an SVG file.
  ///
  /// - Throws: `FileError` if gnuplot is not there or fails, or the file cannot be written.
  public func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private var script: String {
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

/// Counts in a square, drawn by the program gnuplot: how often each class was taken for each.
public struct MatrixFigure {
  public var title: String
  public var counts: [[Int]]
  public var names: [String]

  public init(title: String, counts: [[Int]], names: [String]) {
    (self.title, self.counts, self.names) = (title, counts, names)
  }

  /// Draws to an SVG file; see `CurveFigure.write`.
  public func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private var script: String {
    let parts = counts.map { row in
      row.map { Double($0) / Double(max(1, row.reduce(0, +))) }
    }
    let labels = counts.enumerated().flatMap { y, row in
      row.enumerated().map { x, count in
        "set label \"\(count)\" at \(x),\(y) center front textcolor "
          + "rgb '\(parts[y][x] > 0.5 ? "white" : "black")'"
      }
    }
    let ticks = names.enumerated().map {
      "\(Gnuplot.quoted(Gnuplot.shortened($0.element, to: 14))) \($0.offset)"
    }.joined(
      separator: ", ")
    let edge = Double(names.count) - 0.5
    return """
      set title \(Gnuplot.quoted(Gnuplot.shortened(title, to: 76)))
      set xlabel "class that the network saw"
      set ylabel "true class"
      set size square
      set xrange [-0.5:\(edge)]; set yrange [\(edge):-0.5]; set cbrange [0:1]
      set xtics (\(ticks)); set ytics (\(ticks))
      set palette defined (0 'white', 1 'navy')
      set cblabel "part of the true class"
      \(labels.joined(separator: "\n"))
      $parts << EOD
      \(parts.map { $0.map { "\($0)" }.joined(separator: " ") }.joined(separator: "\n"))
      EOD
      plot $parts matrix with image pixels notitle

      """
  }
}

package enum Gnuplot {
  /// Colours that people tell apart who see no red or no green (Okabe & Ito 2008, jfly.uni-koeln.de/color), without the
  /// yellow, which is too faint on white; those after the fourth also have dashes.
  package static let colors = ["0072b2", "d55e00", "009e73", "cc79a7", "000000", "e69f00", "56b4e9"]

  static let lineTypes =
    colors.enumerated().map { number, color in
      "set linetype \(number + 1) linecolor rgb '#\(color)' linewidth 2 dashtype \(number < 4 ? 1 : number - 2)"
    }.joined(separator: "\n") + "\nset linetype cycle \(colors.count)"

  /// A text that its place in a picture has room for.
  static func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? text.prefix(length - 2) + ".." : text
  }

  /// Text that gnuplot takes as it is.
  static func quoted(_ text: String) -> String {
    let safe = text.filter { !$0.isNewline }.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(safe)\""
  }

  /// - Throws: `FileError` if there is no gnuplot.
  static func check() throws { _ = try run(["--version"], for: "gnuplot") }

  static func draw(_ script: String, to path: String) throws {
    // Letters of 16 pixels are 9 high where a telephone shows the picture 370 wide.
    // Not `dynamic`, which leaves out width and height: a browser may then give the picture no size at all.
    let header = "set terminal svg size 640,480 fixed font 'Arial,16' noenhanced background rgb 'white'\n"
    let file = "\(path).gnuplot"
    try writeFileAtomically(Array((header + script).utf8), to: file)
    defer { try? removeFile(file) }
    let picture = try run([file], for: path)
    guard !picture.isEmpty else { throw FileError(path: path, reason: "gnuplot drew nothing") }
    try writeFileAtomically(Array(picture), to: path)
  }

  /// What gnuplot prints.
  ///
  /// - Parameter path: What an error names.
  private static func run(_ arguments: [String], for path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gnuplot"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    do { try process.run() } catch {
      throw FileError(path: path, reason: "gnuplot cannot be started: \(error)")
    }
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let hint = process.terminationStatus == 127 ? "install the package gnuplot-nox" : message
      throw FileError(path: path, reason: "gnuplot failed: \(hint)")
    }
    return printed
  }
}

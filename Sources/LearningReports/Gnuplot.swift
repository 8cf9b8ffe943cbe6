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
  /// Both axes from 0 to 1.
  public var isUnitSquare = false
  public var isLogarithmic = false

  public init(_ title: String, x: String, y: String, _ curves: [Curve]) {
    (self.title, xLabel, yLabel, self.curves) = (title, x, y, curves)
  }

  /// Draws to an SVG file.
  ///
  /// - Throws: `FileError` if gnuplot is not there or fails, or the file cannot be written.
  public func write(to path: String) throws { try Gnuplot.draw(script, to: path) }

  private var script: String {
    let drawn = curves.enumerated().filter { !$0.element.points.isEmpty }
    let data = drawn.map { number, curve in
      "$curve\(number) << EOD\n" + curve.points.map { "\($0.x) \($0.y)\n" }.joined() + "EOD\n"
    }
    let plots = drawn.map { number, curve in
      "$curve\(number) with \(hasSteps ? "histeps" : "lines") "
        + (curve.isGuide ? "dashtype 2 linecolor 'gray' " : "linewidth 2 ")
        + (curve.title.isEmpty ? "notitle" : "title \(Gnuplot.quoted(curve.title))")
    }
    return """
      set title \(Gnuplot.quoted(title))
      set xlabel \(Gnuplot.quoted(xLabel))
      set ylabel \(Gnuplot.quoted(yLabel))
      set key \(isUnitSquare ? "bottom right" : "top right")
      \(isUnitSquare ? "set xrange [0:1]; set yrange [0:1]; set size square" : "")
      \(isLogarithmic ? "set logscale y" : "")
      \(data.joined())plot \(plots.joined(separator: ", "))

      """
  }
}

/// Counts in a square, drawn by the program gnuplot: how often each class was taken for each.
public struct MatrixFigure {
  public var title: String
  public var counts: [[Int]]
  public var names: [String]

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
    let ticks = names.enumerated().map { "\(Gnuplot.quoted($0.element)) \($0.offset)" }.joined(
      separator: ", ")
    let edge = Double(names.count) - 0.5
    return """
      set title \(Gnuplot.quoted(title))
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

enum Gnuplot {
  /// Text that gnuplot takes as it is.
  static func quoted(_ text: String) -> String {
    let safe = text.filter { !$0.isNewline }.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(safe)\""
  }

  /// - Throws: `FileError` if there is no gnuplot.
  static func check() throws { _ = try run(["--version"], for: "gnuplot") }

  static func draw(_ script: String, to path: String) throws {
    let header = "set terminal svg size 640,480 dynamic noenhanced background rgb 'white'\n"
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

/// Counts in a square: how often each class was taken for each.
package struct MatrixFigure: Figure {
  package var title: String
  package var counts: [[Int]]
  package var names: [String]

  package init(title: String, counts: [[Int]], names: [String]) {
    (self.title, self.counts, self.names) = (title, counts, names)
  }

  package var script: String {
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

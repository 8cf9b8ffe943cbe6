import FileFormats

/// A chart: what it shows is told by a script, in the language of gnuplot.
package protocol Figure {
  var script: String { get }
  /// Pixels.
  var size: (width: Int, height: Int) { get }
  /// Pixels.
  var letterSize: Int { get }
}

extension Figure {
  package var size: (width: Int, height: Int) { (640, 480) }
  /// They are 9 pixels high where a telephone shows the picture 370 wide.
  package var letterSize: Int { 16 }

  /// Draws to an SVG file.
  ///
  /// - Throws: `FileError` if gnuplot is not there or fails, or the file cannot be written.
  package func write(to path: String) throws {
    for picture in try Gnuplot.draw([self]) { try writeFileAtomically(picture, to: path) }
  }
}

extension Canvas {
  /// A letter larger than this is larger than any canvas; the limit keeps products of sizes from overflowing.
  private static let largestScale = 4096

  /// Writes one line of text with its top left corner at (x, y).
  ///
  /// Printable ASCII has letters of 5 by 7 dots; any other character is a hollow box.
  ///
  /// - Parameter scale: Pixels per dot; less than 1 counts as 1.
  public mutating func drawText(_ text: String, x: Int, y: Int, color: RGB, scale: Int = 1) {
    let dot = Self.validScale(scale)
    var left = x
    for character in text {
      // Nothing to the right can be seen either, and stopping here keeps `left` from overflowing.
      guard left < width, y < height else { return }
      drawGlyph(of: character, x: left, y: y, color: color, dot: dot)
      left += GlyphTable.advance * dot
    }
  }

  /// Width in pixels of a line of text, without the gap after its last letter.
  public static func textWidth(_ text: String, scale: Int = 1) -> Int {
    text.isEmpty ? 0 : (text.count * GlyphTable.advance - 1) * validScale(scale)
  }

  /// Height in pixels of a line of text, from the top of the capitals to the end of the descenders.
  public static func textHeight(scale: Int = 1) -> Int {
    (GlyphTable.rows + GlyphTable.descent) * validScale(scale)
  }

  /// Height in pixels of a capital letter or a digit, to centre a label on a tick.
  static func capitalHeight(scale: Int) -> Int { GlyphTable.rows * validScale(scale) }

  private static func validScale(_ scale: Int) -> Int { min(max(1, scale), largestScale) }

  private mutating func drawGlyph(of character: Character, x: Int, y: Int, color: RGB, dot: Int) {
    let glyph = GlyphTable.glyph(for: character)
    let top = y + GlyphTable.drop(of: character) * dot
    for row in 0..<GlyphTable.rows {
      for column in 0..<GlyphTable.columns where glyph.hasInk(column: column, row: row) {
        fill(x: x + column * dot, y: top + row * dot, width: dot, height: dot, color: color)
      }
    }
  }
}

extension Canvas {
  /// Writes lines of text below each other.
  mutating func drawLines(_ lines: [String], x: Int, y: Int, color: RGB, scale: Int) {
    for (number, line) in lines.enumerated() {
      drawText(line, x: x, y: y + number * Self.textHeight(scale: scale), color: color, scale: scale)
    }
  }
}

/// A text in lines no wider than a width, broken at spaces, and within words that are longer than a line. Nothing is left out, but
/// where not even a letter has room.
package func wrapped(_ text: String, toWidth width: Int, scale: Int) -> [String] {
  let room = (width / max(1, scale) + 1) / GlyphTable.advance
  guard room > 0 else { return [""] }
  var lines: [Substring] = []
  for word in text.split(separator: " ") {
    var rest = word
    if let last = lines.last, last.count + 1 + rest.count <= room {
      lines[lines.count - 1] = "\(last) \(rest)"
      continue
    }
    while !rest.isEmpty {
      lines.append(rest.prefix(room))
      rest = rest.dropFirst(room)
    }
  }
  return lines.isEmpty ? [""] : lines.map(String.init)
}

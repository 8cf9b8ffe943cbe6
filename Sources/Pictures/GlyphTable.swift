/// A fixed-width letter set: cells of 5 by 7 dots for the printable ASCII characters, drawn for this project.
///
/// Nothing has to be installed or licensed for a figure, and the same text gives the same pixels everywhere.
package enum GlyphTable {
  /// Dots across one letter.
  package static let columns = 5
  /// Dots down one letter, descender not counted.
  package static let rows = 7
  /// Dots from one letter's left edge to the next one's.
  package static let advance = columns + 1
  /// Dots by which the tails of g, p, q and y reach below the line of writing.
  package static let descent = 2

  /// The dots of one character; a hollow box for a character the table does not hold.
  package static func glyph(for character: Character) -> Glyph {
    guard let code = character.asciiValue, code >= firstCode, Int(code - firstCode) < glyphs.count - 1 else {
      return hollowBox
    }
    return glyphs[Int(code - firstCode)]
  }

  /// Dots by which a letter is lowered: the table's seven rows hold a tail only when the letter starts lower.
  package static func drop(of character: Character) -> Int {
    switch character {
    case "g", "p", "q", "y": descent
    case "j", ",", ";": 1
    default: 0
    }
  }

  private static let firstCode: UInt8 = 32
  private static let lettersPerBand = 16

  /// The slot after "~" holds the box, so the bands are full and the box is drawn where it can be seen.
  private static var hollowBox: Glyph { glyphs[glyphs.count - 1] }

  /// The letters of `drawing`, decoded once.
  private static let glyphs: [Glyph] = {
    let lines = drawing.split(separator: "\n").map { Array($0.utf8) }
    return stride(from: 0, to: lines.count, by: rows).flatMap { band in
      (0..<lettersPerBand).map { letter in Glyph(lines: lines[band..<band + rows], column: letter * advance) }
    }
  }()

  /// The letters in the order of their codes, sixteen to a band: "#" is ink, "." is paper.
  private static let drawing = """
    ..... ..#.. .#.#. .#.#. ..#.. ##..# .##.. ..#.. ...#. .#... ..... ..... ..... ..... ..... ....#
    ..... ..#.. .#.#. .#.#. .#### ##..# #..#. ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... ..... ....#
    ..... ..#.. .#.#. ##### #.#.. ...#. #.#.. ..#.. .#... ...#. #.#.# ..#.. ..... ..... ..... ...#.
    ..... ..#.. ..... .#.#. .###. ..#.. .#... ..... .#... ...#. .###. ##### ..... .###. ..... ..#..
    ..... ..#.. ..... ##### ..#.# .#... #.#.# ..... .#... ...#. #.#.# ..#.. .##.. ..... ..... .#...
    ..... ..... ..... .#.#. ####. #..## #..#. ..... ..#.. ..#.. ..#.. ..#.. ..#.. ..... .##.. #....
    ..... ..#.. ..... .#.#. ..#.. #..## .##.# ..... ...#. .#... ..... ..... .#... ..... .##.. #....

    .###. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... ..... ...#. ..... .#... .###.
    #...# .##.. #...# #...# ..##. #.... .#... ....# #...# #...# .##.. .##.. ..#.. ..... ..#.. #...#
    #..## #.#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# .##.. .##.. .#... ##### ...#. ....#
    #.#.# ..#.. ..##. ..##. #..#. ....# ####. ..#.. .###. .#### ..... ..... #.... ..... ....# ...#.
    ##..# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....# .##.. .##.. .#... ##### ...#. ..#..
    #...# ..#.. #.... #...# ...#. #...# #...# .#... #...# ...#. .##.. ..#.. ..#.. ..... ..#.. .....
    .###. ##### ##### .###. ...#. .###. .###. .#... .###. .##.. ..... .#... ...#. ..... .#... ..#..

    .###. ..#.. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...# #...# .###.
    #...# .#.#. #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.## ##..# #...#
    #.### #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.# ##..# #...#
    #.#.# #...# ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.# #.#.# #...#
    #.### ##### #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...# #..## #...#
    #.... #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...# #..## #...#
    .#### #...# ####. .###. ####. ##### #.... .###. #...# .###. .##.. #...# ##### #...# #...# .###.

    ####. .###. ####. .#### ##### #...# #...# #...# #...# #...# ##### .###. #.... .###. ..#.. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....# .#... #.... ...#. .#.#. .....
    #...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. .#... .#... ...#. #...# .....
    ####. #...# ####. .###. ..#.. #...# .#.#. #.#.# ..#.. ..#.. ..#.. .#... ..#.. ...#. ..... .....
    #.... #.#.# #.#.. ....# ..#.. #...# .#.#. #.#.# .#.#. ..#.. .#... .#... ...#. ...#. ..... .....
    #.... #..#. #..#. ....# ..#.. #...# ..#.. ##.## #...# ..#.. #.... .#... ....# ...#. ..... .....
    #.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. ....# .###. ..... #####

    .#... ..... #.... ..... ....# ..... ..##. .#### #.... ..#.. ...#. #.... .##.. ..... ..... .....
    ..#.. ..... #.... ..... ....# ..... .#..# #...# #.... ..... ..... #.... ..#.. ..... ..... .....
    ..... .###. ####. .#### .#### .###. .#... #...# #.##. .##.. ..##. #..#. ..#.. ##.#. #.##. .###.
    ..... ....# #...# #.... #...# #...# ####. #...# ##..# ..#.. ...#. #.#.. ..#.. #.#.# ##..# #...#
    ..... .#### #...# #.... #...# ##### .#... .#### #...# ..#.. ...#. ##... ..#.. #.#.# #...# #...#
    ..... #...# #...# #.... #...# #.... .#... ....# #...# ..#.. #..#. #.#.. ..#.. #.#.# #...# #...#
    ..... .#### ####. .#### .#### .#### .#... .###. #...# .###. .##.. #..#. .###. #.#.# #...# .###.

    ####. .#### ..... ..... .#... ..... ..... ..... ..... #...# ..... ...## ..#.. ##... ..... #####
    #...# #...# ..... ..... .#... ..... ..... ..... ..... #...# ..... ..#.. ..#.. ..#.. ..... #...#
    #...# #...# #.##. .#### ####. #...# #...# #...# #...# #...# ##### ..#.. ..#.. ..#.. .#... #...#
    #...# #...# ##..# #.... .#... #...# #...# #...# .#.#. #...# ...#. .#... ..#.. ...#. #.#.# #...#
    ####. .#### #.... .###. .#... #...# #...# #.#.# ..#.. .#### ..#.. ..#.. ..#.. ..#.. ...#. #...#
    #.... ....# #.... ....# .#..# #..## .#.#. #.#.# .#.#. ....# .#... ..#.. ..#.. ..#.. ..... #...#
    #.... ....# #.... ####. ..##. .##.# ..#.. .#.#. #...# .###. ##### ...## ..#.. ##... ..... #####
    """
}

/// The dots of one letter; bit 0 of a row is its leftmost dot, and row 0 is the top.
package struct Glyph: Equatable, Sendable {
  package let rowBits: [UInt8]

  init(lines: ArraySlice<[UInt8]>, column: Int) {
    rowBits = lines.map { line in
      (0..<GlyphTable.columns).reduce(0) { bits, dot in
        line[column + dot] == UInt8(ascii: "#") ? bits | 1 << UInt8(dot) : bits
      }
    }
  }

  package func hasInk(column: Int, row: Int) -> Bool { rowBits[row] >> UInt8(column) & 1 == 1 }
}

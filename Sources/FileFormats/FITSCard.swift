import CCFITSIO
import LensCore

/// One line of a FITS header: a key, its value and a comment.
package struct FITSCard: Equatable, Sendable {
  /// What a card can hold.
  package enum Value: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case real(Double)
    case flag(Bool)
  }

  /// Up to eight capital letters, digits, `-` and `_`; longer keys become HIERARCH cards.
  package let key: String
  /// Reals must be finite, text printable ASCII; long text continues on further cards.
  package let value: Value
  /// Cut where the line is full.
  package let comment: String

  /// Makes a card; it is checked when it is written.
  package init(_ key: String, _ value: Value, _ comment: String) {
    (self.key, self.value, self.comment) = (key, value, comment)
  }
}

extension FITSFile {
  /// Appends cards to the current header.
  ///
  /// - Throws: `FileError` for a number that is not finite, and for text that is not printable ASCII.
  func write(_ cards: [FITSCard], path: String) throws {
    for card in cards { try write(card, path: path) }
  }

  private func write(_ card: FITSCard, path: String) throws {
    let (key, comment) = (card.key, card.comment)
    try requireASCII(path, "the key", key)
    try requireASCII(path, "the comment of \(key)", comment)
    let attempt = "write the header card \(key)"
    switch card.value {
    case .text(let text):
      try requireASCII(path, "the value of \(key)", text)
      try call(attempt) { ffpkls($0, key, text, comment, &$1) }
    case .integer(let number):
      try call(attempt) { ffpkyj($0, key, LONGLONG(number), comment, &$1) }
    case .flag(let flag):
      try call(attempt) { ffpkyl($0, key, flag ? 1 : 0, comment, &$1) }
    case .real(let number):
      guard number.isFinite else {
        throw FileError(path: path, reason: "\(key) is \(number), but FITS headers hold finite numbers only")
      }
      // CFITSIO's own formats round; Swift's description is the shortest that reads back the same.
      var text = Array("\(number)".uppercased().utf8CString)
      var line = [CChar](repeating: 0, count: Int(FLEN_CARD))
      try call(attempt) {
        ffmkky(key, &text, comment, &line, &$1)
        ffprec($0, line, &$1)
      }
    }
  }
}

/// Refuses text that CFITSIO would silently change.
func requireASCII(_ path: String, _ what: String, _ text: String) throws {
  guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
    throw FileError(path: path, reason: "\(what) is '\(text)', but FITS text is printable ASCII only")
  }
}

/// Puts a number into a mandatory header card, whose place and format the standard fixes.
///
/// - Parameter card: The card's number within the header.
/// - Returns: The 20 bytes of the number, and where they belong in the file.
///
/// Reference: FITS standard 4.0, sections 4.2.3 and 4.4.1.
func fixedFormat(_ number: Int, card: Int, headerOffset: Int) -> (bytes: [UInt8], position: Int) {
  let digits = Array(String(number).utf8)
  return (
    Array(repeating: 0x20, count: 20 - digits.count) + digits, headerOffset + card * FITSFile.cardSize + 10
  )
}

import LensCore

/// The numbers of an NPY file: their kind, size and byte order.
///
/// Every real number of NumPy's that has at most 8 bytes is read; this program writes `float32` and `float64`.
package struct NpyElementType: Equatable, Sendable {
  /// NumPy's letters.
  package enum Kind: Character, Sendable {
    case flag = "b"
    case integer = "i"
    case natural = "u"
    case real = "f"
  }

  package let kind: Kind
  /// Bytes per number.
  package let size: Int
  package let isBigEndian: Bool

  /// Single precision, little-endian.
  package static let float32 = NpyElementType(kind: .real, size: 4, isBigEndian: false)
  /// Double precision, little-endian.
  package static let float64 = NpyElementType(kind: .real, size: 8, isBigEndian: false)

  private init(kind: Kind, size: Int, isBigEndian: Bool) {
    (self.kind, self.size, self.isBigEndian) = (kind, size, isBigEndian)
  }

  /// - Parameter name: As NumPy spells it, for instance `<f4`, `>i2` or `|b1`.
  /// - Returns: nil for what is not read; `refusal` says why.
  package init?(name: String) {
    let letters = Array(name)
    guard letters.count == 3, let kind = Kind(rawValue: letters[1]), let size = letters[2].wholeNumberValue
    else { return nil }
    let sizes = [Kind.flag: [1], .integer: [1, 2, 4, 8], .natural: [1, 2, 4, 8], .real: [2, 4, 8]]
    // Only a single byte needs no order.
    guard sizes[kind]?.contains(size) == true, (size == 1 ? "|<>" : "<>").contains(letters[0]) else {
      return nil
    }
    self.init(kind: kind, size: size, isBigEndian: letters[0] == ">")
  }

  /// As NumPy spells it.
  package var name: String { "\(size == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(size)" }

  /// What a type is that is not read, and what to do about it.
  static func refusal(of name: String) -> String {
    let kept = "bool, int8 to int64, uint8 to uint64, float16, float32 or float64, in either byte order"
    return switch name.first(where: \.isLetter) {
    case "O": "Python objects ('\(name)'), must hold numbers (\(kept)); save the numbers themselves"
    case "c": "complex numbers ('\(name)'), must hold real ones (\(kept)); save array.real or abs(array)"
    case "f", "g": "numbers of type '\(name)', must be \(kept); save array.astype('f8')"
    case "S", "U", "a": "text ('\(name)'), must hold numbers (\(kept)); save array.astype('f8')"
    case "M", "m": "times ('\(name)'), must hold numbers (\(kept))"
    default: "numbers of type '\(name)', must be \(kept)"
    }
  }

  // MARK: Reading

  /// The numbers in some bytes; what does not fill the last one is left out. Whole numbers past 2^53 are rounded.
  package func doubles(_ bytes: ArraySlice<UInt8>) -> [Double] { numbers(bytes) }

  /// The numbers in some bytes, each the nearest of single precision.
  ///
  /// - Throws: `FileError` for a finite number beyond single precision.
  package func floats(_ bytes: ArraySlice<UInt8>, path: String) throws -> [Float] {
    kind == .real && size == 8
      ? try singlePrecision(doubles(bytes), path: path) : numbers(bytes)
  }

  private func numbers<Number: BinaryFloatingPoint>(_ bytes: ArraySlice<UInt8>) -> [Number] {
    switch (kind, size) {
    case (.real, 2): words(bytes) { (word: UInt16) in Number(Float16(bitPattern: word)) }
    case (.real, 4): words(bytes) { (word: UInt32) in Number(Float(bitPattern: word)) }
    case (.real, _): words(bytes) { (word: UInt64) in Number(Double(bitPattern: word)) }
    case (.flag, _): words(bytes) { (word: UInt8) in word == 0 ? 0 : 1 }
    case (.natural, 1): words(bytes) { (word: UInt8) in Number(word) }
    case (.natural, 2): words(bytes) { (word: UInt16) in Number(word) }
    case (.natural, 4): words(bytes) { (word: UInt32) in Number(word) }
    case (.natural, _): words(bytes) { (word: UInt64) in Number(word) }
    case (.integer, 1): words(bytes) { (word: Int8) in Number(word) }
    case (.integer, 2): words(bytes) { (word: Int16) in Number(word) }
    case (.integer, 4): words(bytes) { (word: Int32) in Number(word) }
    case (.integer, _): words(bytes) { (word: Int64) in Number(word) }
    }
  }

  private func words<Word: FixedWidthInteger, Number>(
    _ bytes: ArraySlice<UInt8>, _ number: (Word) -> Number
  ) -> [Number] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / size)).map {
        let word = buffer.loadUnaligned(fromByteOffset: size * $0, as: Word.self)
        return number(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
      }
    }
  }
}

/// Numbers as pixels hold them, the nearest of single precision.
///
/// - Throws: `FileError` for a finite number that would become infinite.
package func singlePrecision(_ values: [Double], path: String) throws -> [Float] {
  try values.map { value in
    let pixel = Float(value)
    guard pixel.isFinite || !value.isFinite else {
      throw FileError(
        path: path, reason: "\(value) is beyond single precision, in which pixels are kept (3.4e38)")
    }
    return pixel
  }
}

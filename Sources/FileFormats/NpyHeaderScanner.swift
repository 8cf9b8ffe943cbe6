import LensCore

/// Reads the one Python literal that an NPY header is allowed to be: a dictionary with three known keys.
struct NpyHeaderScanner {
  private var bytes: ArraySlice<UInt8>
  private let path: String

  init(bytes: ArraySlice<UInt8>, path: String) {
    (self.bytes, self.path) = (bytes, path)
  }

  mutating func fields() throws -> (shape: [Int], elementType: NpyElementType, isFortranOrder: Bool) {
    var (shape, elementType, order): ([Int]?, NpyElementType?, Bool?)
    try expect("{")
    while !accept("}") {
      let key = try quoted()
      try expect(":")
      switch key {
      case "descr" where elementType == nil: elementType = try type()
      case "fortran_order" where order == nil: order = try flag()
      case "shape" where shape == nil: shape = try tuple()
      default: throw malformed("the key '\(key)' is unknown or given twice")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard bytes.isEmpty else { throw malformed("text follows the closing brace") }
    guard let shape, let elementType, let order else {
      throw malformed("descr, fortran_order and shape must all be given")
    }
    return (shape, elementType, order)
  }

  // MARK: Values

  private mutating func type() throws -> NpyElementType {
    skipSpaces()
    guard let first = bytes.first, first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") else {
      throw unsupported("records; save each of their fields as an array of its own")
    }
    let name = try quoted()
    if let type = NpyElementType(name: name) { return type }
    throw unsupported(NpyElementType.refusal(of: name))
  }

  private mutating func flag() throws -> Bool {
    if accept("True") { return true }
    try expect("False")
    return false
  }

  private mutating func tuple() throws -> [Int] {
    var lengths: [Int] = []
    try expect("(")
    while !accept(")") {
      lengths.append(try length())
      // A single number in parentheses is no tuple in Python: its comma is required.
      let hasComma = accept(",")
      if !hasComma {
        if lengths.count == 1 { throw malformed("the shape is no tuple") }
        try expect(")")
        break
      }
    }
    return lengths
  }

  private mutating func length() throws -> Int {
    skipSpaces()
    if bytes.first == UInt8(ascii: "-") { throw malformed("the shape holds a negative length") }
    let digits = String(decoding: bytes.prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
    guard !digits.isEmpty else { throw malformed("the shape holds something else than whole numbers") }
    guard let length = Int(digits) else { throw malformed("the length \(digits) is too large") }
    bytes.removeFirst(digits.utf8.count)
    return length
  }

  private mutating func quoted() throws -> String {
    skipSpaces()
    guard let quote = bytes.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = bytes.dropFirst().firstIndex(of: quote)
    else { throw malformed("a quoted word was expected") }
    let word = String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
    bytes = bytes[(end + 1)...]
    return word
  }

  // MARK: Symbols

  private mutating func skipSpaces() {
    bytes = bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }

  private mutating func accept(_ symbol: String) -> Bool {
    skipSpaces()
    guard bytes.starts(with: symbol.utf8) else { return false }
    bytes.removeFirst(symbol.utf8.count)
    return true
  }

  private mutating func expect(_ symbol: String) throws {
    if !accept(symbol) { throw malformed("'\(symbol)' was expected") }
  }

  private func malformed(_ reason: String) -> FileError {
    FileError(path: path, reason: "the NPY header is malformed: \(reason); write it again with numpy.save")
  }

  private func unsupported(_ what: String) -> FileError {
    FileError(path: path, reason: "the NPY file holds \(what)")
  }
}

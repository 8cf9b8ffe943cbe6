import FileFormats

/// What can lie on the stack of a `PickleMachine`.
indirect enum PickleValue {
  /// Where a tuple or a list begins.
  case mark
  case none
  case flag(Bool)
  case number(Double)
  case integer(Int)
  case text(String)
  case bytes(ArraySlice<UInt8>)
  case tuple([PickleValue])
  case list([PickleValue])
  case function(PickleFunction)
  case type(PickleType)
  case array(PickleArray)

  var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }
}

/// The functions that NumPy's pickles name.
enum PickleFunction {
  /// Makes an empty array, which is filled afterwards.
  case reconstruct
  case arrayClass
  case typeClass
  /// A number of a NumPy type.
  case scalar
  /// `_codecs.encode`: bytes in protocols without them.
  case encode

  init?(module: String, name: String) {
    switch (module, name) {
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
      self = .reconstruct
    case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .scalar
    case ("numpy", "ndarray"): self = .arrayClass
    case ("numpy", "dtype"): self = .typeClass
    case ("_codecs", "encode"): self = .encode
    default: return nil
    }
  }
}

/// A NumPy type: numbers of some size, or objects.
struct PickleType: Equatable {
  /// f4, f8, i4, i8 or O8.
  let name: String
  /// Bytes from the least to the most significant.
  var isLittleEndian = true

  var size: Int { name.hasSuffix("4") ? 4 : 8 }

  /// The numbers in some bytes; nil for types that are not read.
  func numbers(_ bytes: ArraySlice<UInt8>) -> [Double]? {
    guard isLittleEndian, bytes.count % size == 0 else { return nil }
    if let floats = NpyElementType(rawValue: "<\(name)") { return floats.numbers(bytes) }
    switch name {
    case "i4": return integers(bytes, Int32.self)
    case "i8": return integers(bytes, Int64.self)
    default: return nil
    }
  }

  private func integers<Word: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, _ word: Word.Type) -> [Double] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / size)).map {
        Double(Word(littleEndian: buffer.loadUnaligned(fromByteOffset: size * $0, as: word)))
      }
    }
  }
}

/// An array on its way from a pickle.
struct PickleArray {
  enum Content {
    case nothing
    case numbers([Double])
    case list([PickleValue])
  }

  var shape: [Int] = []
  var content = Content.nothing
}

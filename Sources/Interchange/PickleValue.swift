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

/// A NumPy type: numbers, or objects. A class, because a pickle may recall it from before it gave it its order.
final class PickleType {
  /// Without the order of bytes, for instance `f8`, or `O8` for objects.
  let name: String
  var order = "|"

  init(name: String) { self.name = name }

  var isObject: Bool { name == "O8" }

  /// nil for types that are not read.
  var numbers: NpyElementType? { NpyElementType(name: order + name) }
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

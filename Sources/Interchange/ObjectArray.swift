import FileFormats
import LensCore

/// What numpy.save writes for `numpy.array([image, mass], dtype=object)`: read, never executed.
///
/// A pickle is a program. Of its language only what NumPy itself writes for arrays of floats and for numbers is understood
/// (pickle protocols 2 to 4: PEP 307 and PEP 3154); everything else is refused before anything is done with it.
struct ObjectArray {
  enum Element: Equatable {
    case array(shape: [Int], values: [Double])
    case number(Double)

    /// The number that it is, or that an array of one holds.
    var single: Double? {
      switch self {
      case .number(let number): number
      case .array(_, let values): values.count == 1 ? values[0] : nil
      }
    }
  }

  let elements: [Element]

  /// - Returns: nil if the file is no array of objects.
  /// - Throws: `FileError` if it is one with anything else in it.
  init?(npy bytes: [UInt8], path: String) throws {
    guard let start = try NpyHeader.objectArrayStart(bytes, path: path) else { return nil }
    var machine = PickleMachine(bytes: bytes, position: start, path: path)
    let value = try machine.run()
    guard case .array(let array) = value, case .list(let items) = array.content else {
      throw FileError(path: path, reason: "the pickle holds no array of objects")
    }
    elements = try items.map { item in
      switch item {
      case .number(let number): return .number(number)
      case .integer(let number): return .number(Double(number))
      case .flag(let isTrue): return .number(isTrue ? 1 : 0)
      case .array(let array):
        guard case .numbers(let values) = array.content else {
          throw FileError(path: path, reason: "the object array holds something else than arrays of floats")
        }
        return .array(shape: array.shape, values: values)
      default:
        throw FileError(path: path, reason: "the object array holds something else than arrays and numbers")
      }
    }
    guard array.shape == [elements.count] else {
      throw FileError(
        path: path, reason: "the object array has \(elements.count) elements, its shape \(array.shape)")
    }
  }
}

import FileFormats
import Foundation
import LensCore

/// The folder of the package.
public let repositoryRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Values from independent codes: Tests/ReferenceTests/Data, described by the README there.
public enum ReferenceData {
  public static func path(_ name: String) -> String {
    repositoryRoot.appending(path: "Tests/ReferenceTests/Data/\(name)").path
  }

  /// The rows of a two-dimensional array.
  public static func rows(_ name: String) throws -> [[Double]] {
    let array = try readNpy(path(name))
    let length = array.shape[1]
    return (0..<array.shape[0]).map { Array(array.values[($0 * length)..<(($0 + 1) * length)]) }
  }

  /// The images of an array (layer, row, column), or of one (row, column).
  public static func images(_ name: String) throws -> [Image<Double>] {
    let array = try readNpy(path(name))
    let (height, width) = (array.shape[array.shape.count - 2], array.shape[array.shape.count - 1])
    return stride(from: 0, to: array.values.count, by: width * height).map {
      Image(width: width, height: height, pixels: Array(array.values[$0..<($0 + width * height)]))
    }
  }

  /// A JSON document as nested dictionaries and arrays.
  public static func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: path(name)))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }
}

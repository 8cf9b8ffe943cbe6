import Dataset
import FileFormats
import Foundation
import LensCore

/// A folder of one array per group: LABEL_SPLIT.npy of shape (count, bands, height, width), or with batches
/// (batches, batch, bands, height, width); LABEL_SPLIT.csv has the numbers.
final class ArrayFolderWriter: CollectionWriter {
  private let description: CollectionDescription
  private let images: [NpyWriter]
  private let tables: [CSVTableWriter]

  /// - Parameter batch: Images per batch of the five axes; nil for four.
  init(_ folder: String, _ description: CollectionDescription, batch: Int?) throws {
    self.description = description
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
    let size = description.imageShape
    images = try description.groups.map { group in
      var shape = [group.count] + size
      if let batch {
        guard batch > 0, group.count % batch == 0 else { throw Self.uneven(folder, group, batch) }
        shape = [group.count / batch, batch] + size
      }
      return try NpyWriter(
        creating: "\(folder)/\(group.name).npy", shape: shape, sliceAxes: batch == nil ? 1 : 2)
    }
    let columns = description.columns.map {
      TableColumn(name: $0.name, kind: .real, unit: $0.unit, description: $0.description)
    }
    tables =
      columns.isEmpty
      ? []
      : try description.groups.map {
        try CSVTableWriter(creating: "\(folder)/\($0.name).csv", columns: columns)
      }
  }

  func write(_ item: CollectionItem) throws {
    try images[item.group].write(item.pixels, at: item.row)
    if !tables.isEmpty {
      try tables[item.group].append([description.cells(item.numbers)])
    }
  }

  func finish() throws {
    for array in images {
      try array.synchronize()
      try array.close()
    }
    for table in tables { try table.close() }
  }

  private static func uneven(
    _ folder: String, _ group: ImageGroup, _ batch: Int
  ) -> FileError {
    let possible = (1...max(1, min(group.count, 4096))).filter { group.count % $0 == 0 }.suffix(6)
    return FileError(
      path: folder,
      reason:
        "\(group.count) images of \(group.name) do not make whole batches of \(batch); --batch may be, for instance, "
        + possible.map(String.init).joined(separator: ", "))
  }
}

/// Arrays of this program or of others: of three, four or five axes, the last two height and width.
struct NpyImages: ImageStack {
  static let ending = "npy"
  let count: Int
  let bandCount: Int
  let height: Int
  let width: Int
  private let reader: NpySliceReader
  private let perSlice: Int

  init(_ path: String) throws {
    reader = try NpySliceReader(path)
    guard let shape = ArrayShape(reader.shape) else {
      throw FileError(path: path, reason: "has the shape \(reader.shape), must be \(ArrayShape.words)")
    }
    (count, bandCount, height, width) = (shape.count, shape.bandCount, shape.height, shape.width)
    perSlice = shape.perSlice
  }

  func read(at index: Int) throws -> [Float] { try reader.read(at: index, of: perSlice) }

  static func table(of path: String) throws -> (any NumberTable)? {
    let base = path.dropLast(ending.count + 1)
    return try ["csv", "CSV"].map { "\(base).\($0)" }.first(where: fileExists).map(CSVNumbers.init)
  }
}

/// A table of numbers beside an array.
private struct CSVNumbers: NumberTable {
  let path: String
  private let reader: CSVTableReader

  init(_ path: String) throws { (self.path, reader) = (path, try CSVTableReader(path)) }

  var columns: [CollectionDescription.Column] {
    reader.heading.map { .init(name: $0, unit: "", description: "") }
  }

  func next() throws -> [Double]? { try reader.next()?.map { try number($0, path: path) } }
}

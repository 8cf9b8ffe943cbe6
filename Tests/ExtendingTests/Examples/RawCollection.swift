import FileFormats
import Foundation
import Interchange
import LensCore

/// A folder of one file of bare float32 numbers per class and split, LABEL_SPLIT.raw, beside the description.
final class RawCollectionWriter: CollectionWriter {
  private let files: [FileHandle]

  init(_ folder: String, _ description: CollectionDescription) throws {
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
    files = try description.groups.map { group in
      let path = "\(folder)/\(group.name).raw"
      try writeFileAtomically([], to: path)
      guard let file = FileHandle(forWritingAtPath: path) else {
        throw FileError(path: path, reason: "cannot be written")
      }
      return file
    }
  }

  /// Images of a group come in the order of their rows.
  func write(_ item: CollectionItem) throws {
    let bytes = item.pixels.flatMap { pixel in
      withUnsafeBytes(of: pixel.bitPattern.littleEndian) { Array($0) }
    }
    try files[item.group].write(contentsOf: Data(bytes))
  }

  func finish() throws { for file in files { try file.close() } }
}

struct RawCollectionReader: CollectionReader {
  let description: CollectionDescription
  private let folder: String

  init(_ folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(CollectionDescription.fileName)"
    var description = try CollectionDescription(json: try readFile(path), path: path)
    // Numbers are not kept.
    description.columns = []
    self.description = description
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let size = description.imageShape.reduce(MemoryLayout<Float>.size, *)
    for (number, group) in description.groups.enumerated() {
      let path = "\(folder)/\(group.name).raw"
      let bytes = try readFile(path)
      guard bytes.count == group.count * size else {
        throw FileError(path: path, reason: "has \(bytes.count) bytes, must have \(group.count * size)")
      }
      for row in 0..<group.count {
        let pixels = stride(from: row * size, to: (row + 1) * size, by: 4).map { place in
          Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * $1) })
        }
        try body(CollectionItem(group: number, row: row, pixels: pixels, numbers: []))
      }
    }
  }
}

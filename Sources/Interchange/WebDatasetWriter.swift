import Dataset
import FileFormats
import Foundation
import LensCore

/// A folder of tar shards: per image KEY.npy (height, width) or (bands, height, width), KEY.cls (number of the class) and KEY.json (class, split and numbers).
///
/// Images come in the order of the source, in which classes alternate where it is a dataset of `lensing generate`.
final class WebDatasetWriter: CollectionWriter {
  private let folder: String
  private let description: CollectionDescription
  private let labels: [String]
  private let imagesPerShard: Int
  /// Per split: the open shard, and how many images the split has so far.
  private var shards: [String: (archive: ArchiveWriter, count: Int)] = [:]

  init(_ folder: String, _ description: CollectionDescription, imagesPerShard: Int) throws {
    (self.folder, self.description, self.imagesPerShard) = (folder, description, imagesPerShard)
    labels = description.labels
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
  }

  func write(_ item: CollectionItem) throws {
    let group = description.groups[item.group]
    var (archive, count) = try shards[group.split] ?? (try open(group.split, 0), 0)
    if count > 0 && count % imagesPerShard == 0 {
      try archive.close()
      archive = try open(group.split, count / imagesPerShard)
    }
    let key = digits(count, 9)
    try archive.add("\(key).cls", Array("\(labels.firstIndex(of: group.label) ?? 0)".utf8))
    try archive.add("\(key).json", try json(item, group))
    try archive.add("\(key).npy", npyBytes(item.pixels, shape: description.webShape))
    shards[group.split] = (archive, count + 1)
  }

  func finish() throws { for shard in shards.values { try shard.archive.close() } }

  private func open(_ split: String, _ number: Int) throws -> ArchiveWriter {
    try ArchiveWriter("\(folder)/\(split)-\(digits(number, 6)).tar", .tar)
  }

  private func json(_ item: CollectionItem, _ group: ImageGroup) throws -> [UInt8] {
    var fields: [String: WebField] = [
      WebField.classKey: .text(group.label), WebField.splitKey: .text(group.split),
    ]
    for (column, number) in zip(description.columns, item.numbers) where number.isFinite {
      fields[column.name] = .number(number)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Array(try encoder.encode(fields))
  }
}

/// What stands behind a key of a sample's JSON.
enum WebField: Codable {
  case text(String)
  case number(Double)

  static let classKey = "class"
  static let splitKey = "split"

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    }
  }
}

extension CollectionDescription {
  /// Names of the classes in the order of their first appearance.
  var labels: [String] {
    groups.reduce(into: []) { labels, group in
      if !labels.contains(group.label) { labels.append(group.label) }
    }
  }
}

/// A number with zeros before it.
func digits(_ number: Int, _ count: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, count - text.count)) + text
}

extension CollectionDescription {
  /// Of an image's array: one band needs no axis.
  var webShape: [Int] { bandCount == 1 ? [height, width] : imageShape }
}

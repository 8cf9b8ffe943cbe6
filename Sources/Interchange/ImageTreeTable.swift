import Dataset
import FileFormats
import LensCore

/// The table of a tree's images: the file of each, SPLIT/LABEL/NAME, and its numbers.
struct ImageTreeTable {
  static let fileName = "samples.csv"
  static let fileColumn = "file"

  private let folder: String
  private let columns: [String]
  private var files: Set<String> = []
  /// Names SPLIT/LABEL in the order of their first appearance, and how many images each has.
  private var groups: [String] = []
  private var counts: [String: Int] = [:]

  /// - Throws: `FileError` if it is no such table, names a file twice, or does not name one that may be an image.
  init(_ folder: String) throws {
    self.folder = folder
    let table = try CSVTableReader("\(folder)/\(Self.fileName)")
    guard table.heading.first == Self.fileColumn else {
      throw FileError(
        path: "\(folder)/\(Self.fileName)",
        reason:
          "its first column is '\(table.heading.first ?? "")', must be 'file': SPLIT/CLASS/NAME of an image")
    }
    columns = Array(table.heading.dropFirst())
    while let line = try table.next() { try note(line[0]) }
    try requireAllNamed()
  }

  private mutating func note(_ file: String) throws {
    let path = "\(folder)/\(Self.fileName)"
    let group = try Self.groupName(file, path)
    guard files.insert(file).inserted else {
      throw FileError(path: path, reason: "the file '\(file)' is there twice")
    }
    if counts[group] == nil { groups.append(group) }
    counts[group, default: 0] += 1
  }

  /// The part SPLIT/LABEL of an image's name.
  static func groupName(_ file: String, _ path: String) throws -> String {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    // A name that leads out of the folder is none of its groups'.
    guard parts.count == 3, !parts.contains(".."), !parts.contains("."), !parts.contains("") else {
      throw FileError(path: path, reason: "the file '\(file)' is in no group: must be SPLIT/CLASS/NAME")
    }
    return "\(parts[0])/\(parts[1])"
  }

  private func requireAllNamed() throws {
    let advice = "the images that \(Self.fileName) names"
    let splits = Set(groups.map { String($0.prefix { $0 != "/" }) })
    try requireNothingLeft(in: folder, advice: advice) { $0 == Self.fileName || splits.contains($0) }
    for split in splits where isFolder("\(folder)/\(split)") {
      try requireNothingLeft(in: "\(folder)/\(split)", advice: advice) { counts["\(split)/\($0)"] != nil }
    }
    for group in groups where isFolder("\(folder)/\(group)") {
      try requireNothingLeft(in: "\(folder)/\(group)", advice: advice) { files.contains("\(group)/\($0)") }
    }
  }

  /// - Throws: `FileError` if the table is not that of a description.
  func validate(_ description: CollectionDescription) throws {
    let path = "\(folder)/\(Self.fileName)"
    guard columns == description.columns.map(\.name) else {
      throw FileError(path: path, reason: "has other columns than \(CollectionDescription.fileName)")
    }
    let stated = Set(description.groups.map { "\($0.split)/\($0.label)" })
    if let other = groups.first(where: { !stated.contains($0) }) {
      throw FileError(path: path, reason: "\(other) is in no group of \(CollectionDescription.fileName)")
    }
    let found = description.groups.map { counts["\($0.split)/\($0.label)"] ?? 0 }
    guard found == description.groups.map(\.count) else {
      throw FileError(
        path: folder, reason: "\(found) images were found, must be \(description.groups.map(\.count))")
    }
  }

  /// What the table tells where no description does.
  func inferred() throws -> CollectionDescription {
    guard let first = files.min() else {
      throw FileError(path: "\(folder)/\(Self.fileName)", reason: "names no image")
    }
    let image = try readImageFile("\(folder)/\(first)")
    let description = CollectionDescription(
      groups: groups.map { name in
        let parts = name.split(separator: "/").map(String.init)
        return .init(label: parts[1], split: parts[0], count: counts[name] ?? 0)
      },
      bands: image.bandCount == 1 ? nil : image.bandCount, height: image.height, width: image.width,
      columns: columns.map { .init(name: $0, unit: "", description: "") }, attributes: [])
    try description.validate(folder)
    return description
  }
}

import FileFormats
import LensCore

/// A tree of this program, or one of somebody else's: SPLIT/LABEL/*.npy, or LABEL/*.npy.
struct ImageTreeReader: CollectionReader {
  let description: CollectionDescription
  private let folder: String
  /// Files of each group, for trees without a table.
  private let files: [[String]]

  init(_ folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(CollectionDescription.fileName)"
    if fileExists(path) {
      (description, files) = (try CollectionDescription(json: try readFile(path), path: path), [])
      try ImageTreeTable(folder).validate(description)
    } else if fileExists("\(folder)/\(ImageTreeTable.fileName)") {
      (description, files) = (try ImageTreeTable(folder).inferred(), [])
    } else {
      let tree = try ForeignImageTree(folder)
      (description, files) = (tree.description, tree.groups.map(\.files))
    }
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    try files.isEmpty ? forEachOfTable(body) : forEachFile(body)
  }

  private func forEachOfTable(_ body: (CollectionItem) throws -> Void) throws {
    let path = "\(folder)/\(ImageTreeTable.fileName)"
    let groups = Dictionary(
      uniqueKeysWithValues: description.groups.enumerated().map { ("\($1.split)/\($1.label)", $0) })
    var rows = description.groups.map { _ in 0 }
    let table = try CSVTableReader(path)
    while let line = try table.next() {
      guard let group = groups[try ImageTreeTable.groupName(line[0], path)] else {
        throw FileError(path: path, reason: "has changed while it was read")
      }
      try body(
        CollectionItem(
          group: group, row: rows[group], pixels: try image("\(folder)/\(line[0])").pixels,
          numbers: try line.dropFirst().map { try number($0, path: path) }))
      rows[group] += 1
    }
  }

  private func forEachFile(_ body: (CollectionItem) throws -> Void) throws {
    for (group, names) in files.enumerated() {
      for (row, name) in names.enumerated() {
        let image = try image(name)
        // What the file itself says beside the image: the mass or the label in DeepLense's files.
        let numbers = description.columns.isEmpty ? [] : [image.number ?? .nan]
        try body(CollectionItem(group: group, row: row, pixels: image.pixels, numbers: numbers))
      }
    }
  }

  private func image(_ path: String) throws -> ImageFile {
    let image = try readImageFile(path)
    let shape = [image.bandCount, image.height, image.width]
    guard shape == description.imageShape else {
      throw FileError(
        path: path,
        reason: "has the shape \(shape) (bands, height, width), must have \(description.imageShape)")
    }
    return image
  }
}

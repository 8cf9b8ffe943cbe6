import FileFormats
import Foundation
import LensCore

/// What single-image files of a tree are.
enum TreeKind: String {
  case npy
  case png8
  case png16
  case fits

  var ending: String { self == .png8 || self == .png16 ? "png" : rawValue }
}

/// One file per image, SPLIT/LABEL/NUMBER.npy and so on; in samples.csv their numbers, in the order of the source.
final class ImageTreeWriter: CollectionWriter {
  private let folder: String
  private let kind: TreeKind
  private let description: CollectionDescription
  private let table: CSVTableWriter

  init(_ folder: String, _ kind: TreeKind, _ description: CollectionDescription) throws {
    (self.folder, self.kind, self.description) = (folder, kind, description)
    for group in description.groups { try createFolder("\(folder)/\(group.split)/\(group.label)") }
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
    table = try CSVTableWriter(creating: "\(folder)/samples.csv", columns: description.treeColumns)
  }

  func write(_ item: CollectionItem) throws {
    let group = description.groups[item.group]
    let name = "\(group.split)/\(group.label)/\(digits(item.row, 6)).\(kind.ending)"
    let path = "\(folder)/\(name)"
    let size = (description.width, description.height)
    switch kind {
    case .npy: try writeFile(npyBytes(item.pixels, shape: [1, size.1, size.0]), to: path)
    case .png8:
      try writeGrayPNG(width: size.0, height: size.1, try bytes(item, 255).map { UInt8($0) }, to: path)
    case .png16: try writeGrayPNG(width: size.0, height: size.1, try bytes(item, 65535), to: path)
    case .fits: try writeFITS(item, group, to: path)
    }
    try table.append([[.text(name)] + description.cells(item.numbers)])
  }

  func finish() throws {
    try table.synchronize()
    try table.close()
  }

  /// Rows from top to bottom, as pictures have them.
  private func bytes(_ item: CollectionItem, _ largest: Float) throws -> [UInt16] {
    guard item.pixels.allSatisfy({ (0...1).contains($0) }) else {
      throw FileError(
        path: folder,
        reason: "pictures hold values from 0 to 1: give --normalize minmax (or set-minmax, asinh)")
    }
    let width = description.width
    return (0..<description.height).reversed().flatMap { y in
      item.pixels[(y * width)..<((y + 1) * width)].map { UInt16(($0 * largest).rounded()) }
    }
  }

  private func writeFITS(_ item: CollectionItem, _ group: CollectionDescription.Group, to path: String) throws
  {
    let writer = try FITSImageCubeWriter(
      creating: path, width: description.width, height: description.height, count: 1,
      header: description.cards(group))
    try writer.write(item.pixels, at: 0)
    try writer.close()
    try addFITSChecksums(path)
  }
}

extension CollectionDescription {
  fileprivate var treeColumns: [TableColumn] {
    [TableColumn(name: "file", kind: .text(width: 80), description: "image")]
      + columns.map { TableColumn(name: $0.name, kind: .real, unit: $0.unit, description: $0.description) }
  }
}

/// A tree of this program, or one of somebody else's: SPLIT/LABEL/*.npy, or LABEL/*.npy.
struct ImageTreeReader: CollectionReader {
  let description: CollectionDescription
  private let folder: String
  /// Files of each group, for trees without a description.
  private let files: [[String]]

  init(_ folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(CollectionDescription.fileName)"
    if fileExists(path) {
      (description, files) = (try CollectionDescription(json: try readFile(path), path: path), [])
    } else {
      (description, files) = try Self.explore(folder)
    }
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    try files.isEmpty ? forEachOfTable(body) : forEachFile(body)
  }

  private func forEachOfTable(_ body: (CollectionItem) throws -> Void) throws {
    let groups = Dictionary(
      uniqueKeysWithValues: description.groups.enumerated().map { ("\($1.split)/\($1.label)", $0) })
    var (rows, names) = (description.groups.map { _ in 0 }, Set<String>())
    let table = try CSVTableReader("\(folder)/samples.csv")
    guard table.heading == ["file"] + description.columns.map(\.name) else {
      throw FileError(
        path: "\(folder)/samples.csv", reason: "has other columns than \(CollectionDescription.fileName)")
    }
    while let line = try table.next() {
      let parts = line[0].split(separator: "/", omittingEmptySubsequences: false)
      // A name that leads out of the folder is none of its groups'.
      guard parts.count == 3, let group = groups["\(parts[0])/\(parts[1])"], parts[2] != ".." else {
        throw FileError(path: "\(folder)/samples.csv", reason: "the file '\(line[0])' is in no group")
      }
      guard names.insert(line[0]).inserted else {
        throw FileError(path: "\(folder)/samples.csv", reason: "the file '\(line[0])' is there twice")
      }
      try body(
        CollectionItem(
          group: group, row: rows[group], pixels: try pixels("\(folder)/\(line[0])"),
          numbers: try line.dropFirst().map { try number($0, path: "\(folder)/samples.csv") }))
      rows[group] += 1
    }
    guard rows == description.groups.map(\.count) else {
      throw FileError(
        path: folder, reason: "\(rows) images were found, must be \(description.groups.map(\.count))")
    }
  }

  private func forEachFile(_ body: (CollectionItem) throws -> Void) throws {
    for (group, names) in files.enumerated() {
      for (row, name) in names.enumerated() {
        try body(CollectionItem(group: group, row: row, pixels: try pixels(name), numbers: try numbers(name)))
      }
    }
  }

  private func pixels(_ path: String) throws -> [Float] {
    let image = try readImageFile(path)
    guard image.width == description.width, image.height == description.height else {
      throw FileError(
        path: path,
        reason:
          "\(image.width) x \(image.height) pixels, must be \(description.width) x \(description.height)")
    }
    return image.pixels
  }

  /// What the file itself says beside the image: the mass or the label in DeepLense's files.
  private func numbers(_ path: String) throws -> [Double] {
    description.columns.isEmpty ? [] : [try readImageFile(path).number ?? .nan]
  }

  private static func explore(_ folder: String) throws -> (CollectionDescription, [[String]]) {
    var groups: [(label: String, split: String, files: [String])] = []
    for name in try folders(in: folder) {
      let (below, own) = (try folders(in: "\(folder)/\(name)"), try images("\(folder)/\(name)"))
      guard own.isEmpty || below.isEmpty else {
        throw FileError(
          path: "\(folder)/\(name)", reason: "holds images and folders; is it a class or a split?")
      }
      if below.isEmpty { groups.append((name, "train", own)) }
      for label in below {
        groups.append((label, name == "val" ? "validation" : name, try images("\(folder)/\(name)/\(label)")))
      }
    }
    groups.removeAll { $0.files.isEmpty }
    guard let first = groups.first else {
      throw FileError(
        path: folder,
        reason:
          "holds \(try contents(folder)), but no images: neither SPLIT/CLASS/*.npy nor CLASS/*.npy (or .png, .fits)"
      )
    }
    let image = try readImageFile(first.files[0])
    let description = CollectionDescription(
      groups: groups.map { .init(label: $0.label, split: $0.split, count: $0.files.count) },
      height: image.height,
      width: image.width,
      columns: image.number == nil
        ? [] : [.init(name: "number", unit: "", description: "mass or label, as the image's file has it")],
      attributes: [])
    try description.validate(folder)
    return (description, groups.map(\.files))
  }

  /// For messages.
  private static func contents(_ folder: String) throws -> String {
    let names = try listFolder(folder)
    return names.isEmpty
      ? "nothing" : names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
  }

  /// Without hidden ones.
  private static func folders(in folder: String) throws -> [String] {
    try listFolder(folder).filter { isFolder("\(folder)/\($0)") && !$0.hasPrefix(".") }
  }

  /// Without hidden ones.
  private static func images(_ folder: String) throws -> [String] {
    try listFolder(folder).filter { isImageFileName($0) && !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }
  }
}

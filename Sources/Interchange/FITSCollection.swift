import FileFormats
import Foundation
import LensCore

/// A folder of one FITS file per group: the cube of its images, and behind it a table of numbers; with checksums.
final class FITSCollectionWriter: CollectionWriter {
  private let folder: String
  private let description: CollectionDescription
  private let cubes: [FITSImageCubeWriter]
  private let tables: [FITSTableWriter]

  init(_ folder: String, _ description: CollectionDescription) throws {
    (self.folder, self.description) = (folder, description)
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
    cubes = try description.groups.map { group in
      try FITSImageCubeWriter(
        creating: "\(folder)/\(group.name).fits", width: description.width, height: description.height,
        count: group.count,
        header: [
          FITSCard("CLASS", .text(group.label), "label"), FITSCard("SPLIT", .text(group.split), "part"),
        ])
    }
    let columns = description.columns.map {
      TableColumn(name: $0.name, kind: .real, unit: $0.unit, description: $0.description)
    }
    tables =
      columns.isEmpty
      ? []
      : try description.groups.map {
        try FITSTableWriter(
          creating: "\(folder)/\($0.name).table", name: "NUMBERS", columns: columns, header: [])
      }
  }

  func write(_ item: CollectionItem) throws {
    try cubes[item.group].write(item.pixels, at: item.row)
    if !tables.isEmpty {
      try tables[item.group].append([item.numbers.map { $0.isFinite ? .real($0) : .empty }])
    }
  }

  func finish() throws {
    for (k, group) in description.groups.enumerated() {
      let path = "\(folder)/\(group.name).fits"
      try cubes[k].close()
      if !tables.isEmpty {
        try tables[k].close()
        try appendFITSExtensions(of: "\(folder)/\(group.name).table", to: path)
        try removeFile("\(folder)/\(group.name).table")
      }
      try addFITSChecksums(path)
    }
  }
}

struct FITSCollectionReader: CollectionReader {
  let description: CollectionDescription
  private let files: [String]

  init(_ folder: String) throws {
    let stated = "\(folder)/\(CollectionDescription.fileName)"
    if fileExists(stated) {
      description = try CollectionDescription(json: try readFile(stated), path: stated)
      files = description.groups.map { "\(folder)/\($0.name).fits" }
    } else {
      (description, files) = try Self.explore(folder)
    }
  }

  private static func explore(_ folder: String) throws -> (CollectionDescription, [String]) {
    var description = CollectionDescription(groups: [], height: 0, width: 0, columns: [], attributes: [])
    let names = try listFolder(folder).filter { $0.hasSuffix(".fits") }
    for name in names {
      let cube = try FITSImageCubeReader("\(folder)/\(name)")
      if description.groups.isEmpty { (description.height, description.width) = (cube.height, cube.width) }
      guard (cube.height, cube.width) == (description.height, description.width) else {
        throw FileError(path: "\(folder)/\(name)", reason: "holds images of another size than \(names[0])")
      }
      let (label, split) = labelAndSplit(String(name.dropLast(5)))
      description.groups.append(.init(label: label, split: split, count: cube.count))
    }
    guard !names.isEmpty else { throw FileError(path: folder, reason: "holds no FITS files") }
    try description.validate(folder)
    return (description, names.map { "\(folder)/\($0)" })
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    for (group, file) in files.enumerated() {
      let cube = try FITSImageCubeReader(file)
      guard cube.count == description.groups[group].count, cube.height == description.height,
        cube.width == description.width
      else {
        throw FileError(path: file, reason: "has not the shape that \(CollectionDescription.fileName) states")
      }
      let table =
        description.columns.isEmpty
        ? nil : try FITSNumberReader(file, columns: description.columns.map(\.name))
      for row in 0..<cube.count {
        try body(
          CollectionItem(
            group: group, row: row, pixels: try cube.read(at: row), numbers: try table?.row(row) ?? []))
      }
    }
  }
}

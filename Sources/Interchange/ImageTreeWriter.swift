import Dataset
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
    guard description.bandCount == 1 || kind.ending != "png" else {
      throw FileError(
        path: folder,
        reason: "gray pictures hold one band, these images have \(description.bandCount): choose npy or fits")
    }
    for group in description.groups { try createFolder("\(folder)/\(group.split)/\(group.label)") }
    try writeFileAtomically(try description.json(), to: "\(folder)/\(CollectionDescription.fileName)")
    table = try CSVTableWriter(
      creating: "\(folder)/\(ImageTreeTable.fileName)", columns: description.treeColumns)
  }

  func write(_ item: CollectionItem) throws {
    let group = description.groups[item.group]
    let name = "\(group.split)/\(group.label)/\(digits(item.row, 6)).\(kind.ending)"
    let path = "\(folder)/\(name)"
    let size = (description.width, description.height)
    switch kind {
    case .npy: try writeFile(npyBytes(item.pixels, shape: description.imageShape), to: path)
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

  private func writeFITS(_ item: CollectionItem, _ group: ImageGroup, to path: String) throws {
    let writer = try FITSImageCubeWriter(
      creating: path, width: description.width, height: description.height, bands: description.bandCount,
      count: 1, header: description.cards(group))
    try writer.write(item.pixels, at: 0)
    try writer.close()
    try addFITSChecksums(path)
  }
}

extension CollectionDescription {
  fileprivate var treeColumns: [TableColumn] {
    [TableColumn(name: ImageTreeTable.fileColumn, kind: .text(width: 80), description: "image")]
      + columns.map { TableColumn(name: $0.name, kind: .real, unit: $0.unit, description: $0.description) }
  }
}

import Dataset
import FileFormats
import Foundation
import LensCore

/// One .npz file: per group an array of images (count, bands, height, width) and one of numbers (count, columns), and the
/// description.
package struct NpzReader: CollectionReader {
  package let description: CollectionDescription
  private let path: String

  package init(_ path: String) throws {
    self.path = path
    description = try Self.stated(path) ?? Self.inferred(path)
    // deflate packs at most 1032 bytes into one: more is a lie, and disk would be reserved for it.
    let bytes = Double(description.count) * Double(description.imageSize * 4 + description.columns.count * 8)
    guard bytes <= 1032 * Double(try fileSize(path)) else {
      throw FileError(path: path, reason: "\(description.count) images cannot be in a file of this size")
    }
  }

  private static func stated(_ path: String) throws -> CollectionDescription? {
    let archive = try ArchiveReader(path)
    while let name = try archive.next() {
      if name.split(separator: "/").filter({ $0 != "." }) == [CollectionDescription.fileName[...]] {
        return try CollectionDescription(json: try archive.readAll(limit: 1 << 24), path: path)
      }
    }
    return nil
  }

  /// Of a file that numpy.savez made: every array is the images of a class.
  private static func inferred(_ path: String) throws -> CollectionDescription {
    var description = CollectionDescription(groups: [], height: 0, width: 0, columns: [], attributes: [])
    var (shapes, others): ([String], [String]) = ([], [])
    let archive = try ArchiveReader(path)
    while let name = try archive.next() {
      if isBystander(lastName(of: name)) { continue }
      guard let base = arrayName(name) else {
        others.append(name)
        continue
      }
      let shape = try NpyStream(path: "\(path)/\(name)", read: archive.read).shape
      shapes.append("\(base) \(shape)")
      guard let images = ArrayShape(shape) else {
        others.append(base)
        continue
      }
      if description.groups.isEmpty {
        description.take(images.bandCount, images.height, images.width)
      }
      guard [images.bandCount, images.height, images.width] == description.imageShape else {
        throw FileError(
          path: path, reason: "holds images of different sizes: \(shapes.prefix(20).joined(separator: ", "))")
      }
      let (label, split) = labelAndSplit(base)
      description.groups.append(.init(label: label, split: split, count: images.count))
    }
    // An array of labels that is passed over would be a loss without a word.
    guard others.isEmpty, !description.groups.isEmpty else {
      let problem =
        others.isEmpty
        ? "holds nothing" : "has in \(others.prefix(5).joined(separator: ", ")) no images of a class"
      throw FileError(
        path: path,
        reason:
          "\(problem); every array must be the images of one class and split, named CLASS_SPLIT, of shape "
          + "\(ArrayShape.words); there are \(shapes.isEmpty ? "none" : shapes.prefix(20).joined(separator: ", "))"
      )
    }
    try description.validate(path)
    return description
  }

  /// An entry's name without its ending; nil for what is no array.
  private static func arrayName(_ entry: String) -> String? {
    guard entry.lowercased().hasSuffix(".npy") else { return nil }
    return String(entry.dropLast(4).drop(while: { $0 == "." || $0 == "/" }))
  }

  package func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let groups = Dictionary(uniqueKeysWithValues: description.groups.enumerated().map { ($1.name, $0) })
    let archive = try ArchiveReader(path)
    var seen: Set<Int> = []
    while let name = try archive.next() {
      if isBystander(lastName(of: name)) { continue }
      let base = Self.arrayName(name) ?? name
      let isNumbers = base.hasSuffix(Self.numbersEnding) && !description.columns.isEmpty
      if isNumbers && groups[String(base.dropLast(Self.numbersEnding.count))] != nil { continue }
      let (label, split) = labelAndSplit(base)
      guard let group = groups[base] ?? groups["\(label)_\(split)"] else {
        throw FileError(
          path: path, reason: "\(name) would be left out: \(CollectionDescription.fileName) does not name it")
      }
      guard seen.insert(group).inserted else {
        throw FileError(path: path, reason: "\(name) is there twice")
      }
      let stream = try NpyStream(path: "\(path)/\(name)", read: archive.read)
      guard let images = ArrayShape(stream.shape), images.count == description.groups[group].count,
        [images.bandCount, images.height, images.width] == description.imageShape
      else {
        throw FileError(
          path: path, reason: "\(name) has the shape \(stream.shape), which is not what \(path) states")
      }
      let numbers = try numbers(of: group)
      for row in 0..<images.count {
        let pixels = try stream.floats(description.imageSize)
        let known = try numbers?.doubles(description.columns.count) ?? []
        try body(CollectionItem(group: group, row: row, pixels: pixels, numbers: known))
      }
    }
    guard seen.count == description.groups.count else {
      throw FileError(path: path, reason: "lacks arrays of images")
    }
  }

  /// Read beside the images, from the file opened once more: an archive is read from front to back only.
  private func numbers(of group: Int) throws -> NpyStream? {
    guard !description.columns.isEmpty else { return nil }
    let (group, archive) = (description.groups[group], try ArchiveReader(path))
    let entry = group.name + Self.numbersEnding
    while let name = try archive.next() {
      guard Self.arrayName(name) == entry else { continue }
      let stream = try NpyStream(path: "\(path)/\(name)", read: archive.read)
      let shape = [group.count, description.columns.count]
      guard stream.shape == shape else {
        throw FileError(path: path, reason: "\(name) has the shape \(stream.shape), must have \(shape)")
      }
      return stream
    }
    throw FileError(path: path, reason: "lacks \(entry).npy, the numbers of its images")
  }

  static let numbersEnding = ".numbers"
}

/// Of a name such as `vortex_train`; a name without a split is for training.
func labelAndSplit(_ name: String) -> (label: String, split: String) {
  for split in ["train", "validation", "test", "val"] where name.hasSuffix("_\(split)") {
    return (String(name.dropLast(split.count + 1)), split == "val" ? "validation" : split)
  }
  return (name, "train")
}

/// Arrays are collected in plain files first, because a zip file is written one array after the other.
final class NpzWriter: CollectionWriter {
  /// Of one group; no numbers where there are no columns.
  private typealias Arrays = (images: NpyWriter, numbers: NpyWriter?)

  private let path: String
  private let scratch: String
  private let description: CollectionDescription
  private let arrays: [Arrays]

  init(_ path: String, _ description: CollectionDescription) throws {
    (self.path, self.description, scratch) = (path, description, Self.scratch(of: path))
    try createFolder(scratch)
    let (size, columns) = (description.imageShape, description.columns.count)
    arrays = try description.groups.map { [scratch] group -> Arrays in
      let numbers = "\(scratch)/\(group.name)\(NpzReader.numbersEnding).npy"
      return (
        try NpyWriter(creating: "\(scratch)/\(group.name).npy", shape: [group.count] + size),
        columns == 0
          ? nil : try NpyWriter(creating: numbers, shape: [group.count, columns], elementType: .float64)
      )
    }
  }

  /// Where arrays wait to be packed.
  static func scratch(of path: String) -> String { path + ".arrays" }

  deinit { try? FileManager.default.removeItem(atPath: scratch) }

  func write(_ item: CollectionItem) throws {
    try arrays[item.group].images.write(item.pixels, at: item.row)
    try arrays[item.group].numbers?.write(doubles: item.numbers, at: item.row)
  }

  func finish() throws {
    let archive = try ArchiveWriter(path, .zip)
    try archive.add(CollectionDescription.fileName, try description.json())
    for (arrays, group) in zip(arrays, description.groups) {
      try arrays.images.close()
      try arrays.numbers?.close()
      if arrays.numbers != nil { try pack(group.name + NpzReader.numbersEnding + ".npy", into: archive) }
      try pack(group.name + ".npy", into: archive)
    }
    try archive.close()
  }

  private func pack(_ name: String, into archive: ArchiveWriter) throws {
    try archive.begin(name, size: try fileSize("\(scratch)/\(name)"))
    try forEachBlock(ofFile: "\(scratch)/\(name)", archive.append)
  }
}

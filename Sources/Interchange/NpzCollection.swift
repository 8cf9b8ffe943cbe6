import FileFormats
import Foundation
import LensCore

/// One .npz file: per group an array of images (count, 1, height, width) and one of numbers (count, columns), and the
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
      if name == CollectionDescription.fileName {
        return try CollectionDescription(json: try archive.readAll(limit: 1 << 24), path: path)
      }
    }
    return nil
  }

  /// Of a file that numpy.savez made: every array of images is a class.
  private static func inferred(_ path: String) throws -> CollectionDescription {
    var description = CollectionDescription(groups: [], height: 0, width: 0, columns: [], attributes: [])
    let archive = try ArchiveReader(path)
    while let name = try archive.next() {
      guard name.hasSuffix(".npy") else { continue }
      let shape = try NpyStream(path: "\(path)/\(name)", read: archive.read).shape
      guard let size = imageSize(shape) else { continue }
      if description.groups.isEmpty { (description.height, description.width) = size }
      guard size == (description.height, description.width) else {
        throw FileError(path: path, reason: "holds images of different sizes")
      }
      let (label, split) = labelAndSplit(String(name.dropLast(4)))
      description.groups.append(.init(label: label, split: split, count: shape[0]))
    }
    guard !description.groups.isEmpty else {
      throw FileError(path: path, reason: "holds no array of images, shape (count, 1, height, width)")
    }
    try description.validate(path)
    return description
  }

  package func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let groups = Dictionary(uniqueKeysWithValues: description.groups.enumerated().map { ($1.name, $0) })
    let numbers = try readAllNumbers()
    let archive = try ArchiveReader(path)
    var seen: Set<Int> = []
    while let name = try archive.next() {
      guard name.hasSuffix(".npy"), !name.hasSuffix(Self.numbersEnding + ".npy") else { continue }
      let base = String(name.dropLast(4))
      let (label, split) = labelAndSplit(base)
      guard let group = groups[base] ?? groups["\(label)_\(split)"] else { continue }
      let stream = try NpyStream(path: "\(path)/\(name)", read: archive.read)
      guard imageSize(stream.shape) ?? (0, 0) == (description.height, description.width),
        stream.shape[0] == description.groups[group].count, seen.insert(group).inserted
      else {
        throw FileError(
          path: path, reason: "\(name) has the shape \(stream.shape), which is not what \(path) states")
      }
      let width = description.columns.count
      for row in 0..<stream.shape[0] {
        let pixels = try stream.next(description.imageSize).map { Float($0) }
        let known = numbers[group].map { Array($0[(row * width)..<((row + 1) * width)]) }
        try body(
          CollectionItem(group: group, row: row, pixels: pixels, numbers: known ?? description.noNumbers))
      }
    }
    guard seen.count == description.groups.count else {
      throw FileError(path: path, reason: "lacks arrays of images")
    }
  }

  /// By group; entries may come in any order, so that they are read before the images.
  private func readAllNumbers() throws -> [Int: [Double]] {
    guard !description.columns.isEmpty else { return [:] }
    let archive = try ArchiveReader(path)
    var numbers: [Int: [Double]] = [:]
    while let name = try archive.next() {
      let ending = Self.numbersEnding + ".npy"
      guard name.hasSuffix(ending),
        let group = description.groups.firstIndex(where: { $0.name == name.dropLast(ending.count) })
      else { continue }
      numbers[group] = try readNumbers(
        try NpyStream(path: "\(path)/\(name)", read: archive.read), String(name.dropLast(4)))
    }
    guard numbers.count == description.groups.count else {
      throw FileError(
        path: path, reason: "lacks the numbers of \(description.groups.count - numbers.count) groups")
    }
    return numbers
  }

  private func readNumbers(_ stream: NpyStream, _ base: String) throws -> [Double] {
    guard let group = description.groups.first(where: { base == $0.name + Self.numbersEnding }),
      stream.shape == [group.count, description.columns.count]
    else {
      throw FileError(
        path: path, reason: "\(base) has the shape \(stream.shape), which is not what it must be")
    }
    var values: [Double] = []
    for _ in 0..<group.count { values += try stream.next(description.columns.count) }
    return values
  }

  static let numbersEnding = ".numbers"
}

/// Height and width of the images in an array of this shape; nil if there are none.
func imageSize(_ shape: [Int]) -> (Int, Int)? {
  switch shape.count {
  case 3 where shape[1] > 0 && shape[2] > 0: (shape[1], shape[2])
  case 4 where shape[1] == 1 && shape[2] > 0 && shape[3] > 0: (shape[2], shape[3])
  default: nil
  }
}

/// Of a name such as `vortex_train`; a name without a split is for training.
func labelAndSplit(_ name: String) -> (label: String, split: String) {
  for split in ["train", "validation", "test", "val"] where name.hasSuffix("_\(split)") {
    return (String(name.dropLast(split.count + 1)), split == "val" ? "validation" : split)
  }
  return (name, "train")
}

extension CollectionDescription {
  var noNumbers: [Double] { Array(repeating: .nan, count: columns.count) }
}

/// Images are collected in plain files first, because a zip file is written one array after the other.
final class NpzWriter: CollectionWriter {
  private let path: String
  private let scratch: String
  private let description: CollectionDescription
  private let images: [NpyWriter]
  private var numbers: [[Double]]

  init(_ path: String, _ description: CollectionDescription) throws {
    (self.path, self.description, scratch) = (path, description, path + ".arrays")
    try createFolder(scratch)
    let size = [1, description.height, description.width]
    images = try description.groups.map { [scratch] in
      try NpyWriter(creating: "\(scratch)/\($0.name)", shape: [$0.count] + size)
    }
    numbers = description.groups.map { _ in [] }
  }

  deinit { try? FileManager.default.removeItem(atPath: scratch) }

  func write(_ item: CollectionItem) throws {
    try images[item.group].write(item.pixels, at: item.row)
    numbers[item.group] += item.numbers
  }

  func finish() throws {
    let archive = try ArchiveWriter(path, .zip)
    try archive.add(CollectionDescription.fileName, try description.json())
    for (k, group) in description.groups.enumerated() {
      try images[k].close()
      if !description.columns.isEmpty {
        let shape = [group.count, description.columns.count]
        try archive.add(group.name + NpzReader.numbersEnding + ".npy", npyBytes(numbers[k], shape: shape))
      }
      try archive.begin(group.name + ".npy", size: try fileSize("\(scratch)/\(group.name)"))
      try forEachBlock(ofFile: "\(scratch)/\(group.name)", archive.append)
    }
    try archive.close()
  }
}

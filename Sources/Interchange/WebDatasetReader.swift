import FileFormats
import Foundation
import LensCore

/// Reads the shards that `WebDatasetWriter` makes, also after others have packed them anew: what belongs to one image is
/// known by its key, whatever the order of the members, and wherever in the archive they are.
///
/// Images of a shard come in the order of their keys.
struct WebDatasetReader: CollectionReader {
  let description: CollectionDescription
  static let ending = "tar"
  private let folder: String
  private let shards: [String]

  init(_ folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(CollectionDescription.fileName)"
    guard fileExists(path) else {
      throw FileError(
        path: folder,
        reason:
          "holds tar files but no \(CollectionDescription.fileName), which names the classes and counts of "
          + "lensing convert's shards; those of others are not read")
    }
    description = try CollectionDescription(json: try readFile(path), path: path)
    let shards = try listFolder(folder).filter { stackName($0, Self.ending) != nil }
    try requireNothingLeft(in: folder, advice: "shards, .tar", isTaken: shards.contains)
    self.shards = shards
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    var rows = description.groups.map { _ in 0 }
    for shard in shards {
      try WebDatasetShard("\(folder)/\(shard)", description).forEach { group, pixels, numbers in
        guard rows[group] < description.groups[group].count else {
          throw FileError(
            path: "\(folder)/\(shard)",
            reason:
              "has more images of \(description.groups[group].name) than \(CollectionDescription.fileName) says"
          )
        }
        try body(CollectionItem(group: group, row: rows[group], pixels: pixels, numbers: numbers))
        rows[group] += 1
      }
    }
    guard rows == description.groups.map(\.count) else {
      throw FileError(
        path: folder, reason: "shards are missing: \(rows) images of \(description.groups.map(\.count))")
    }
  }
}

/// The part of a member's name that all members of one image share, and the part that says what it is: the path up to the
/// first dot of its last name, and the rest.
private struct MemberName {
  let key: String
  let ending: String

  init(_ name: String) {
    let parts = name.split(separator: "/").filter { $0 != "." }
    let last = parts.last ?? ""
    let base = last.prefix { $0 != "." }
    key = (parts.dropLast() + [base]).joined(separator: "/")
    ending = String(last.dropFirst(base.count + 1))
  }
}

/// One tar file, read twice: what the images are, then the images.
private struct WebDatasetShard {
  private let path: String
  private let description: CollectionDescription
  private var samples: [String: Sample] = [:]

  private struct Sample {
    var label: (group: Int, numbers: [Double])?
    var classNumber: Int?
    var hasImage = false
  }

  init(_ path: String, _ description: CollectionDescription) throws {
    (self.path, self.description) = (path, description)
    let archive = try ArchiveReader(path)
    while let member = try archive.next() { try note(member, archive) }
    for (key, sample) in samples.sorted(by: { $0.key < $1.key }) { try check(key, sample) }
  }

  private mutating func note(_ member: String, _ archive: ArchiveReader) throws {
    let name = MemberName(member)
    var sample = samples[name.key] ?? Sample()
    let isSecond: Bool
    switch name.ending {
    case "npy":
      isSecond = sample.hasImage
      sample.hasImage = true
    case "json":
      isSecond = sample.label != nil
      sample.label = try label(member, try archive.readAll(limit: 1 << 20))
    case "cls":
      isSecond = sample.classNumber != nil
      sample.classNumber = try classNumber(member, try archive.readAll(limit: 100))
    default: throw fail("'\(member)' is none of the members of an image: KEY.npy, KEY.json, KEY.cls")
    }
    if isSecond { throw fail("'\(member)' is there twice") }
    samples[name.key] = sample
  }

  private func check(_ key: String, _ sample: Sample) throws {
    let parts = [("npy", sample.hasImage), ("json", sample.label != nil), ("cls", sample.classNumber != nil)]
    let missing = parts.filter { !$0.1 }.map { "\(key).\($0.0)" }
    guard missing.isEmpty, let label = sample.label else {
      throw fail("lacks \(missing.joined(separator: " and ")), without which '\(key)' is no labelled image")
    }
    let expected = description.labels.firstIndex(of: description.groups[label.group].label)
    guard sample.classNumber == expected else {
      throw fail(
        "'\(key)' is of class number \(sample.classNumber ?? -1) by its .cls, of \(expected ?? -1) by its .json"
      )
    }
  }

  private func label(_ member: String, _ bytes: [UInt8]) throws -> (group: Int, numbers: [Double]) {
    let fields: [String: WebField?]
    do {
      fields = try JSONDecoder().decode([String: WebField?].self, from: Data(withoutByteOrderMark(bytes)))
    } catch { throw fail("'\(member)' is damaged, must be JSON of names and numbers") }
    guard case .text(let label)?? = fields[WebField.classKey],
      case .text(let split)?? = fields[WebField.splitKey],
      let group = description.groups.firstIndex(where: { $0.label == label && $0.split == split })
    else {
      throw fail("'\(member)' names no class and split of \(CollectionDescription.fileName)")
    }
    let known = Set([WebField.classKey, WebField.splitKey] + description.columns.map(\.name))
    let unknown = fields.keys.filter { !known.contains($0) }.sorted()
    guard unknown.isEmpty else {
      throw fail(
        "'\(member)' has \(unknown.prefix(5).joined(separator: ", ")), which \(CollectionDescription.fileName) "
          + "does not name")
    }
    return (
      group, try description.columns.map { try value(fields[$0.name] ?? nil, "'\(member)', \($0.name)") }
    )
  }

  /// NaN for no number; one that is written as a text is one.
  private func value(_ field: WebField?, _ place: String) throws -> Double {
    switch field {
    case nil: .nan
    case .number(let number): number
    case .text(let text): try number(text, path: "\(path): \(place)")
    }
  }

  private func classNumber(_ member: String, _ bytes: [UInt8]) throws -> Int {
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let number = Int(text) else {
      throw fail("'\(member)' holds '\(text)', must be the number of a class")
    }
    return number
  }

  /// Memory: as many images as come before their turn, none in shards as they were written.
  func forEach(_ body: (_ group: Int, _ pixels: [Float], _ numbers: [Double]) throws -> Void) throws {
    let keys = samples.keys.sorted()
    var (next, waiting) = (0, [String: [Float]]())
    let archive = try ArchiveReader(path)
    while let member = try archive.next() {
      let name = MemberName(member)
      guard name.ending == "npy" else { continue }
      waiting[name.key] = try pixels(member, archive)
      while next < keys.count, let pixels = waiting.removeValue(forKey: keys[next]) {
        if let label = samples[keys[next]]?.label { try body(label.group, pixels, label.numbers) }
        next += 1
      }
    }
    guard next == keys.count else { throw fail("has changed while it was read") }
  }

  private func pixels(_ member: String, _ archive: ArchiveReader) throws -> [Float] {
    let stream = try NpyStream(path: "\(path)/\(member)", read: archive.read)
    guard stream.shape == description.webShape else {
      throw fail("'\(member)' has the shape \(stream.shape), must have \(description.webShape)")
    }
    return try stream.floats(description.imageSize)
  }

  private func fail(_ reason: String) -> FileError { FileError(path: path, reason: reason) }
}

import Dataset
import FileFormats
import LensCore

/// What is in a tree SPLIT/CLASS/*.npy or CLASS/*.npy (or .png, .fits) that nothing but its names describes.
struct ForeignImageTree {
  let description: CollectionDescription
  let groups: [Group]

  struct Group {
    let label: String
    let split: String
    /// Paths.
    let files: [String]
  }

  /// - Throws: `FileError` if there are no images, or something that may be one would be left out.
  init(_ folder: String) throws {
    let found = try Self.folders(in: folder).flatMap { try Self.groups(in: $0, of: folder) }
    groups = found.filter { !$0.files.isEmpty }
    guard let first = groups.first?.files.first else {
      throw FileError(
        path: folder,
        reason:
          "holds \(try Self.contents(folder)), but no images: neither SPLIT/CLASS/*.npy nor CLASS/*.npy (or .png, .fits)"
      )
    }
    try Self.requireNothingLeft(folder) { isFolder("\(folder)/\($0)") }
    let image = try readImageFile(first)
    let hasNumbers = try groups.contains { try $0.files.contains { try mayHaveNumber($0) } }
    description = CollectionDescription(
      groups: groups.map { .init(label: $0.label, split: $0.split, count: $0.files.count) },
      bands: image.bandCount == 1 ? nil : image.bandCount, height: image.height, width: image.width,
      columns: hasNumbers
        ? [.init(name: "number", unit: "", description: "mass or label, as the image's file has it")] : [],
      attributes: [])
    try description.validate(folder)
  }

  /// Of a class, or of a split's classes.
  private static func groups(in name: String, of folder: String) throws -> [Group] {
    let path = "\(folder)/\(name)"
    let (below, own) = (try folders(in: path), try images(path))
    guard own.isEmpty || below.isEmpty else {
      throw FileError(path: path, reason: "holds images and folders; is it a class or a split?")
    }
    guard !below.isEmpty else { return [try group(path, name, split: "train")] }
    try requireNothingLeft(path) { below.contains($0) }
    return try below.map { try group("\(path)/\($0)", $0, split: name == "val" ? "validation" : name) }
  }

  private static func group(_ path: String, _ label: String, split: String) throws -> Group {
    let names = try images(path)
    let taken = Set(names)
    try requireNothingLeft(path) { taken.contains($0) }
    return Group(label: label, split: split, files: names.map { "\(path)/\($0)" })
  }

  private static func requireNothingLeft(_ folder: String, isTaken: (String) -> Bool) throws {
    try FileFormats.requireNothingLeft(
      in: folder, advice: "SPLIT/CLASS/NAME and CLASS/NAME with the endings .npy, .png and .fits",
      isTaken: isTaken)
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
    try listFolder(folder).filter {
      isImageFileName($0) && !$0.hasPrefix(".") && !isFolder("\(folder)/\($0)")
    }
  }
}

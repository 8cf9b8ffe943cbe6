import Dataset
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
        bands: description.bandCount, count: group.count, header: description.cards(group))
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

extension CollectionDescription {
  /// What the FITS file of a group's images says; world coordinates where the scale of a pixel is known.
  func cards(_ group: ImageGroup) -> [FITSCard] {
    let scale = attribute(.pixelScale).flatMap { Double($0) }.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    return [FITSCard("CLASS", .text(group.label), "label"), FITSCard("SPLIT", .text(group.split), "part")]
      + Self.cards.compactMap { name, key, comment in
        attribute(name).map { FITSCard(key, .text($0), comment) }
      }
      + FITSCard.bands(attribute(.bands)?.split(separator: ",").map(String.init) ?? [])
      + (scale.map {
        [FITSCard("PIXSCALE", .real($0), "[arcsec] pixel scale")]
          + FITSCard.offsets(
            width: width, height: height, pixelScale: $0, isStack: true, bandCount: bandCount)
      } ?? (bandCount > 1 ? [FITSCard("CTYPE3", .text("BAND"), "number of the band, from 0")] : []))
  }

  /// The cards of attributes that are texts; those of a dataset's own files have the same names.
  private static let cards: [(AttributeName, key: String, comment: String)] = [
    (.model, "MODEL", "population"), (.seed, "SEED", "random seed"),
    (.noiseSeed, "NOISSEED", "random seed of the noise"), (.unit, "BUNIT", "per pixel"),
    (.normalize, "NORMALIZ", "what was done to brightness"), (.program, "PROGRAM", "made by"),
  ]
}

extension FITSImageReader: ImageStack {
  static let ending = "fits"

  convenience init(_ path: String) throws { try self.init(path, extension: nil) }

  static func table(of path: String) throws -> (any NumberTable)? { try FITSNumbers(path) }
}

/// The table behind a cube of images.
private final class FITSNumbers: NumberTable {
  let path: String
  private let reader: FITSNumberReader
  private var row = 0

  init?(_ path: String) throws {
    guard let reader = try FITSNumberReader(path) else { return nil }
    (self.path, self.reader) = (path, reader)
  }

  var columns: [CollectionDescription.Column] {
    reader.columns.map { .init(name: $0.name, unit: $0.unit, description: "") }
  }

  func next() throws -> [Double]? {
    guard row < reader.count else { return nil }
    defer { row += 1 }
    return try reader.row(row)
  }
}

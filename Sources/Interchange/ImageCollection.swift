import Dataset
import FileFormats
import Foundation
import LensCore

/// Labelled images of one size, whatever file they are in: what every format can be read into and written from.
package struct CollectionDescription: Codable, Sendable, Equatable {
  package var groups: [ImageGroup]
  /// Images of each sky, one for each band; nil for one. Their names are an attribute, if they are known.
  package var bands: Int?
  package var height: Int
  package var width: Int
  /// Numbers that are known of every image; may be none.
  package var columns: [Column]
  /// What holds for all images, for instance the seed.
  package var attributes: [Attribute]

  package struct Column: Codable, Sendable, Equatable {
    package let name: String
    package let unit: String
    package let description: String
    /// Whether all numbers are whole, which texts then show; nil for no.
    package var isInteger: Bool?
  }

  package struct Attribute: Codable, Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package var count: Int { groups.reduce(0) { $0 + $1.count } }
  var bandCount: Int { bands ?? 1 }
  /// Bands, height, width.
  package var imageShape: [Int] { [bandCount, height, width] }
  var imageSize: Int { bandCount * width * height }

  /// Says what shape the images have.
  mutating func take(_ bandCount: Int, _ height: Int, _ width: Int) {
    (bands, self.height, self.width) = (bandCount == 1 ? nil : bandCount, height, width)
  }

  /// Numbers of an image as a table's cells.
  func cells(_ numbers: [Double]) -> [TableCell] {
    zip(columns, numbers).map { column, number in
      if !number.isFinite { return .empty }
      if column.isInteger == true, let whole = Int(exactly: number) { return .integer(whole) }
      return .real(number)
    }
  }

  /// The value of an attribute; nil without it.
  func attribute(_ name: AttributeName) -> String? {
    attributes.first { $0.name == name.rawValue }?.value
  }
}

/// Attributes that mean something to the formats. Others may be there, and are passed on.
enum AttributeName: String {
  case model
  case seed
  /// Of the noise, where it is another than the seed.
  case noiseSeed = "noise_seed"
  /// Names of the bands, with commas between.
  case bands
  /// Arcsec.
  case pixelScale = "pixel_scale"
  /// Of brightness; none for images that were normalized.
  case unit
  /// What was done to brightness; see `Normalizer.describing`.
  case normalize
  case program
}

extension CollectionDescription.Attribute {
  init(_ name: AttributeName, _ value: String) { self.init(name: name.rawValue, value: value) }
}

extension CollectionDescription {
  /// - Throws: `FileError` for sizes that no image has, and names that are not plain words.
  func validate(_ path: String) throws {
    guard imageShape.allSatisfy((1...65_536).contains), width * height <= largestImage / bandCount else {
      throw FileError(
        path: path,
        reason:
          "images of \(width) x \(height) pixels in \(bandCount) bands; sides and bands must be from 1 to 65536, their "
          + "product at most 2^26")
    }
    guard groups.allSatisfy({ (0...1_000_000_000).contains($0.count) }) else {
      throw FileError(path: path, reason: "a group's count must be from 0 to 1000000000")
    }
    for name in groups.flatMap({ [$0.label, $0.split] }) + columns.map(\.name) where !isPlain(name) {
      throw FileError(
        path: path, reason: "'\(name)' is no name of a class, split or column: letters, digits, - and _ only")
    }
    guard Set(groups.map(\.name)).count == groups.count, Set(columns.map(\.name)).count == columns.count
    else {
      throw FileError(path: path, reason: "two groups or two columns have the same name")
    }
    // Readers reserve a number per image and column.
    guard columns.count <= 10_000, groups.count <= 10_000 else {
      throw FileError(path: path, reason: "\(columns.count) columns and \(groups.count) groups are too many")
    }
  }

  /// As JSON, which travels with the images in every format.
  package func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [0x0A]
  }

  package init(json bytes: [UInt8], path: String) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(withoutByteOrderMark(bytes)))
    } catch {
      throw FileError(path: path, reason: "its description \(Self.fileName) is damaged")
    }
    try validate(path)
  }

  package static let fileName = "dataset.json"
}

/// Whether a word is safe as a part of any path and any format's name.
func isPlain(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count <= 64
    && name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        || $0 == 0x2D
    }
}

/// One image on its way from file to file.
package struct CollectionItem: Sendable {
  /// Position in the description's groups.
  package let group: Int
  /// Position among the group's images.
  package let row: Int
  /// [band, height, width], row 0 at the bottom where the source says so.
  package var pixels: [Float]
  /// One per column; NaN for what is not known of the image.
  package let numbers: [Double]

  package init(group: Int, row: Int, pixels: [Float], numbers: [Double]) {
    (self.group, self.row, self.pixels, self.numbers) = (group, row, pixels, numbers)
  }
}

/// Reads a collection with little memory.
package protocol CollectionReader {
  var description: CollectionDescription { get }
  /// Hands over every image once; those of a group in the order of their rows.
  func forEach(_ body: (CollectionItem) throws -> Void) throws
}

/// Writes a collection with little memory.
package protocol CollectionWriter {
  /// Takes the images of a group in the order of their rows.
  func write(_ item: CollectionItem) throws
  /// Completes the files.
  func finish() throws
}

/// A field of a table of numbers; nothing is NaN.
func number(_ field: String, path: String) throws -> Double {
  if field.isEmpty { return .nan }
  guard let number = Double(field), number.isFinite else {
    throw FileError(path: path, reason: "'\(field)' is no number")
  }
  return number
}

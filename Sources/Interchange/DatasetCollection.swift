import Dataset
import FileFormats
import Instrument
import LensCore

/// A dataset of `lensing generate`, in the order of its samples, so that classes alternate.
struct DatasetCollection: CollectionReader {
  let description: CollectionDescription
  private let folder: String

  init(_ folder: String) throws {
    self.folder = folder
    let reader = try DatasetReader(folder)
    let manifest = reader.manifest
    description = CollectionDescription(
      groups: manifest.parts,
      bands: manifest.imageShape[0] == 1 ? nil : manifest.imageShape[0], height: manifest.imageShape[1],
      width: manifest.imageShape[2], columns: numericColumns(reader.tables),
      attributes: Self.attributes(manifest, reader.spec.instrument))
  }

  private static func attributes(
    _ manifest: Manifest, _ instrument: InstrumentSpec
  ) -> [CollectionDescription.Attribute] {
    let all: [(AttributeName, String?)] = [
      (.model, manifest.model), (.seed, String(manifest.seed)),
      (.noiseSeed, manifest.noiseSeed.map { String($0) }),
      (.bands, manifest.bands?.joined(separator: ",")), (.pixelScale, "\(instrument.pixelScale)"),
      (.unit, "electron/s"), (.program, "SwiftLensing \(swiftLensingVersion)"),
    ]
    return all.compactMap { name, value in value.map { .init(name, $0) } }
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let reader = try DatasetReader(folder)
    let groups = Dictionary(uniqueKeysWithValues: description.groups.enumerated().map { ($1.name, $0) })
    while let sample = try reader.next() {
      guard case .integer(let row) = sample.cells[DatasetTables.rowColumn],
        let group = groups[sample.part.name]
      else {
        throw FileError(path: folder, reason: "sample \(sample.index) is in none of its arrays")
      }
      try body(CollectionItem(group: group, row: row, pixels: sample.image, numbers: numbers(sample.cells)))
    }
  }
}

/// Class and split are words, and say what the groups say.
private func numericColumns(_ tables: DatasetTables) -> [CollectionDescription.Column] {
  tables.sampleColumns.filter { [.integer, .real].contains($0.kind) }
    .map {
      .init(
        name: $0.name, unit: $0.unit, description: $0.description,
        isInteger: $0.kind == .integer ? true : nil)
    }
}

private func numbers(_ cells: [TableCell]) -> [Double] {
  cells.compactMap { cell in
    switch cell {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .empty: Double.nan
    case .text: nil
    }
  }
}

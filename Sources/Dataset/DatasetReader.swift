import FileFormats
import Instrument
import LensCore
import Populations

/// Reads a dataset of `DatasetGenerator` sample by sample, in the order of the indices and with little memory.
package final class DatasetReader {
  package let manifest: Manifest
  /// The population, from the dataset's own spec.
  package let spec: PopulationSpec
  package let tables: DatasetTables
  private let folder: String
  private let images: [DatasetLayout.Part: StoredImages]
  /// In the order of `DatasetContents.truthMaps`.
  private let truthMaps: [DatasetLayout.Part: [NpySliceReader]]
  private let samples: CSVTableReader
  private let substructure: CSVTableReader
  /// The next row of the substructure table.
  private var nextPiece: [TableCell]?
  private var nextIndex: Int

  /// - Throws: `FileError` if the folder holds no whole dataset of this version.
  package init(_ folder: String) throws {
    self.folder = folder
    let manifest = try Manifest(ofDataset: folder)
    self.manifest = manifest
    let specPath = "\(folder)/\(DatasetPaths.specName)"
    let spec = try loadPopulation(yaml: try readText(specPath))
    self.spec = spec
    tables = try DatasetTables(try .drawing(spec, seed: manifest.seed))
    var images: [DatasetLayout.Part: StoredImages] = [:]
    var truthMaps: [DatasetLayout.Part: [NpySliceReader]] = [:]
    for entry in manifest.parts {
      let part = try DatasetLayout.Part(entry, among: spec.classes.map(\.name), folder)
      let (base, size) = ("\(folder)/\(part.name)", Array(manifest.imageShape.dropFirst()))
      images[part] = try StoredImages(folder, entry, of: manifest)
      truthMaps[part] = try manifest.contents.truthMaps.map {
        try array("\(base)_\($0.rawValue).npy", shape: [entry.count, $0.channels(spec.instrument)] + size)
      }
    }
    (self.images, self.truthMaps) = (images, truthMaps)
    samples = try table("\(folder)/samples.csv", tables.sampleColumns)
    substructure = try table("\(folder)/substructure.csv", tables.substructureColumns)
    nextIndex = manifest.firstSample
    nextPiece = try readPiece()
  }

  /// The next sample; nil after the last.
  ///
  /// - Parameter hasImages: Whether image and truth maps are read; else they are empty.
  /// - Throws: `FileError` if tables, arrays and manifest do not belong together.
  package func next(hasImages: Bool = true) throws -> StoredSample? {
    guard let row = try samples.next() else {
      if nextIndex != manifest.samples.upperBound { throw damaged("ends before sample \(nextIndex)") }
      if nextPiece != nil { throw damaged("lacks samples that have substructure") }
      return nil
    }
    let cells = try zip(tables.sampleColumns, row).map { try $0.cell($1, path: "\(folder)/samples.csv") }
    guard cells[0] == .integer(nextIndex), manifest.samples.contains(nextIndex) else {
      throw damaged("does not go on with sample \(nextIndex)")
    }
    let part = try part(cells)
    guard case .integer(let place) = cells[DatasetTables.rowColumn], let images = images[part] else {
      throw damaged("has sample \(nextIndex) in no array")
    }
    guard let redraws = tables.redraws(cells) else {
      throw damaged("says that sample \(nextIndex) was drawn again more often than its spec allows")
    }
    defer { nextIndex += 1 }
    return StoredSample(
      index: nextIndex, part: part, image: hasImages ? try images.read(at: place) : [],
      truthMaps: hasImages ? try (truthMaps[part] ?? []).map { try $0.read(at: place) } : [],
      redraws: redraws, cells: cells, pieces: try pieces(of: nextIndex))
  }

  private func part(_ cells: [TableCell]) throws -> DatasetLayout.Part {
    guard case .text(let label) = cells[1], case .text(let split) = cells[2],
      spec.classes.contains(where: { $0.name == label }), let split = Split(rawValue: split)
    else { throw damaged("has sample \(nextIndex) in no class and split") }
    return DatasetLayout.Part(label: label, split: split)
  }

  private func pieces(of index: Int) throws -> [[TableCell]] {
    var pieces: [[TableCell]] = []
    while let piece = nextPiece, piece[0] == .integer(index) {
      pieces.append(piece)
      nextPiece = try readPiece()
    }
    return pieces
  }

  private func readPiece() throws -> [TableCell]? {
    try substructure.next().map { row in
      try zip(tables.substructureColumns, row).map { try $0.cell($1, path: "\(folder)/substructure.csv") }
    }
  }

  private func damaged(_ problem: String) -> FileError {
    FileError(
      path: "\(folder)/samples.csv", reason: "\(problem); the dataset is damaged: lensing verify \(folder)")
  }
}

extension DatasetLayout.Part {
  init(_ entry: ImageGroup, among classes: [String], _ folder: String) throws {
    guard classes.contains(entry.label), let split = Split(rawValue: entry.split) else {
      throw FileError(
        path: folder, reason: "its manifest has the unknown class or split \(entry.label)_\(entry.split)")
    }
    self.init(label: entry.label, split: split)
  }
}

extension PopulationPlan {
  /// A plan that draws a population's scenes but needs none of its files; its images would lack the blur.
  package static func drawing(
    _ spec: PopulationSpec, seed: UInt64, noiseSeed: UInt64? = nil
  ) throws -> PopulationPlan {
    var plain = spec
    plain.instrument = spec.instrument.mapPointSpreadFunctions {
      $0.parameters is KernelFilePSFSpec ? PointSpreadFunctionSpec(NoPSFSpec()) : $0
    }
    return try PopulationPlan(plain, seed: seed, noiseSeed: noiseSeed)
  }
}

private func array(_ path: String, shape: [Int]) throws -> NpySliceReader {
  let reader = try NpySliceReader(path)
  guard reader.shape == shape else {
    throw FileError(path: path, reason: "has the shape \(reader.shape), its manifest says \(shape)")
  }
  return reader
}

private func table(_ path: String, _ columns: [TableColumn]) throws -> CSVTableReader {
  let reader = try CSVTableReader(path)
  guard reader.heading == columns.map(\.name) else {
    throw FileError(path: path, reason: "has other columns than its spec asks for")
  }
  return reader
}

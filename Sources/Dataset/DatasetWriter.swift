import FileFormats
import LensCore
import Populations

/// The open files of a growing dataset.
///
/// Images go to places that their index fixes, rows are appended; `checkpoint` makes everything durable and then
/// says so in the journal, so that a run killed at any instant continues from the last checkpoint to the same
/// bytes.
final class DatasetWriter {
  private let paths: DatasetPaths
  private let tables: DatasetTables
  private let arrays: [DatasetLayout.Part: NpyWriter]
  private let cubes: [DatasetLayout.Part: FITSImageCubeWriter]
  private let samplesCSV: CSVTableWriter
  private let samplesFITS: FITSTableWriter
  private let substructureCSV: CSVTableWriter
  private let substructureFITS: FITSTableWriter
  private var nextRow: [DatasetLayout.Part: Int]
  private(set) var journal: Journal

  /// Creates the files, or opens those of an interrupted run.
  ///
  /// - Parameter journal: Where the interrupted run stood; nil to begin.
  init(
    _ paths: DatasetPaths, plan: PopulationPlan, layout: DatasetLayout, tables: DatasetTables,
    identity: String, resuming journal: Journal?
  ) throws {
    self.paths = paths
    self.tables = tables
    self.journal = journal ?? Journal(identity: identity)
    nextRow = DatasetLayout.counts(plan, upTo: self.journal.samplesDone)
    let (width, height) = (plan.spec.instrument.width, plan.spec.instrument.height)
    var arrays: [DatasetLayout.Part: NpyWriter] = [:]
    var cubes: [DatasetLayout.Part: FITSImageCubeWriter] = [:]
    for (part, count) in layout.parts {
      let base = "\(paths.partial)/\(part.name)"
      let shape = [count, 1, height, width]
      arrays[part] =
        journal == nil
        ? try NpyWriter(creating: base + ".npy", shape: shape)
        : try NpyWriter(resuming: base + ".npy", shape: shape)
      cubes[part] =
        journal == nil
        ? try FITSImageCubeWriter(
          creating: base + ".fits", width: width, height: height, count: count,
          header: plan.cards + [
            FITSCard("CLASS", .text(part.label.rawValue), "label"),
            FITSCard("SPLIT", .text(part.split.rawValue), "part of the dataset"),
          ])
        : try FITSImageCubeWriter(resuming: base + ".fits", width: width, height: height, count: count)
    }
    (self.arrays, self.cubes) = (arrays, cubes)
    let (samples, pieces) = ("\(paths.partial)/samples", "\(paths.partial)/substructure")
    if let journal {
      samplesCSV = try CSVTableWriter(resuming: samples + ".csv", byteCount: journal.sampleTableBytes)
      samplesFITS = try FITSTableWriter(
        resuming: samples + ".fits", rowCount: journal.samplesDone, columns: tables.sampleColumns)
      substructureCSV = try CSVTableWriter(
        resuming: pieces + ".csv", byteCount: journal.substructureTableBytes)
      substructureFITS = try FITSTableWriter(
        resuming: pieces + ".fits", rowCount: journal.substructureRows, columns: tables.substructureColumns)
    } else {
      samplesCSV = try CSVTableWriter(creating: samples + ".csv", columns: tables.sampleColumns)
      samplesFITS = try FITSTableWriter(
        creating: samples + ".fits", name: "SAMPLES", columns: tables.sampleColumns, header: plan.cards)
      substructureCSV = try CSVTableWriter(creating: pieces + ".csv", columns: tables.substructureColumns)
      substructureFITS = try FITSTableWriter(
        creating: pieces + ".fits", name: "SUBSTRUCTURE", columns: tables.substructureColumns,
        header: plan.cards)
    }
  }

  /// Appends samples, which must come in the order of their indices.
  func append(_ samples: [Sample]) throws {
    var rows: [[TableCell]] = []
    for sample in samples {
      let part = DatasetLayout.Part(label: sample.drawn.label, split: sample.drawn.split)
      let row = nextRow[part, default: 0]
      try arrays[part]?.write(sample.observation.image.pixels, at: row)
      try cubes[part]?.write(sample.observation.image.pixels, at: row)
      nextRow[part] = row + 1
      rows.append(tables.sampleRow(sample, row: row))
    }
    let pieces = samples.flatMap { tables.substructureRows($0.drawn) }
    try samplesCSV.append(rows)
    try samplesFITS.append(rows)
    try substructureCSV.append(pieces)
    try substructureFITS.append(pieces)
    journal.samplesDone += samples.count
    journal.substructureRows += pieces.count
  }

  /// Makes everything appended so far durable.
  func checkpoint() throws {
    for array in arrays.values { try array.synchronize() }
    for cube in cubes.values { try cube.synchronize() }
    try samplesCSV.synchronize()
    try samplesFITS.synchronize()
    try substructureCSV.synchronize()
    try substructureFITS.synchronize()
    journal.sampleTableBytes = samplesCSV.byteCount
    journal.substructureTableBytes = substructureCSV.byteCount
    try journal.write(to: paths.journal)
  }

  func close() throws {
    for array in arrays.values { try array.close() }
    for cube in cubes.values { try cube.close() }
    try samplesCSV.close()
    try samplesFITS.close()
    try substructureCSV.close()
    try substructureFITS.close()
  }
}

extension PopulationPlan {
  /// What every FITS header of a dataset says.
  var cards: [FITSCard] {
    [
      FITSCard("MODEL", .text(spec.name), "population"),
      FITSCard("SEED", .text(String(seed)), "random seed"),
      FITSCard("PIXSCALE", .real(spec.instrument.pixelScale), "[arcsec] pixel scale"),
      FITSCard("BUNIT", .text("electron/s"), "per pixel, sky subtracted"),
      FITSCard("PROGRAM", .text("SwiftLensing \(swiftLensingVersion)"), "made by"),
    ]
  }
}

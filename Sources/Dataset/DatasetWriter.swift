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
  private let images: DatasetImageFiles
  private let samples: TablePair
  private let substructure: TablePair
  private var nextRow: [DatasetLayout.Part: Int]
  private(set) var journal: Journal

  /// Creates the files, or opens those of an interrupted run.
  ///
  /// - Parameters:
  ///   - plan: Says what the headers hold and which sample is in which part; nothing is rendered.
  ///   - journal: Where the interrupted run stood; nil to begin.
  init(
    plan: PopulationPlan, layout: DatasetLayout, contents: DatasetContents,
    tables: DatasetTables, folder: DatasetFolder, resuming journal: Journal?
  ) throws {
    paths = folder.paths
    self.journal = journal ?? Journal(identity: folder.identity, facts: folder.facts)
    let first = layout.samples.lowerBound
    nextRow = DatasetLayout.counts(plan, first..<(first + self.journal.samplesDone))
    images = try DatasetImageFiles(
      paths.partial, plan: plan, layout: layout, contents: contents, isResuming: journal != nil)
    samples = try TablePair(
      "\(paths.partial)/samples", name: "SAMPLES", columns: tables.sampleColumns, header: plan.cards,
      resuming: journal.map { ($0.samplesDone, $0.sampleTableBytes) })
    substructure = try TablePair(
      "\(paths.partial)/substructure", name: "SUBSTRUCTURE", columns: tables.substructureColumns,
      header: plan.cards, resuming: journal.map { ($0.substructureRows, $0.substructureTableBytes) })
  }

  /// Appends samples, which must come in the order of their indices.
  func append(_ stored: [StoredSample]) throws {
    var rows: [[TableCell]] = []
    for sample in stored {
      let row = nextRow[sample.part, default: 0]
      try images.write(sample, at: row)
      nextRow[sample.part] = row + 1
      var cells = sample.cells
      cells[DatasetTables.rowColumn] = .integer(row)
      rows.append(cells)
    }
    let pieces = stored.flatMap(\.pieces)
    try samples.append(rows)
    try substructure.append(pieces)
    journal.samplesDone += stored.count
    stored.forEach { journal.redraws.add($0.redraws) }
    journal.substructureRows += pieces.count
  }

  /// Makes everything appended so far durable.
  func checkpoint() throws {
    try images.synchronize()
    try samples.synchronize()
    try substructure.synchronize()
    journal.sampleTableBytes = samples.byteCount
    journal.substructureTableBytes = substructure.byteCount
    try journal.write(to: paths.journal)
  }

  /// Closes the files, which get their checksums.
  func finish() throws {
    try images.close()
    try samples.close()
    try substructure.close()
    let folder = paths.partial
    let names = try listFolder(folder).filter { $0.hasSuffix(".fits") }
    _ = try severalAtOnce(names) { try addFITSChecksums("\(folder)/\($0)") }
  }
}

/// One table as CSV and as FITS.
private struct TablePair {
  private let csv: CSVTableWriter
  private let fits: FITSTableWriter

  /// - Parameter resuming: Rows and bytes of the CSV file to keep; nil to begin.
  init(
    _ base: String, name: String, columns: [TableColumn], header: [FITSCard],
    resuming: (rows: Int, bytes: Int)?
  ) throws {
    if let resuming {
      csv = try CSVTableWriter(resuming: base + ".csv", byteCount: resuming.bytes)
      fits = try FITSTableWriter(resuming: base + ".fits", rowCount: resuming.rows, columns: columns)
    } else {
      csv = try CSVTableWriter(creating: base + ".csv", columns: columns)
      fits = try FITSTableWriter(creating: base + ".fits", name: name, columns: columns, header: header)
    }
  }

  var byteCount: Int { csv.byteCount }

  func append(_ rows: [[TableCell]]) throws {
    try csv.append(rows)
    try fits.append(rows)
  }

  func synchronize() throws {
    try csv.synchronize()
    try fits.synchronize()
  }

  func close() throws {
    try csv.close()
    try fits.close()
  }
}

extension PopulationPlan {
  /// What every FITS header of a dataset says.
  var cards: [FITSCard] {
    [
      FITSCard("MODEL", .text(spec.name), "population"),
      FITSCard("SEED", .text(String(seed)), "random seed"),
    ]
      + (noiseSeed == seed
        ? [] : [FITSCard("NOISSEED", .text(String(noiseSeed)), "random seed of the noise")])
      + [
        FITSCard("PIXSCALE", .real(spec.instrument.pixelScale), "[arcsec] pixel scale"),
        FITSCard(
          "BUNIT", .text("electron/s"),
          spec.instrument.isSkySubtracted ? "per pixel, sky subtracted" : "per pixel, with the sky"),
        FITSCard("PROGRAM", .text("SwiftLensing \(swiftLensingVersion)"), "made by"),
      ] + FITSCard.checksumRoom
  }
}

import Charts
import Dataset
import LensCore

/// One page about a dataset that needs nothing else: no network, no other file.
package struct DatasetReport: Sendable {
  package let html: String
  /// Parameters that differ from their prior by more than chance would in one of a thousand cases.
  package let differing: [String]

  /// - Parameters:
  ///   - contactSheet: PNG to show, or nil.
  ///   - progress: Called with the number of samples read and of all.
  /// - Throws: `FileError` if the folder holds no whole dataset, or there is no gnuplot.
  package init(
    _ folder: String, contactSheet: [UInt8]? = nil, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let manifest = try Manifest(ofDataset: folder)
    _ = try Gnuplot.version()
    let columns = try ParameterStatistics(folder, progress: progress).columns
    differing = columns.filter(\.differs).map(\.name)
    var page = Page(title: manifest.model)
    page.paragraph(Self.overview(manifest))
    page.heading("Classes")
    page.table(
      ["class", "split", "images"], manifest.parts.map { [$0.label, $0.split, "\($0.count)"] },
      bars: manifest.parts.map(\.count))
    if let contactSheet {
      page.heading("First images")
      page.picture(.png(contactSheet), "first images of each class")
    }
    try ReportSections(columns).write(to: &page, differing: differing)
    page.heading("Provenance")
    page.finePrint(Self.provenance(manifest))
    html = page.html
  }

  private static func overview(_ manifest: Manifest) -> String {
    let bytes = manifest.files.reduce(0) { $0 + $1.bytes }
    let range =
      manifest.firstSample == 0
      ? "" : ", samples \(manifest.firstSample) to \(manifest.samples.upperBound - 1)"
    return
      "\(counted(manifest.sampleCount)) of \(manifest.imageShape[2]) x \(manifest.imageShape[1]) pixels"
      + (manifest.bands.map { " in the \($0.count == 1 ? "band" : "bands") \($0.joined(separator: ", "))" }
        ?? "")
      + ", seed "
      + "\(manifest.seed)\(manifest.noiseSeed.map { ", noise seed \($0)" } ?? "")\(range), \(size(bytes))."
      + (manifest.redraws?.sentence.map { " \($0)." } ?? "")
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\((bytes + 999) / 1000) kB" : "\((bytes + 500_000) / 1_000_000) MB"
  }

  private static func provenance(_ manifest: Manifest) -> [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = [
      ("finished", manifest.created), ("population", manifest.population),
      ("instructions", manifest.instructionSet), ("seed", String(manifest.seed)),
    ]
    if let seed = manifest.noiseSeed { facts.append(("noise seed", String(seed))) }
    if let redraws = manifest.redraws {
      facts.append(("samples drawn again", "\(redraws.samples), \(redraws.draws) times in all"))
    }
    facts += manifest.versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return facts + (manifest.inputs + manifest.files).map { ($0.name, $0.sha256) }
  }
}

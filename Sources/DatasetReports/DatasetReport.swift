import Dataset
import FileFormats
import Foundation
import LensCore

/// One page about a dataset that needs nothing else: no network, no other file.
public struct DatasetReport: Sendable {
  public let html: String
  /// Parameters that differ from their prior by more than chance would in one of a thousand cases.
  public let differing: [String]

  /// - Parameters:
  ///   - contactSheet: PNG to show, or nil.
  ///   - progress: Called with the number of samples read and of all.
  /// - Throws: `FileError` if the folder holds no whole dataset.
  public init(
    _ folder: String, contactSheet: [UInt8]? = nil, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let manifest = try Manifest(ofDataset: folder)
    let columns = try ParameterStatistics(folder, progress: progress).columns
    differing = columns.filter { column in
      column.expected.map { column.found.distance(to: $0) > column.found.criticalDistance(to: $0) } ?? false
    }.map(\.name)
    let sections = ReportSections(columns)
    html = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escapedForHTML(manifest.model)): \(counted(manifest.sampleCount))</title><style>\(pageStyle)</style></head><body>
      <h1>\(escapedForHTML(manifest.model))</h1>
      \(Self.overview(manifest))
      <h2>Classes</h2>\(Self.classes(manifest))
      \(contactSheet.map { "<h2>First images</h2><img alt=\"first images of each class\" src=\"data:image/png;base64,\(Data($0).base64EncodedString())\">" } ?? "")
      <h2>Signal-to-noise ratio and exposure</h2>
      \(sections.exposure)
      <h2>Parameters</h2>
      <p>Bars are the images that have the parameter, the line is the prior: 30,000 draws from another seed. The axis runs from the
      smallest to the largest value of the prior. \(Self.verdict(differing))</p>
      \(sections.parameters)
      <h2>Derived</h2>\(sections.derived)
      <h2>The same for all</h2>\(sections.constants)
      \(sections.missing)
      <h2>Provenance</h2>\(Self.provenance(manifest))
      </body></html>

      """
  }

  private static func overview(_ manifest: Manifest) -> String {
    let bytes = manifest.files.reduce(0) { $0 + $1.bytes }
    let range =
      manifest.firstSample == 0
      ? "" : ", samples \(manifest.firstSample) to \(manifest.samples.upperBound - 1)"
    return
      "<p>\(counted(manifest.sampleCount)) of \(manifest.imageShape[2]) x \(manifest.imageShape[1]) pixels"
      + (manifest.bands.map { " in the \($0.count == 1 ? "band" : "bands") \($0.joined(separator: ", "))" }
        ?? "")
      + ", seed "
      + "\(manifest.seed)\(manifest.noiseSeed.map { ", noise seed \($0)" } ?? "")\(range), \(size(bytes))."
      + (manifest.redraws?.sentence.map { " \($0)." } ?? "") + "</p>"
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\((bytes + 999) / 1000) kB" : "\((bytes + 500_000) / 1_000_000) MB"
  }

  private static func classes(_ manifest: Manifest) -> String {
    let largest = manifest.parts.map(\.count).max() ?? 1
    let rows = manifest.parts.map { part in
      let width = 100 * part.count / max(1, largest)
      return
        "<tr><td>\(escapedForHTML(part.label))</td><td>\(escapedForHTML(part.split))</td><td class=\"number\">\(part.count)</td>"
        + "<td class=\"wide\"><span class=\"bar\" style=\"width:\(width)%\"></span></td></tr>"
    }
    return
      "<table class=\"classes\"><tr><th>class</th><th>split</th><th>images</th><th></th></tr>\(rows.joined())</table>"
  }

  private static func verdict(_ differing: [String]) -> String {
    differing.isEmpty
      ? "None differs from its prior by more than chance would in one of a thousand cases."
      : "<b>Differs from its prior by more than chance would in one of a thousand cases: "
        + "\(differing.map(escapedForHTML).joined(separator: ", ")).</b>"
  }

  private static func provenance(_ manifest: Manifest) -> String {
    var facts: [(String, String)] = [
      ("finished", manifest.created), ("population", manifest.population),
      ("instructions", manifest.instructionSet), ("seed", String(manifest.seed)),
    ]
    if let seed = manifest.noiseSeed { facts.append(("noise seed", String(seed))) }
    if let redraws = manifest.redraws {
      facts.append(("samples drawn again", "\(redraws.samples), \(redraws.draws) times in all"))
    }
    facts += manifest.versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    facts += (manifest.inputs + manifest.files).map { ($0.name, $0.sha256) }
    return "<table class=\"digests\">"
      + facts.map { "<tr><td>\(escapedForHTML($0.0))</td><td>\(escapedForHTML($0.1))</td></tr>" }.joined()
      + "</table>"
  }
}

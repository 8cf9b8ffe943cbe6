import FileFormats
import Populations
import Simulation

/// One sample as it goes into the files of a dataset.
package struct StoredSample: Sendable {
  package let index: Int
  package let part: DatasetLayout.Part
  /// [band, height, width]
  package let image: [Float]
  /// In the order of `DatasetContents.truthMaps`.
  package let truthMaps: [[Float]]
  package let redraws: Int
  /// A row of the samples table; what stands in the column `row` is replaced by the writer.
  package let cells: [TableCell]
  /// Rows of the substructure table.
  package let pieces: [[TableCell]]
}

extension StoredSample {
  init(_ sample: Sample, _ tables: DatasetTables, _ contents: DatasetContents) throws {
    let drawn = sample.drawn
    let isMapped = contents.truthMaps.contains { $0 == .deflection || $0 == .convergence }
    let maps = isMapped ? try drawn.truthMaps(hasCriticalCurves: false) : nil
    self.init(
      index: drawn.index, part: DatasetLayout.Part(label: drawn.label, split: drawn.split),
      image: sample.observation.image.pixels,
      truthMaps: try contents.truthMaps.map { try sample.values(of: $0, maps) },
      redraws: drawn.redraws, cells: try tables.sampleRow(sample), pieces: tables.substructureRows(drawn))
  }
}

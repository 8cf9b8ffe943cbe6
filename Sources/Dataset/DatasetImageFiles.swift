import FileFormats
import Instrument
import LensCore
import Populations

/// The arrays of a growing dataset: images and truth maps, a file per class and split.
struct DatasetImageFiles {
  private let arrays: [DatasetLayout.Part: NpyWriter]
  private let cubes: [DatasetLayout.Part: FITSImageCubeWriter]
  /// In the order of `DatasetContents.truthMaps`.
  private let truthMaps: [DatasetLayout.Part: [NpyWriter]]

  init(
    _ folder: String, plan: PopulationPlan, layout: DatasetLayout, contents: DatasetContents, isResuming: Bool
  ) throws {
    let instrument = plan.spec.instrument
    let size = [instrument.height, instrument.width]
    func array(_ path: String, _ shape: [Int]) throws -> NpyWriter {
      isResuming
        ? try NpyWriter(resuming: path, shape: shape) : try NpyWriter(creating: path, shape: shape)
    }
    var arrays: [DatasetLayout.Part: NpyWriter] = [:]
    var cubes: [DatasetLayout.Part: FITSImageCubeWriter] = [:]
    var truthMaps: [DatasetLayout.Part: [NpyWriter]] = [:]
    for (part, count) in layout.parts {
      let base = "\(folder)/\(part.name)"
      if contents.formats.contains(.npy) {
        arrays[part] = try array(base + ".npy", [count, instrument.bandCount] + size)
      }
      truthMaps[part] = try contents.truthMaps.map {
        try array("\(base)_\($0.rawValue).npy", [count, $0.channels(instrument)] + size)
      }
      if contents.formats.contains(.fits) {
        cubes[part] = try Self.cube(
          base + ".fits", instrument, count: count, part.cards(plan), isResuming: isResuming)
      }
    }
    (self.arrays, self.cubes, self.truthMaps) = (arrays, cubes, truthMaps)
  }

  private static func cube(
    _ path: String, _ instrument: InstrumentSpec, count: Int, _ header: [FITSCard], isResuming: Bool
  ) throws -> FITSImageCubeWriter {
    let (width, height, bands) = (instrument.width, instrument.height, instrument.bandCount)
    return isResuming
      ? try FITSImageCubeWriter(resuming: path, width: width, height: height, bands: bands, count: count)
      : try FITSImageCubeWriter(
        creating: path, width: width, height: height, bands: bands, count: count, header: header)
  }

  func write(_ sample: StoredSample, at row: Int) throws {
    try arrays[sample.part]?.write(sample.image, at: row)
    try cubes[sample.part]?.write(sample.image, at: row)
    for (array, values) in zip(truthMaps[sample.part] ?? [], sample.truthMaps) {
      try array.write(values, at: row)
    }
  }

  func synchronize() throws {
    for array in allArrays { try array.synchronize() }
    for cube in cubes.values { try cube.synchronize() }
  }

  func close() throws {
    for array in allArrays { try array.close() }
    for cube in cubes.values { try cube.close() }
  }

  private var allArrays: [NpyWriter] { Array(arrays.values) + truthMaps.values.joined() }
}

extension DatasetLayout.Part {
  /// The header of the part's FITS cube.
  func cards(_ plan: PopulationPlan) -> [FITSCard] {
    let instrument = plan.spec.instrument
    return plan.cards + [
      FITSCard("CLASS", .text(label), "label"),
      FITSCard("SPLIT", .text(split.rawValue), "part of the dataset"),
    ]
      + FITSCard.bands(instrument.bands.names)
      + FITSCard.offsets(
        width: instrument.width, height: instrument.height, pixelScale: instrument.pixelScale, isStack: true,
        bandCount: instrument.bandCount)
  }
}

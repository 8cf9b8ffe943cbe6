import Dataset
import FileFormats
import Foundation
import Interchange
import LensTestSupport
import Populations

/// Everything in a collection, by group name and row.
struct Contents: Equatable {
  var pixels: [String: [Float]] = [:]
  /// Bit patterns, so that NaN equals itself.
  var numbers: [String: [UInt64]] = [:]
  /// The order in which items came.
  var order: [String] = []

  init(_ reader: any CollectionReader) throws {
    try reader.forEach { item in
      let key = "\(reader.description.groups[item.group].name)/\(item.row)"
      pixels[key] = item.pixels
      numbers[key] = item.numbers.map { $0.isNaN ? 0x7FF8_0000_0000_0000 : $0.bitPattern }
      order.append(key)
    }
  }

  init(_ path: String) throws { try self.init(try CollectionFormat(detecting: path).reader(path)) }
}

/// A dataset of 30 small images, wider than high so that swapped axes are noticed.
///
/// - Parameter bands: Names of the camera's bands.
func makeDataset(_ folder: String, noiseSeed: UInt64? = nil, bands: [String] = []) throws {
  let settings =
    ["instrument.width=24", "instrument.height=20", "instrument.pixel_scale=0.2", "split.test=0.3"]
    + bands.map { "instrument.bands.\($0)={sky: 0.1}" }
  let plan = try PopulationPlan(
    try loadPopulation("model-a", settings: settings), seed: 1, noiseSeed: noiseSeed)
  let generator = try DatasetGenerator(plan, countPerClass: 10, threads: 2, output: folder)
  _ = try generator.run(.refuse, versions: [:], instructionSet: "") { _ in }
}

extension CollectionFormat {
  /// A name for what is written in this format.
  func path(in folder: String) -> String {
    switch self {
    case .npz: "\(folder)/images.npz"
    case .hdf5: "\(folder)/images.h5"
    case .mat: "\(folder)/images.mat"
    default: "\(folder)/\(rawValue)"
    }
  }

  /// Options with which everything in `makeDataset` can be written.
  var testOptions: ConversionOptions {
    var options = ConversionOptions()
    (options.batch, options.imagesPerShard) = (1, 7)
    if self == .png8 || self == .png16 { options.normalization = .minMax }
    return options
  }
}

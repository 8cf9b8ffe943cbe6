import Dataset
import FileFormats
import LensCore

/// The kinds of files that images are converted from and to.
package enum CollectionFormat: String, CaseIterable, Sendable {
  /// A dataset of `lensing generate`; only read.
  case dataset
  /// Folder of one .npy array per class and split.
  case npy
  /// Folder of .npy arrays (batches, batch, bands, height, width), as unsupervised-lensing reads them.
  case batches
  case npz
  /// Folder of one FITS file per class and split, images and numbers.
  case fits
  case hdf5
  /// MATLAB 7.3.
  case mat
  /// Folder of tar shards.
  case webdataset
  /// Trees of one file per image: SPLIT/CLASS/NUMBER.
  case npyFiles = "npy-files"
  case fitsFiles = "fits-files"
  case png8
  case png16

  /// Whether it is a file and not a folder.
  package var isFile: Bool { [.npz, .hdf5, .mat].contains(self) }

  package static var writable: [CollectionFormat] { allCases.filter { $0 != .dataset } }

  /// What is at a path.
  ///
  /// - Throws: `FileError` if it is nothing that is known.
  package init(detecting path: String) throws {
    if !isFolder(path) {
      let endings: [(String, CollectionFormat)] = [
        (".npz", .npz), (".h5", .hdf5), (".hdf5", .hdf5), (".mat", .mat),
      ]
      guard fileExists(path) else { throw FileError(path: path, reason: "there is no such file or folder") }
      guard let found = endings.first(where: { path.lowercased().hasSuffix($0.0) }) else {
        let kind = try FileSignature(of: path).map { "is \($0.rawValue); " } ?? ""
        throw FileError(
          path: path,
          reason:
            "\(kind)must be a folder (of arrays, FITS files, shards, or a tree of images), or end in .npz, "
            + ".h5, .hdf5 or .mat")
      }
      self = found.1
      return
    }
    let names = try listFolder(path)
    if fileExists("\(path)/manifest.json") {
      self = .dataset
    } else if names.contains(where: { stackName($0, WebDatasetReader.ending) != nil }) {
      self = .webdataset
    } else if names.contains(where: { stackName($0, NpyImages.ending) != nil }) {
      self = .npy
    } else if names.contains(where: { stackName($0, FITSImageReader.ending) != nil }) {
      self = .fits
    } else {
      self = .npyFiles
    }
  }

  package func reader(_ path: String) throws -> any CollectionReader {
    switch self {
    case .dataset: try DatasetCollection(path)
    case .npy, .batches: try ImageStacks<NpyImages>(path)
    case .npz: try NpzReader(path)
    case .fits: try ImageStacks<FITSImageReader>(path)
    case .hdf5: try HDF5Reader(path)
    case .mat: try MatReader(path)
    case .webdataset: try WebDatasetReader(path)
    case .npyFiles, .fitsFiles, .png8, .png16: try ImageTreeReader(path)
    }
  }

  func writer(
    _ path: String, _ description: CollectionDescription, _ options: ConversionOptions
  ) throws -> any CollectionWriter {
    switch self {
    case .dataset:
      throw FileError(path: path, reason: "datasets are made by lensing generate, not by converting")
    case .npy: try ArrayFolderWriter(path, description, batch: nil)
    case .batches: try ArrayFolderWriter(path, description, batch: options.batch)
    case .npz: try NpzWriter(path, description)
    case .fits: try FITSCollectionWriter(path, description)
    case .hdf5: try HDF5Writer(path, description)
    case .mat: try MatWriter(path, description)
    case .webdataset: try WebDatasetWriter(path, description, imagesPerShard: options.imagesPerShard)
    case .npyFiles: try ImageTreeWriter(path, .npy, description)
    case .fitsFiles: try ImageTreeWriter(path, .fits, description)
    case .png8: try ImageTreeWriter(path, .png8, description)
    case .png16: try ImageTreeWriter(path, .png16, description)
    }
  }
}

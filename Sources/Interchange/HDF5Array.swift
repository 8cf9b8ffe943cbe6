import CHDF5
import FileFormats
import LensCore

/// An array in an HDF5 file, read and written by slices along its first axis.
final class HDF5Array {
  let shape: [Int]
  private let path: String
  private let name: String
  private let set: hid_t
  /// Whether single precision holds its numbers.
  private lazy var isSingle = {
    let type = H5Dget_type(set)
    defer { H5Tclose(type) }
    return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) <= MemoryLayout<Float>.size
  }()

  init(path: String, name: String, set: hid_t, shape: [Int]) {
    (self.path, self.name, self.set, self.shape) = (path, name, set, shape)
  }

  deinit { _ = hdf5Lock.withLock { H5Dclose(set) } }

  func write(_ values: [Float], at start: Int, count: Int) throws {
    try transfer(start, count) { H5Dwrite(set, lens_h5_native_float(), $0, $1, 0, values) }
  }

  func write(_ values: [Double], at start: Int, count: Int) throws {
    try transfer(start, count) { H5Dwrite(set, lens_h5_native_double(), $0, $1, 0, values) }
  }

  func floats(at start: Int, count: Int) throws -> [Float] {
    // HDF5 would make infinities of doubles beyond single precision without a word.
    guard isSingle else { return try singlePrecision(try doubles(at: start, count: count), path: path) }
    var values = [Float](repeating: 0, count: count * shape.dropFirst().reduce(1, *))
    try transfer(start, count) { H5Dread(set, lens_h5_native_float(), $0, $1, 0, &values) }
    return values
  }

  func doubles(at start: Int, count: Int) throws -> [Double] {
    var values = [Double](repeating: 0, count: count * shape.dropFirst().reduce(1, *))
    try transfer(start, count) { H5Dread(set, lens_h5_native_double(), $0, $1, 0, &values) }
    return values
  }

  private func transfer(_ start: Int, _ count: Int, _ body: (hid_t, hid_t) -> herr_t) throws {
    guard start >= 0, count > 0, start + count <= shape[0] else {
      throw FileError(
        path: path, reason: "\(name) has \(shape[0]) entries, \(start) to \(start + count - 1) were asked for"
      )
    }
    let size = ([count] + shape.dropFirst()).map { hsize_t($0) }
    let offset = ([start] + shape.dropFirst().map { _ in 0 }).map { hsize_t($0) }
    let (memory, file) = (H5Screate_simple(Int32(size.count), size, nil), H5Dget_space(set))
    defer {
      H5Sclose(memory)
      H5Sclose(file)
    }
    guard H5Sselect_hyperslab(file, H5S_SELECT_SET, offset, nil, size, nil) >= 0, body(memory, file) >= 0
    else {
      throw FileError(
        path: path,
        reason:
          "\(name): the HDF5 library cannot transfer entry \(start): "
          + hdf5Refusal("the disk may be full or the file damaged")
      )
    }
  }
}

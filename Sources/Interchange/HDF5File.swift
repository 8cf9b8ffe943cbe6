import CHDF5
import FileFormats
import Foundation
import LensCore

/// HDF5 as Debian builds it must not be used by two threads at once, and matio uses it too.
let hdf5Lock = NSRecursiveLock()

/// An open HDF5 file; each call's status is checked.
///
/// To be used under `hdf5Lock`.
final class HDF5File {
  private let path: String
  private let file: hid_t

  init(creating path: String) throws {
    lens_h5_prepare()
    self.path = path
    file = H5Fcreate(path, lens_h5_truncate(), 0, 0)
    if file < 0 { throw FileError(path: path, reason: "the HDF5 library cannot create the file") }
  }

  init(reading path: String) throws {
    lens_h5_prepare()
    self.path = path
    file = H5Fopen(path, lens_h5_read_only(), 0)
    if file < 0 {
      let kind = try FileSignature(of: path)
      throw FileError(
        path: path,
        reason: kind == .hdf5 || kind == .matlab
          ? "is damaged: the HDF5 library cannot open it"
          : "is no HDF5 file\(kind.map { ", but \($0.rawValue)" } ?? "")")
    }
  }

  /// What is there, for messages.
  var contents: String { hdf5Contents(file) }

  /// Whether something of that name is there.
  func has(_ name: String) -> Bool { H5Lexists(file, name, 0) > 0 }

  /// Names of the first arrays and groups in a group.
  func links(of group: String, atMost count: Int) throws -> [String] {
    var information = H5G_info_t()
    _ = try check(hid_t(H5Gget_info_by_name(file, group, &information, 0)), "list \(group)")
    return (0..<min(information.nlinks, hsize_t(count))).map { hdf5LinkName(file, group, $0) }
  }

  /// Before a library reads arrays by sizes that the file claims: one that was told of 2^61 entries read for ever.
  ///
  /// - Throws: `FileError` if an array outside groups cannot be in a file of this size.
  func validateSizes() throws {
    // deflate packs at most 1032 bytes into one.
    let most = 1032 * Double(try fileSize(path)) + 65_536
    var information = H5G_info_t()
    _ = try check(hid_t(H5Gget_info(file, &information)), "list its arrays")
    guard Double(information.nlinks) <= most else {
      throw FileError(path: path, reason: "claims more arrays than a file of its size can have")
    }
    for position in 0..<information.nlinks {
      let object = H5Oopen_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_NATIVE, position, 0)
      // What cannot be opened is told to whoever asks for it.
      if object < 0 { continue }
      defer { H5Oclose(object) }
      if H5Iget_type(object) != H5I_DATASET { continue }
      let (space, type) = (H5Dget_space(object), H5Dget_type(object))
      defer {
        H5Sclose(space)
        H5Tclose(type)
      }
      guard Double(H5Sget_simple_extent_npoints(space)) * Double(H5Tget_size(type)) <= most else {
        throw FileError(path: path, reason: "claims an array that cannot be in a file of its size")
      }
      try requireHDF5Filters(of: object, "the variable number \(position + 1)", path: path)
    }
  }

  deinit { _ = hdf5Lock.withLock { H5Fclose(file) } }

  func createGroup(_ name: String) throws {
    let group = try check(H5Gcreate2(file, name, 0, 0, 0), "make the group \(name)")
    H5Gclose(group)
  }

  func flush() throws {
    _ = try check(hid_t(H5Fflush(file, H5F_SCOPE_GLOBAL)), "bring the file to the disk, which may be full")
  }

  // MARK: Text

  func write(_ text: String, attribute name: String) throws {
    let bytes = Array(text.utf8)
    let type = H5Tcopy(lens_h5_c_string())
    defer { H5Tclose(type) }
    H5Tset_size(type, max(1, bytes.count))
    let space = H5Screate(H5S_SCALAR)
    defer { H5Sclose(space) }
    let attribute = try check(H5Acreate2(file, name, type, space, 0, 0), "take the attribute \(name)")
    defer { H5Aclose(attribute) }
    _ = try check(hid_t(H5Awrite(attribute, type, bytes + [0])), "take the attribute \(name)")
  }

  /// A text of any length; attributes end at 64 KiB.
  func write(_ text: [UInt8], scalar name: String) throws {
    let type = H5Tcopy(lens_h5_c_string())
    defer { H5Tclose(type) }
    H5Tset_size(type, max(1, text.count))
    let (space, properties) = (H5Screate(H5S_SCALAR), H5Pcreate(lens_h5_dataset_creation()))
    defer {
      H5Sclose(space)
      H5Pclose(properties)
    }
    H5Pset_obj_track_times(properties, false)
    let set = try check(H5Dcreate2(file, name, type, space, 0, properties, 0), "take the text \(name)")
    defer { H5Dclose(set) }
    _ = try check(hid_t(H5Dwrite(set, type, 0, 0, 0, text + [0])), "take the text \(name)")
  }

  func text(scalar name: String, limit: Int) throws -> [UInt8] {
    let set = try check(H5Dopen2(file, name, 0), "give the text \(name)")
    defer { H5Dclose(set) }
    let (type, space) = (H5Dget_type(set), H5Dget_space(set))
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    let size = H5Tget_size(type)
    guard H5Tget_class(type) == H5T_STRING, size <= limit, H5Sget_simple_extent_npoints(space) == 1 else {
      throw FileError(path: path, reason: "\(name) is no text, or too long")
    }
    try requireHDF5Filters(of: set, name, path: path)
    guard H5Tis_variable_str(type) == 0 else {
      throw FileError(
        path: path,
        reason:
          "\(name) is a text of variable length, must have a fixed one: in h5py, write numpy.bytes_(text)")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    _ = try check(hid_t(H5Dread(set, type, 0, 0, 0, &bytes)), "give the text \(name)")
    return Array(bytes.prefix { $0 != 0 })
  }

  // MARK: Arrays

  /// - Parameter chunk: Lengths of the pieces that are compressed one by one.
  func createArray(_ name: String, shape: [Int], chunk: [Int], isDouble: Bool) throws -> HDF5Array {
    let space = H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
    defer { H5Sclose(space) }
    let properties = H5Pcreate(lens_h5_dataset_creation())
    defer { H5Pclose(properties) }
    // Without times equal content gives equal bytes.
    H5Pset_obj_track_times(properties, false)
    if !shape.contains(0) {
      H5Pset_chunk(properties, Int32(chunk.count), chunk.map { hsize_t($0) })
      H5Pset_shuffle(properties)
      // Noise hardly shrinks: higher levels only take longer.
      H5Pset_deflate(properties, 1)
    }
    let type = isDouble ? lens_h5_double() : lens_h5_float()
    let set = try check(H5Dcreate2(file, name, type, space, 0, properties, 0), "make the array \(name)")
    return HDF5Array(path: path, name: name, set: set, shape: shape)
  }

  /// - Throws: `FileError` unless it is an array of real numbers, of any size and byte order.
  func array(_ name: String) throws -> HDF5Array {
    let set = try check(H5Dopen2(file, name, 0), "give the array \(name)")
    let (type, space) = (H5Dget_type(set), H5Dget_space(set))
    defer {
      H5Tclose(type)
      H5Sclose(space)
    }
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type)), (1...8).contains(rank) else {
      defer { H5Dclose(set) }
      throw FileError(
        path: path,
        reason: "\(name) has \(rank) axes of \(hdf5TypeWords(type)), must be an array of real numbers")
    }
    do { try requireHDF5Filters(of: set, name, path: path) } catch {
      H5Dclose(set)
      throw error
    }
    var lengths = [hsize_t](repeating: 0, count: rank)
    H5Sget_simple_extent_dims(space, &lengths, nil)
    return HDF5Array(path: path, name: name, set: set, shape: lengths.map { Int(clamping: $0) })
  }

  private func check(_ status: hid_t, _ attempt: String) throws -> hid_t {
    if status < 0 {
      throw FileError(path: path, reason: "cannot \(attempt): \(hdf5Refusal("the HDF5 library refuses"))")
    }
    return status
  }
}

/// The system's reason for which the last call failed, for instance that the disk is full; other words where there is none.
///
/// To be used under `hdf5Lock`, before anything else is asked of the library.
func hdf5Refusal(_ words: String) -> String {
  let code = lens_h5_system_error()
  return code == 0 ? words : String(cString: strerror(code))
}

import CHDF5

/// What an HDF5 file holds, for messages about files of others; to be used under `hdf5Lock`.
///
/// Names, shapes and types of up to 20 arrays, in groups of groups down to a depth of 6.
func hdf5Contents(_ file: hid_t) -> String {
  var listing = HDF5Listing()
  listing.visit(file, "", depth: 0)
  let found = listing.arrays.prefix(HDF5Listing.most)
  let rest = listing.arrays.count > found.count ? ", ..." : ""
  return found.isEmpty ? "no arrays" : "the arrays \(found.joined(separator: ", "))\(rest)"
}

private struct HDF5Listing {
  static let most = 20
  /// Links may lead in circles.
  private static let deepest = 6
  private static let largestGroup: hsize_t = 1000

  private(set) var arrays: [String] = []

  mutating func visit(_ group: hid_t, _ prefix: String, depth: Int) {
    var information = H5G_info_t()
    guard depth <= Self.deepest, H5Gget_info(group, &information) >= 0 else { return }
    for position in 0..<min(information.nlinks, Self.largestGroup) {
      if arrays.count > Self.most { return }
      let object = H5Oopen_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_NATIVE, position, 0)
      if object < 0 { continue }
      defer { H5Oclose(object) }
      let name = prefix + hdf5LinkName(group, ".", position)
      switch H5Iget_type(object) {
      case H5I_DATASET: arrays.append("\(name) \(shape(object)) of \(typeWords(object))")
      case H5I_GROUP: visit(object, name + "/", depth: depth + 1)
      default: break
      }
    }
  }

  private func shape(_ set: hid_t) -> [Int] {
    let space = H5Dget_space(set)
    defer { H5Sclose(space) }
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard (1...32).contains(rank) else { return [] }
    var lengths = [hsize_t](repeating: 0, count: rank)
    H5Sget_simple_extent_dims(space, &lengths, nil)
    return lengths.map { Int(clamping: $0) }
  }

  private func typeWords(_ set: hid_t) -> String {
    let type = H5Dget_type(set)
    defer { H5Tclose(type) }
    return hdf5TypeWords(type)
  }
}

/// The name of an array or group, up to 200 bytes of it.
///
/// - Parameter group: The one that is listed, seen from `parent`.
func hdf5LinkName(_ parent: hid_t, _ group: String, _ position: hsize_t) -> String {
  var name = [CChar](repeating: 0, count: 201)
  let length = H5Lget_name_by_idx(
    parent, group, H5_INDEX_NAME, H5_ITER_NATIVE, position, &name, name.count, 0)
  return length < 0
    ? "?" : String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// What a type is, in words.
func hdf5TypeWords(_ type: hid_t) -> String {
  let bits = 8 * H5Tget_size(type)
  return switch H5Tget_class(type) {
  case H5T_INTEGER: "\(bits)-bit integers"
  case H5T_FLOAT: "\(bits)-bit floats"
  case H5T_STRING: "text"
  case H5T_COMPOUND: "records (h5py's complex numbers are such)"
  case H5T_ENUM: "named values (h5py's bool is such)"
  default: "an unknown type"
  }
}

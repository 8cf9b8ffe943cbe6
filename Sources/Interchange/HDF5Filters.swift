import CHDF5
import LensCore

/// Refuses an array that is packed by a filter that the linked HDF5 library does not have, h5py's own LZF for instance,
/// whose data no call can give; to be used under `hdf5Lock`.
///
/// - Throws: `FileError` with the filter's name and number.
func requireHDF5Filters(of set: hid_t, _ name: String, path: String) throws {
  let properties = H5Dget_create_plist(set)
  defer { H5Pclose(properties) }
  for position in 0..<max(0, H5Pget_nfilters(properties)) {
    var (flags, valueCount, configuration) = (UInt32(0), 0, UInt32(0))
    var words = [CChar](repeating: 0, count: 100)
    let filter = H5Pget_filter2(
      properties, UInt32(position), &flags, &valueCount, nil, words.count, &words, &configuration)
    if filter < 0 || H5Zfilter_avail(filter) > 0 { continue }
    let known = String(decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    throw FileError(
      path: path,
      reason:
        "\(name) is packed by the filter \(known.isEmpty ? "" : known + " ")(number \(filter)), which the HDF5 "
        + "library here does not have; write it with gzip, in h5py compression='gzip'")
  }
}

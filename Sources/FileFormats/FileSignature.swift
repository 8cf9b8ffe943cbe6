import Glibc
import LensCore

/// What a file is by its first bytes, whatever its name says.
package enum FileSignature: String {
  case npy = "a NumPy array (.npy)"
  case fits = "a FITS file"
  case gzip = "a gzip file"
  case zip = "a zip file (.npz)"
  case hdf5 = "an HDF5 file"
  case matlab = "a MATLAB file"
  case png = "a PNG picture"

  /// - Returns: nil for anything else.
  /// - Throws: `FileError` if it cannot be read.
  package init?(of path: String) throws {
    let bytes = try OpenFile(path, O_RDONLY).read(count: 8, at: 0)
    let starts: [(FileSignature, [UInt8])] = [
      (.npy, NpyHeader.magic), (.fits, Array("SIMPLE".utf8)), (.gzip, [0x1F, 0x8B]), (.zip, Array("PK".utf8)),
      (.hdf5, [0x89] + Array("HDF".utf8)), (.matlab, Array("MATLAB".utf8)),
      (.png, [0x89] + Array("PNG".utf8)),
    ]
    guard let found = starts.first(where: { bytes.starts(with: $0.1) }) else { return nil }
    self = found.0
  }
}

/// A file's name without an ending that FITS files have; nil for other names.
package func nameWithoutFITSEnding(_ name: String) -> String? {
  let lower = name.lowercased()
  for ending in ["fits", "fit", "fts"] {
    for packed in ["", ".gz", ".fz"] where lower.hasSuffix(".\(ending)\(packed)") {
      return String(name.dropLast(ending.count + 1 + packed.count))
    }
  }
  return nil
}

import FileFormats
import LensCore

/// The images of one class and split of a dataset, in whichever kind of file it has them.
package struct StoredImages {
  /// Of the file.
  package let path: String
  private let file: File

  private enum File {
    case npy(NpySliceReader)
    case fits(FITSImageReader)
  }

  /// - Throws: `FileError` if the file cannot be read, or is not of the shape that the manifest says.
  package init(_ folder: String, _ part: ImageGroup, of manifest: Manifest) throws {
    let (base, shape) = ("\(folder)/\(part.name)", [part.count] + manifest.imageShape)
    let isArray = manifest.contents.formats.contains(.npy)
    path = base + (isArray ? ".npy" : ".fits")
    let found: [Int]
    if isArray {
      let reader = try NpySliceReader(path)
      (file, found) = (.npy(reader), reader.shape)
    } else {
      let reader = try FITSImageReader(path)
      (file, found) = (.fits(reader), [reader.count, reader.bandCount, reader.height, reader.width])
    }
    guard found == shape else {
      throw FileError(path: path, reason: "has the shape \(found), its manifest says \(shape)")
    }
  }

  /// [band, height, width] of one image.
  package func read(at row: Int) throws -> [Float] {
    switch file {
    case .npy(let reader): try reader.read(at: row)
    case .fits(let reader): try reader.read(at: row)
    }
  }
}

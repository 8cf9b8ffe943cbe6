import FileFormats
import Instrument
import LensCore

/// Reads a point spread function's kernel from a FITS or .npy file, whatever its name.
///
/// - Throws: `FileError` for anything but a two-dimensional image, and for a FITS file with several of which none is named.
public func readKernel(_ file: KernelFilePSFSpec) throws -> Image<Double> {
  guard fileExists(file.path) else {
    throw FileError(
      path: file.path,
      reason:
        "there is no such kernel; a relative instrument.psf.file.path starts at the folder of its spec file, or at "
        + "the working folder where it is given without a file")
  }
  guard try isFolder(file.path) || isPlainFile(file.path) else {
    throw FileError(
      path: file.path,
      reason: "is a pipe or a device; a kernel is read more than once and must be a plain file")
  }
  switch try isFolder(file.path) ? nil : FileSignature(of: file.path) {
  case .npy?: return try readArrayKernel(file)
  case .fits?, .gzip?:
    return try readFITSImage(
      file.path, extension: file.fitsExtension, advice: "choose one with instrument.psf.file.extension")
  case let other:
    let found = other.map { "is \($0.rawValue)" } ?? "is no file of a known kind"
    throw FileError(path: file.path, reason: "\(found), must be a FITS image or a NumPy array (.npy)")
  }
}

private func readArrayKernel(_ file: KernelFilePSFSpec) throws -> Image<Double> {
  if let name = file.fitsExtension {
    throw FileError(
      path: file.path,
      reason: "a NumPy array has no extension '\(name)'; leave out instrument.psf.file.extension")
  }
  let array = try readNpy(file.path)
  guard array.shape.count == 2, array.shape.allSatisfy({ $0 > 0 }) else {
    throw FileError(path: file.path, reason: "an array of shape \(array.shape) was given, must have two axes")
  }
  return Image(width: array.shape[1], height: array.shape[0], pixels: array.values)
}

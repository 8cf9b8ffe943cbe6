import FileFormats
import LensCore

/// The image of a file that holds one, and a number that it may have beside it.
package struct ImageFile {
  package var bandCount = 1
  package let width: Int
  package let height: Int
  /// Band after band, row by row, the bottom row first.
  package let pixels: [Float]
  package let number: Double?
}

/// Reads a single image: FITS, a PNG (stored samples as values from 0 to 1), or one of the NPY shapes in use:
/// (height, width) or (bands, height, width); an object array of image and mass; pixels of a square image with a label behind them.
package func readImageFile(_ path: String) throws -> ImageFile {
  if path.lowercased().hasSuffix(".png") {
    let (width, height, values) = try readGrayPNG(path)
    let rows = (0..<height).reversed().flatMap { values[($0 * width)..<(($0 + 1) * width)] }
    return ImageFile(width: width, height: height, pixels: rows, number: nil)
  }
  if nameWithoutFITSEnding(path) != nil { return try readFITSFile(path) }
  let bytes = try readFile(path)
  if let object = try ObjectArray(npy: bytes, path: path) { return try image(of: object, path) }
  let array = try readNpy(path)
  return try image(of: try singlePrecision(array.values, path: path), shape: array.shape, path)
}

/// Whether a file of this name is read as a single image.
func isImageFileName(_ name: String) -> Bool {
  let lower = name.lowercased()
  return lower.hasSuffix(".npy") || lower.hasSuffix(".png") || nameWithoutFITSEnding(name) != nil
}

/// Whether a file may have a number beside its image, by its header alone: an array of objects, or one axis.
func mayHaveNumber(_ path: String) throws -> Bool {
  guard path.lowercased().hasSuffix(".npy") else { return false }
  return try NpyHeader.isOfObjectsOrFlat(path)
}

private func readFITSFile(_ path: String) throws -> ImageFile {
  let reader = try FITSImageReader(path)
  guard reader.count == 1 else {
    throw FileError(path: path, reason: "holds \(reader.count) images, must hold one")
  }
  return ImageFile(
    bandCount: reader.bandCount, width: reader.width, height: reader.height, pixels: try reader.read(at: 0),
    number: nil)
}

private func image(of values: [Float], shape: [Int], _ path: String) throws -> ImageFile {
  switch shape.count {
  case 2 where !values.isEmpty:
    return ImageFile(width: shape[1], height: shape[0], pixels: values, number: nil)
  case 3 where !values.isEmpty && ArrayShape([1] + shape) != nil:
    return ImageFile(bandCount: shape[0], width: shape[2], height: shape[1], pixels: values, number: nil)
  case 1:
    let side = Int(Double(max(0, values.count - 1)).squareRoot().rounded())
    if side > 0 && side * side == values.count - 1 {
      return ImageFile(
        width: side, height: side, pixels: Array(values.dropLast()), number: values.last.map { Double($0) })
    }
  default: break
  }
  throw FileError(
    path: path,
    reason: "has the shape \(shape), must be (height, width), (bands, height, width) or (side * side + 1)")
}

private func image(of object: ObjectArray, _ path: String) throws -> ImageFile {
  guard case .array(let shape, let values)? = object.elements.first, object.elements.count <= 2 else {
    throw FileError(
      path: path, reason: "the object array does not begin with an image, or has more than image and mass")
  }
  let picture = try image(of: try singlePrecision(values, path: path), shape: shape, path)
  guard object.elements.count == 2 else { return picture }
  guard let mass = object.elements[1].single else {
    throw FileError(path: path, reason: "the object array's second element is no single number")
  }
  return ImageFile(
    bandCount: picture.bandCount, width: picture.width, height: picture.height, pixels: picture.pixels,
    number: mass)
}

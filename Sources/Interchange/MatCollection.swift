import CHDF5
import CMatIO
import Dataset
import LensCore

/// One MATLAB file (version 7.3): `LABEL_SPLIT` (height, width, count) or (height, width, band, count) single, `LABEL_SPLIT_numbers` (columns, count) double,
/// `numbers` the names of the columns, `dataset` the description.
///
/// MATLAB counts rows first, so that an image is transposed: M(row, column, k), row 1 at the bottom.
final class MatWriter: CollectionWriter {
  private let description: CollectionDescription
  private let path: String
  private var mat: OpaquePointer?
  private var buffers: RowBuffers

  init(_ path: String, _ description: CollectionDescription) throws {
    (self.path, self.description) = (path, description)
    buffers = RowBuffers(groups: description.groups.count)
    try hdf5Lock.withLock {
      lens_h5_prepare()
      // A header of our own: the default holds the date.
      mat = Mat_CreateVer(path, "MATLAB 7.3 MAT-file, SwiftLensing", MAT_FT_MAT73)
      if mat == nil { throw FileError(path: path, reason: "the matio library cannot create the file") }
      try write("dataset", text: String(decoding: try description.json(), as: UTF8.self))
      try write("numbers", text: description.columns.map(\.name).joined(separator: "\n"))
    }
  }

  deinit { _ = close() }

  /// matio does not pass on why HDF5 failed, and often clears it.
  private static var refusal: String {
    hdf5Lock.withLock { hdf5Refusal("the matio library refuses; the disk may be full") }
  }

  func write(_ item: CollectionItem) throws {
    for group in buffers.append(item) { try flush(group) }
  }

  func finish() throws {
    for group in buffers.waiting { try flush(group) }
    // Much of what was written so far is in memory still.
    guard close() else {
      throw FileError(
        path: path, reason: "cannot be brought to the disk: \(Self.refusal)")
    }
  }

  private func close() -> Bool {
    hdf5Lock.withLock {
      defer { mat = nil }
      return mat == nil || Mat_Close(mat) == 0
    }
  }

  private func flush(_ group: Int) throws {
    let buffer = buffers.take(group)
    var columnMajor: [Float] = []
    let size = description.width * description.height
    for k in 0..<(buffer.count * description.bandCount) {
      let image = Array(buffer.pixels[(k * size)..<((k + 1) * size)])
      columnMajor += transposed(image, rows: description.height, columns: description.width)
    }
    let name = description.groups[group].name
    try hdf5Lock.withLock {
      try append(
        name, MAT_C_SINGLE, MAT_T_SINGLE, description.matlabShape(buffer.count), &columnMajor)
      if !description.columns.isEmpty {
        var numbers = buffer.numbers
        try append(
          "\(name)_numbers", MAT_C_DOUBLE, MAT_T_DOUBLE, [description.columns.count, buffer.count], &numbers)
      }
    }
  }

  private func write(_ name: String, text: String) throws {
    var bytes = Array(text.utf8)
    var dimensions = [1, bytes.count]
    try store(name) {
      Mat_VarCreate(name, MAT_C_CHAR, MAT_T_UTF8, 2, &dimensions, &bytes, 0)
    } write: {
      Mat_VarWrite(mat, $0, MAT_COMPRESSION_NONE)
    }
  }

  /// Adds to the last axis.
  private func append<Number: BitwiseCopyable>(
    _ name: String, _ class: matio_classes, _ type: matio_types, _ shape: [Int], _ values: inout [Number]
  ) throws {
    var dimensions = shape
    try store(name) {
      Mat_VarCreate(name, `class`, type, Int32(shape.count), &dimensions, &values, 0)
    } write: {
      Mat_VarWriteAppend(mat, $0, MAT_COMPRESSION_ZLIB, Int32(shape.count))
    }
  }

  private func store(
    _ name: String, make: () -> UnsafeMutablePointer<matvar_t>?,
    write: (UnsafeMutablePointer<matvar_t>) -> Int32
  ) throws {
    guard let variable = make() else {
      throw FileError(path: path, reason: "no memory for the variable \(name)")
    }
    defer { Mat_VarFree(variable) }
    if write(variable) != 0 {
      throw FileError(path: path, reason: "cannot take the variable \(name): \(Self.refusal)")
    }
  }
}

extension CollectionDescription {
  /// Of some images: one band needs no axis.
  fileprivate func matlabShape(_ count: Int) -> [Int] {
    [height, width] + (bandCount == 1 ? [] : [bandCount]) + [count]
  }
}

/// The other way round, row by row.
func transposed<Number>(_ values: [Number], rows: Int, columns: Int) -> [Number] {
  (0..<values.count).map { values[($0 % rows) * columns + $0 / rows] }
}

struct MatReader: CollectionReader {
  let description: CollectionDescription
  private let path: String

  init(_ path: String) throws {
    self.path = path
    let json = try hdf5Lock.withLock {
      let file = try MatFile(path)
      guard file.has("dataset") else {
        let found = file.variables(atMost: 20).map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        throw FileError(
          path: path,
          reason:
            "is not of lensing convert's making: there are the variables \(found); looked for are the text "
            + "dataset and images CLASS_SPLIT (height, width, count) or (height, width, band, count)")
      }
      return try file.text("dataset", limit: 1 << 24)
    }
    description = try CollectionDescription(json: json, path: path)
    try hdf5Lock.withLock { try requireNothingLeft(in: try MatFile(path)) }
  }

  /// What the description does not name is read by nobody.
  private func requireNothingLeft(in file: MatFile) throws {
    let images = description.groups.map(\.name)
    let numbers = description.columns.isEmpty ? [] : images.map { $0 + "_numbers" }
    let known = Set(["dataset", "numbers"] + images + numbers)
    let left = file.variables(atMost: known.count + 20).map(\.name).filter { !known.contains($0) }
    guard left.isEmpty else {
      throw FileError(
        path: path,
        reason: "\(left.prefix(5).joined(separator: ", ")) would be left out: dataset does not name it")
    }
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let file = try hdf5Lock.withLock { try MatFile(path) }
    let (height, width) = (description.height, description.width)
    for (k, group) in description.groups.enumerated() where group.count > 0 {
      for row in 0..<group.count {
        let (pixels, numbers) = try hdf5Lock.withLock {
          (
            try file.slice(
              group.name, shape: description.matlabShape(group.count), at: row, of: Float.self),
            description.columns.isEmpty
              ? []
              : try file.slice(
                "\(group.name)_numbers", shape: [description.columns.count, group.count], at: row,
                of: Double.self)
          )
        }
        let size = width * height
        let bands = (0..<description.bandCount).flatMap { band in
          transposed(Array(pixels[(band * size)..<((band + 1) * size)]), rows: width, columns: height)
        }
        try body(CollectionItem(group: k, row: row, pixels: bands, numbers: numbers))
      }
    }
  }
}

import CHDF5
import CMatIO
import LensCore

/// One MATLAB file (version 7.3): `LABEL_SPLIT` (height, width, count) single, `LABEL_SPLIT_numbers` (columns, count) double,
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
    for k in 0..<buffer.count {
      let image = Array(buffer.pixels[(k * description.imageSize)..<((k + 1) * description.imageSize)])
      columnMajor += transposed(image, rows: description.height, columns: description.width)
    }
    let name = description.groups[group].name
    try hdf5Lock.withLock {
      try append(
        name, MAT_C_SINGLE, MAT_T_SINGLE, [description.height, description.width, buffer.count], &columnMajor)
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
        let found = file.contents.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        throw FileError(
          path: path,
          reason:
            "is not of lensing convert's making: there are the variables \(found); looked for are the text "
            + "dataset and images CLASS_SPLIT (height, width, count)")
      }
      return try file.text("dataset", limit: 1 << 24)
    }
    description = try CollectionDescription(json: json, path: path)
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let file = try hdf5Lock.withLock { try MatFile(path) }
    let (height, width) = (description.height, description.width)
    for (k, group) in description.groups.enumerated() where group.count > 0 {
      for row in 0..<group.count {
        let (pixels, numbers) = try hdf5Lock.withLock {
          (
            try file.slice(group.name, shape: [height, width, group.count], at: row, of: Float.self),
            description.columns.isEmpty
              ? []
              : try file.slice(
                "\(group.name)_numbers", shape: [description.columns.count, group.count], at: row,
                of: Double.self)
          )
        }
        try body(
          CollectionItem(
            group: k, row: row, pixels: transposed(pixels, rows: width, columns: height), numbers: numbers))
      }
    }
  }
}

/// A MATLAB file that is read; to be used under `hdf5Lock`.
private final class MatFile {
  private let path: String
  private let mat: OpaquePointer
  private var variables: [String: UnsafeMutablePointer<matvar_t>] = [:]

  init(_ path: String) throws {
    // matio leaves HDF5's own messages on.
    lens_h5_prepare()
    // Other versions of MATLAB's files are no HDF5.
    if let file = try? HDF5File(reading: path) { try file.validateSizes() }
    guard let mat = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
      throw FileError(path: path, reason: "is no MATLAB file, or is damaged")
    }
    (self.path, self.mat) = (path, mat)
  }

  deinit {
    hdf5Lock.withLock {
      for variable in variables.values { Mat_VarFree(variable) }
      _ = Mat_Close(mat)
    }
  }

  func has(_ name: String) -> Bool { (try? info(name)) != nil }

  /// Names and shapes of the first 20 variables.
  var contents: [(name: String, shape: [Int])] {
    var found: [(String, [Int])] = []
    _ = Mat_Rewind(mat)
    while found.count < 20, let variable = Mat_VarReadNextInfo(mat) {
      let name = variable.pointee.name.map { String(cString: $0) } ?? "?"
      found.append((name, shape(variable)))
      Mat_VarFree(variable)
    }
    _ = Mat_Rewind(mat)
    return found
  }

  private func shape(_ variable: UnsafeMutablePointer<matvar_t>) -> [Int] {
    guard let lengths = variable.pointee.dims else { return [] }
    return (0..<max(0, Int(variable.pointee.rank))).map { Int(clamping: lengths[$0]) }
  }

  func text(_ name: String, limit: Int) throws -> [UInt8] {
    let variable = try info(name)
    let length = Int(variable.pointee.dims[1])
    guard variable.pointee.class_type == MAT_C_CHAR, variable.pointee.rank == 2,
      variable.pointee.dims[0] == 1,
      length <= limit, Mat_VarReadDataAll(mat, variable) == 0, let data = variable.pointee.data
    else { throw FileError(path: path, reason: "the variable \(name) is no text") }
    let size = Int(variable.pointee.data_size)
    // MATLAB's characters have two bytes; what is written here is ASCII.
    return (0..<length).map { data.load(fromByteOffset: $0 * size, as: UInt8.self) }
  }

  func slice<Number: BinaryFloatingPoint>(_ name: String, shape: [Int], at index: Int, of type: Number.Type)
    throws -> [Number]
  {
    let variable = try info(name)
    let found = self.shape(variable)
    // The last axis is dropped by MATLAB where its length is 1.
    guard found == shape || (shape.last == 1 && found == shape.dropLast()) else {
      throw FileError(path: path, reason: "the variable \(name) has the shape \(found), must have \(shape)")
    }
    guard variable.pointee.class_type == (type == Float.self ? MAT_C_SINGLE : MAT_C_DOUBLE) else {
      throw FileError(
        path: path,
        reason: "the variable \(name) must be of class \(type == Float.self ? "single" : "double")")
    }
    var start = found.map { _ in Int32(0) }
    var stride = found.map { _ in Int32(1) }
    var edge = found.map { Int32(clamping: $0) }
    if found.count == shape.count { (start[found.count - 1], edge[found.count - 1]) = (Int32(index), 1) }
    let count = shape.dropLast().reduce(1, *)
    var result = [Number](repeating: 0, count: count)
    let status = result.withUnsafeMutableBytes {
      Mat_VarReadData(mat, variable, $0.baseAddress, &start, &stride, &edge)
    }
    if status != 0 {
      throw FileError(path: path, reason: "\(name): entry \(index) cannot be read; the file is damaged")
    }
    return result
  }

  private func info(_ name: String) throws -> UnsafeMutablePointer<matvar_t> {
    if let known = variables[name] { return known }
    guard let variable = Mat_VarReadInfo(mat, name) else {
      throw FileError(path: path, reason: "has no variable \(name)")
    }
    variables[name] = variable
    return variable
  }
}

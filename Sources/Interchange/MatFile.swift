import CHDF5
import CMatIO
import LensCore

/// A MATLAB file that is read; to be used under `hdf5Lock`.
final class MatFile {
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

  /// Names and shapes of the first variables.
  func variables(atMost count: Int) -> [(name: String, shape: [Int])] {
    var found: [(String, [Int])] = []
    _ = Mat_Rewind(mat)
    while found.count < count, let variable = Mat_VarReadNextInfo(mat) {
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

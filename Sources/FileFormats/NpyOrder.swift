/// Goes through the elements in the order of a file whose first axis varies fastest (Fortran order).
///
/// - Parameters:
///   - shape: Lengths of the axes.
///   - body: Called with each element's place where the last axis varies fastest (C order).
package func forEachFortranElement(_ shape: [Int], _ body: (Int) -> Void) {
  // An empty array may have strides that overflow.
  if shape.contains(0) { return }
  var strides = shape
  var stride = 1
  for axis in shape.indices.reversed() {
    strides[axis] = stride
    stride *= shape[axis]
  }
  var index = shape.map { _ in 0 }
  var place = 0
  for _ in 0..<stride {
    body(place)
    // Counts like an odometer: the first axis first, carrying to the right.
    for axis in shape.indices {
      index[axis] += 1
      place += strides[axis]
      if index[axis] < shape[axis] { break }
      place -= index[axis] * strides[axis]
      index[axis] = 0
    }
  }
}

/// The bytes of an array's numbers in C order, of those in Fortran order.
///
/// - Parameter bytes: As many as the shape and the size of a number ask for.
package func inCOrder(_ bytes: ArraySlice<UInt8>, shape: [Int], numberSize: Int) -> [UInt8] {
  var ordered = [UInt8](repeating: 0, count: bytes.count)
  ordered.withUnsafeMutableBytes { target in
    bytes.withUnsafeBytes { source in
      var position = 0
      forEachFortranElement(shape) { place in
        for k in 0..<numberSize { target[place * numberSize + k] = source[position + k] }
        position += numberSize
      }
    }
  }
  return ordered
}

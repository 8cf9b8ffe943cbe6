import CLensTorch

// Element by element; shapes are broadcast like NumPy's.
extension Tensor {
  package static func + (a: Tensor, b: Tensor) throws -> Tensor { try binary(LENS_ADD, "+", a, b) }
  package static func - (a: Tensor, b: Tensor) throws -> Tensor { try binary(LENS_SUBTRACT, "-", a, b) }
  package static func * (a: Tensor, b: Tensor) throws -> Tensor { try binary(LENS_MULTIPLY, "*", a, b) }
  package static func / (a: Tensor, b: Tensor) throws -> Tensor { try binary(LENS_DIVIDE, "/", a, b) }

  /// The product of [.., n, m] and [.., m, k].
  package func matrixProduct(_ other: Tensor) throws -> Tensor {
    try require(
      shape.count >= 2 && other.shape.count >= 2 && shape.last == other.shape[other.shape.count - 2],
      "no matrix product of shapes \(shape) and \(other.shape)")
    return try making { lens_tensor_binary(LENS_MATRIX_PRODUCT, handle.pointer, other.handle.pointer, $0) }
  }

  /// scale x + offset.
  package func affine(scale: Double = 1, offset: Double = 0) throws -> Tensor {
    try making { lens_tensor_affine(handle.pointer, scale, offset, $0) }
  }

  package func rectified() throws -> Tensor { try unary(LENS_RELU) }
  package func hyperbolicTangent() throws -> Tensor { try unary(LENS_TANH) }
  package func sigmoid() throws -> Tensor { try unary(LENS_SIGMOID) }
  /// ln(1 + exp x).
  package func softplus() throws -> Tensor { try unary(LENS_SOFTPLUS) }
  package func exponential() throws -> Tensor { try unary(LENS_EXP) }
  package func squareRoot() throws -> Tensor { try unary(LENS_SQUARE_ROOT) }
  package func squared() throws -> Tensor { try unary(LENS_SQUARE) }
  /// Logarithms of the probabilities whose logits stand along the last dimension.
  package func logarithmicSoftmax() throws -> Tensor { try unary(LENS_LOG_SOFTMAX) }

  /// Over all elements, or over some dimensions, which then are gone.
  package func sum(over dimensions: [Int] = []) throws -> Tensor { try reduced(LENS_SUM, dimensions) }
  /// As `sum`.
  package func mean(over dimensions: [Int] = []) throws -> Tensor { try reduced(LENS_MEAN, dimensions) }

  /// As `sum`; equal ones share the derivative.
  package func maximum(over dimensions: [Int] = []) throws -> Tensor { try reduced(LENS_MAXIMUM, dimensions) }

  /// Where the largest element along a dimension is.
  package func indexOfLargest(along dimension: Int) throws -> Tensor {
    try requireDimension(dimension)
    return try making { lens_tensor_largest_index(handle.pointer, Int64(dimension), $0) }
  }

  private func unary(_ operation: lens_unary) throws -> Tensor {
    try making { lens_tensor_unary(operation, handle.pointer, $0) }
  }

  private func reduced(_ operation: lens_reduction, _ dimensions: [Int]) throws -> Tensor {
    for dimension in dimensions { try requireDimension(dimension) }
    return try making {
      lens_tensor_reduce(
        operation, handle.pointer, dimensions.map(Int64.init), Int32(dimensions.count), $0)
    }
  }

  private static func binary(
    _ operation: lens_binary, _ sign: String, _ a: Tensor, _ b: Tensor
  ) throws -> Tensor {
    let fits = zip(a.shape.reversed(), b.shape.reversed()).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
    try require(fits, "shapes \(a.shape) and \(b.shape) do not fit together for '\(sign)'")
    return try making { lens_tensor_binary(operation, a.handle.pointer, b.handle.pointer, $0) }
  }

  func requireDimension(_ dimension: Int) throws {
    try require(
      shape.indices.contains(dimension), "a tensor of shape \(shape) has no dimension \(dimension)")
  }
}

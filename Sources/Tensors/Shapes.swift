import CLensTorch

extension Tensor {
  /// The same elements in another shape.
  package func reshaped(_ newShape: [Int]) throws -> Tensor {
    try require(newShape.reduce(1, *) == count, "a tensor of shape \(shape) cannot take shape \(newShape)")
    return try making {
      lens_tensor_reshape(handle.pointer, newShape.map(Int64.init), Int32(newShape.count), $0)
    }
  }

  /// [batch, ...] to [batch, rest].
  package func flattened() throws -> Tensor {
    try require(shape.count >= 2, "a tensor of shape \(shape) cannot be flattened behind its batch")
    return try reshaped([shape[0], shape.dropFirst().reduce(1, *)])
  }

  /// Dimension i of the result is dimension `order[i]`.
  package func permuted(_ order: [Int]) throws -> Tensor {
    try require(
      order.sorted() == Array(shape.indices),
      "\(order) is no order of the dimensions of a tensor of shape \(shape)")
    return try making { lens_tensor_permute(handle.pointer, order.map(Int64.init), Int32(order.count), $0) }
  }

  /// A range of one dimension.
  package func slice(_ range: Range<Int>, along dimension: Int = 0) throws -> Tensor {
    try requireDimension(dimension)
    try require(
      range.lowerBound >= 0 && range.upperBound <= shape[dimension],
      "\(range) is outside dimension \(dimension) of a tensor of shape \(shape)")
    return try making {
      lens_tensor_slice(
        handle.pointer, Int64(dimension), Int64(range.lowerBound), Int64(range.upperBound), $0)
    }
  }

  /// Some rows of the first dimension, in the order given.
  package func rows(_ numbers: [Int]) throws -> Tensor {
    try requireDimension(0)
    try require(
      numbers.allSatisfy { (0..<shape[0]).contains($0) }, "rows \(numbers) of a tensor of shape \(shape)")
    return try making {
      lens_tensor_select(handle.pointer, numbers.map(Int64.init), Int32(numbers.count), $0)
    }
  }

  /// The elements of one dimension the other way round.
  package func flipped(along dimension: Int) throws -> Tensor {
    try requireDimension(dimension)
    return try making { lens_tensor_flip(handle.pointer, Int64(dimension), $0) }
  }

  /// Tensors behind each other along a dimension.
  package static func concatenated(_ tensors: [Tensor], along dimension: Int = 0) throws -> Tensor {
    guard let first = tensors.first else { throw TensorError("no tensors to concatenate") }
    try first.requireDimension(dimension)
    for tensor in tensors {
      let fits =
        tensor.shape.count == first.shape.count
        && tensor.shape.indices.allSatisfy { $0 == dimension || tensor.shape[$0] == first.shape[$0] }
      try require(
        fits, "shapes \(first.shape) and \(tensor.shape) cannot be joined along dimension \(dimension)")
    }
    let pointers = tensors.map { Optional($0.handle.pointer) }
    return try making { lens_tensor_concatenate(pointers, Int32(pointers.count), Int64(dimension), $0) }
  }
}

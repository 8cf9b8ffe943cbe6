import CLensTorch

// On images [batch, channel, height, width]. Each shape is checked here, because libtorch's messages speak of its own
// layouts.
extension Tensor {
  /// - Parameters:
  ///   - weight: [out, in, height, width].
  ///   - isPeriodic: The columns that `padding` adds at either side are those of the other; rows are padded with zeros
  ///     either way.
  package func convolved(
    _ weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, isPeriodic: Bool = false
  ) throws -> Tensor {
    try requireImages()
    if isPeriodic && padding > 0 {
      return try paddedPeriodically(padding).convolved(
        weight, bias: bias, stride: stride, rows: padding, columns: 0)
    }
    return try convolved(weight, bias: bias, stride: stride, rows: padding, columns: padding)
  }

  /// - Parameters:
  ///   - rows, columns: Zeros at each side.
  private func convolved(_ weight: Tensor, bias: Tensor?, stride: Int, rows: Int, columns: Int) throws
    -> Tensor
  {
    try require(
      weight.shape.count == 4 && weight.shape[1] == shape[1],
      "images of shape \(shape) have \(shape[1]) channels, a kernel of shape \(weight.shape) does not fit them"
    )
    for (axis, padding) in [(2, rows), (3, columns)] {
      try require(
        shape[axis] + 2 * padding >= weight.shape[axis],
        "a kernel of shape \(weight.shape) is larger than images of shape \(shape) with padding \(padding)")
    }
    return try making {
      lens_convolution(
        handle.pointer, weight.handle.pointer, bias?.handle.pointer, Int64(stride), Int64(rows),
        Int64(columns), $0)
    }
  }

  /// With more columns at either side, which are those of the other: for maps whose last column is the neighbour of the first.
  package func paddedPeriodically(_ columns: Int) throws -> Tensor {
    try requireImages()
    try require(
      (0...shape[3]).contains(columns),
      "\(columns) more columns given, images of shape \(shape) have \(shape[3])")
    return try making { lens_pad_periodically(handle.pointer, Int64(columns), $0) }
  }

  /// Values between the pixels, bilinear.
  ///
  /// - Parameter places: (x, y) of the result's pixels, [height, width, 2], where -1 and 1 are the edges of the image,
  ///   beyond which its border goes on.
  package func resampled(at places: Tensor) throws -> Tensor {
    try requireImages()
    try require(
      places.shape.count == 3 && places.shape[2] == 2,
      "places must have shape [height, width, 2], not \(places.shape)")
    return try making { lens_resample(handle.pointer, places.handle.pointer, $0) }
  }

  /// The transpose of a convolution.
  ///
  /// - Parameters:
  ///   - weight: [in, out, height, width].
  ///   - size: Height and width of the result, at most `stride` - 1 more than the smallest possible.
  package func convolvedTransposed(
    _ weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, size: (height: Int, width: Int)
  ) throws -> Tensor {
    try requireImages()
    try require(
      weight.shape.count == 4 && weight.shape[0] == shape[1],
      "images of shape \(shape) have \(shape[1]) channels, a kernel of shape \(weight.shape) does not fit them"
    )
    func extra(_ wanted: Int, _ axis: Int) throws -> Int {
      let least = (shape[axis] - 1) * stride - 2 * padding + weight.shape[axis]
      try require(
        (0..<max(1, stride)).contains(wanted - least),
        "images of shape \(shape) cannot be unfolded to a side of \(wanted): from \(least) to \(least + stride - 1)"
      )
      return wanted - least
    }
    let (height, width) = (try extra(size.height, 2), try extra(size.width, 3))
    return try making {
      lens_transposed_convolution(
        handle.pointer, weight.handle.pointer, bias?.handle.pointer, Int64(stride), Int64(padding),
        Int64(height),
        Int64(width), $0)
    }
  }

  /// Channels become pixels: [batch, channels n^2, height, width] to [batch, channels, n height, n width].
  ///
  /// Reference: Shi et al. (2016), arXiv:1609.05158, eq. 4.
  package func pixelShuffled(_ factor: Int) throws -> Tensor {
    try requireImages()
    try require(
      factor > 0 && shape[1] % (factor * factor) == 0,
      "\(shape[1]) channels cannot become \(factor) x \(factor) pixels each")
    return try making { lens_pixel_shuffle(handle.pointer, Int64(factor), $0) }
  }

  /// x W^T + b for [batch, in] and a weight [out, in].
  package func linear(_ weight: Tensor, bias: Tensor?) throws -> Tensor {
    try require(
      weight.shape.count == 2 && shape.last == weight.shape[1],
      "a weight of shape \(weight.shape) does not fit inputs of shape \(shape)")
    return try making { lens_linear(handle.pointer, weight.handle.pointer, bias?.handle.pointer, $0) }
  }

  /// The largest element of every window.
  package func maximumPool(_ size: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try requireImages()
    try require(
      min(shape[2], shape[3]) + 2 * padding >= size,
      "windows of \(size) pixels are larger than images of shape \(shape)")
    return try making {
      lens_maximum_pool(handle.pointer, Int64(size), Int64(stride), Int64(padding), $0)
    }
  }

  /// Means over as many windows as the result has pixels.
  package func adaptiveMeanPool(height: Int, width: Int) throws -> Tensor {
    try requireImages()
    return try making { lens_adaptive_mean_pool(handle.pointer, Int64(height), Int64(width), $0) }
  }

  /// Subtracts means and divides by standard deviations over all dimensions but the second, then scales and shifts.
  ///
  /// - Parameter isTraining: Use the batch's own statistics, and move the running ones towards them.
  package func batchNormalized(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, isTraining: Bool,
    momentum: Double = 0.1, epsilon: Double = 1e-5
  ) throws -> Tensor {
    try require(
      shape.count >= 2 && weight.shape == [shape[1]],
      "\(weight.shape) scales do not fit a tensor of shape \(shape)")
    return try making {
      lens_batch_normalization(
        handle.pointer, weight.handle.pointer, bias.handle.pointer, runningMean.handle.pointer,
        runningVariance.handle.pointer, isTraining, momentum, epsilon, $0)
    }
  }

  private func requireImages() throws {
    try require(shape.count == 4, "images must have shape [batch, channel, height, width], not \(shape)")
  }
}

/// Mean losses of a batch.
extension Tensor {
  package func meanSquaredError(_ target: Tensor) throws -> Tensor {
    try require(shape == target.shape, "predictions of shape \(shape) for targets of shape \(target.shape)")
    return try making {
      lens_mean_loss(LENS_SQUARED_ERROR, handle.pointer, target.handle.pointer, $0)
    }
  }

  /// Of logits [batch, classes] and labels [batch].
  package func crossEntropy(_ labels: Tensor) throws -> Tensor {
    try require(
      shape.count == 2 && labels.shape == [shape[0]],
      "logits of shape \(shape) for labels of shape \(labels.shape)")
    return try making { lens_mean_loss(LENS_CROSS_ENTROPY, handle.pointer, labels.handle.pointer, $0) }
  }

  /// Of logits and probabilities of the same shape.
  package func binaryCrossEntropy(_ target: Tensor) throws -> Tensor {
    try require(shape == target.shape, "logits of shape \(shape) for targets of shape \(target.shape)")
    return try making {
      lens_mean_loss(LENS_BINARY_CROSS_ENTROPY, handle.pointer, target.handle.pointer, $0)
    }
  }
}

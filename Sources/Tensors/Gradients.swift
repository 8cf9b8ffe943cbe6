import CLensTorch

extension Tensor {
  /// Asks for this tensor's gradient from now on; returns the tensor.
  @discardableResult
  package func requiringGradient(_ require: Bool = true) throws -> Tensor {
    try check(lens_tensor_require_gradient(handle.pointer, require))
    return self
  }

  /// Adds the derivatives of this single number to the gradients of all tensors that asked for theirs.
  package func backward() throws {
    try require(count == 1, "only a single number has gradients, not a tensor of shape \(shape)")
    try check(lens_tensor_backward(handle.pointer))
  }

  /// Whether this tensor's gradient was asked for.
  package var isAskedForGradient: Bool {
    var result = false
    return lens_tensor_requires_gradient(handle.pointer, &result) == 0 && result
  }

  /// nil before the first `backward`.
  package var gradient: Tensor? {
    get throws {
      var result: OpaquePointer?
      try check(lens_tensor_gradient(handle.pointer, &result))
      return try result.map { try Tensor(adopting: $0) }
    }
  }

  package func clearGradient() throws { try check(lens_tensor_clear_gradient(handle.pointer)) }

  /// The same elements without a memory of how they came about.
  package func detached() throws -> Tensor { try making { lens_tensor_detach(handle.pointer, $0) } }
}

/// Runs a computation that nobody will ask the gradients of.
package func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
  var before = true
  try check(lens_gradients_enable(false, &before))
  defer { _ = lens_gradients_enable(before, &before) }
  return try body()
}

/// Random tensors. The same seed gives the same numbers on every device: they are drawn on the processor.
package final class TensorGenerator {
  /// Where the tensors that it draws live.
  package let device: Device
  private let pointer: OpaquePointer

  package init(seed: UInt64, device: Device = .cpu) throws {
    var result: OpaquePointer?
    try check(lens_generator_create(seed, &result))
    guard let result else { throw TensorError("libtorch gave no random generator") }
    (pointer, self.device) = (result, device)
  }

  deinit { lens_generator_free(pointer) }

  /// Standard normal numbers.
  package func normal(_ shape: [Int]) throws -> Tensor {
    try making {
      lens_generator_normal(pointer, shape.map(Int64.init), Int32(shape.count), device.name, $0)
    }
  }

  /// Numbers from 0 to 1.
  package func uniform(_ shape: [Int]) throws -> Tensor {
    try making {
      lens_generator_uniform(pointer, shape.map(Int64.init), Int32(shape.count), device.name, $0)
    }
  }

  /// Ones with the probabilities given, else zeros.
  package func bernoulli(_ probabilities: Tensor) throws -> Tensor {
    try making { lens_generator_bernoulli(pointer, probabilities.handle.pointer, $0) }
  }
}

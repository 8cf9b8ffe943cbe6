import CLensTorch

/// A network of any architecture that Python exported as a TorchScript module.
///
/// Such a file is a program: it runs with all the rights of the process that loads it, so load only what you trust.
package final class ScriptModule {
  /// A parameter, or a buffer of real numbers.
  package struct Entry {
    package let name: String
    package let tensor: Tensor
    package let isTrainable: Bool
  }

  /// In the module's order; what changes them changes the module.
  package let entries: [Entry]
  private let pointer: OpaquePointer

  /// - Throws: `TensorError` if libtorch cannot make a module of the file.
  package init(path: String, device: Device = .cpu) throws {
    var result: OpaquePointer?
    try check(lens_script_load(path, device.name, &result))
    guard let result else { throw TensorError("libtorch gave no module") }
    pointer = result
    do { entries = try Self.entries(result) } catch {
      lens_script_free(result)
      throw error
    }
  }

  deinit { lens_script_free(pointer) }

  /// What the module makes of one tensor.
  ///
  /// - Parameter isTraining: As PyTorch's `train()` and `eval()`. Modules draw from libtorch's own generator; see `seed`.
  package func callAsFunction(_ x: Tensor, isTraining: Bool) throws -> Tensor {
    try making { lens_script_forward(pointer, x.handle.pointer, isTraining, $0) }
  }

  /// Writes the module with its present parameters.
  package func write(to path: String) throws { try check(lens_script_save(pointer, path)) }

  /// Seeds libtorch's own generator, which nothing but modules draws from.
  package static func seed(_ seed: UInt64) throws { try check(lens_torch_seed(seed)) }

  private static func entries(_ pointer: OpaquePointer) throws -> [Entry] {
    var count: Int32 = 0
    try check(lens_script_tensor_count(pointer, &count))
    return try (0..<count).map { number in
      var (name, isTrainable): (UnsafePointer<CChar>?, Bool) = (nil, false)
      let tensor = try making { lens_script_tensor(pointer, number, &name, &isTrainable, $0) }
      return Entry(name: name.map { String(cString: $0) } ?? "", tensor: tensor, isTrainable: isTrainable)
    }
  }
}

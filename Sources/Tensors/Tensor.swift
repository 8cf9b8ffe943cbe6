import CLensTorch

/// An array of Floats or of 64-bit whole numbers of up to 8 dimensions, on the processor or on a graphics card.
///
/// A value that refers to libtorch's memory: copies share it. Operations make new tensors, and remember how if a
/// gradient was asked for. Not shared between threads.
package struct Tensor {
  let handle: TensorHandle
  package let shape: [Int]

  /// How many elements there are.
  package var count: Int { shape.reduce(1, *) }

  /// - Parameters:
  ///   - values: Row-major.
  ///   - device: `cpu`, or `cuda` where libtorch has it.
  package init(_ values: [Float], shape: [Int], device: Device = .cpu) throws {
    try require(
      values.count == shape.reduce(1, *), "\(values.count) values given for a tensor of shape \(shape)")
    self = try making { result in
      lens_tensor_from_floats(values, shape.map(Int64.init), Int32(shape.count), device.name, result)
    }
  }

  /// A tensor of class labels or other whole numbers.
  package init(labels: [Int], shape: [Int]? = nil, device: Device = .cpu) throws {
    let shape = shape ?? [labels.count]
    try require(
      labels.count == shape.reduce(1, *), "\(labels.count) values given for a tensor of shape \(shape)")
    self = try making { result in
      lens_tensor_from_integers(
        labels.map(Int64.init), shape.map(Int64.init), Int32(shape.count), device.name, result)
    }
  }

  /// Every element the same.
  package init(repeating value: Float, shape: [Int], device: Device = .cpu) throws {
    try self.init([Float](repeating: value, count: shape.reduce(1, *)), shape: shape, device: device)
  }

  init(adopting pointer: OpaquePointer) throws {
    handle = TensorHandle(pointer)
    var (sizes, rank) = ([Int64](repeating: 0, count: 8), Int32(0))
    try check(lens_tensor_shape(pointer, &sizes, &rank))
    shape = sizes.prefix(Int(rank)).map(Int.init)
  }

  /// The elements, row-major.
  package func floats() throws -> [Float] {
    var values = [Float](repeating: 0, count: count)
    try check(lens_tensor_copy_floats(handle.pointer, &values, Int64(count)))
    return values
  }

  /// The elements of a tensor of whole numbers.
  package func integers() throws -> [Int] {
    var values = [Int64](repeating: 0, count: count)
    try check(lens_tensor_copy_integers(handle.pointer, &values, Int64(count)))
    return values.map(Int.init)
  }

  /// The only element.
  package func scalar() throws -> Float {
    try require(count == 1, "a tensor of shape \(shape) is not a single number")
    return try floats()[0]
  }

  package func on(_ device: Device) throws -> Tensor {
    try making { lens_tensor_to_device(handle.pointer, device.name, $0) }
  }

  /// Overwrites the elements in place, out of sight of the gradients.
  package func assign(_ values: Tensor) throws {
    try require(shape == values.shape, "values of shape \(values.shape) given for a tensor of shape \(shape)")
    try check(lens_tensor_assign(handle.pointer, values.handle.pointer))
  }

  /// Tensors that exist in this process.
  package static var liveCount: Int { Int(lens_tensor_live_count()) }
}

/// Where tensors live.
package struct Device: Sendable, Equatable {
  package let name: String

  package static let cpu = Device(name: "cpu")

  private init(name: String) { self.name = name }

  /// - Throws: `TensorError` for a name that libtorch does not know or a device that is not there.
  package init(named name: String) throws {
    var isThere = false
    try check(lens_torch_has_device(name, &isThere))
    try require(isThere, "there is no device '\(name)' for this libtorch (\(TorchLibrary.version))")
    try check(lens_torch_repeat_exactly())
    self.name = name
  }
}

/// The libtorch that this build is linked to.
package enum TorchLibrary {
  /// False if the package trait `Torch` was off: then every operation throws.
  package static var isAvailable: Bool { lens_torch_is_available() }
  package static var version: String { String(cString: lens_torch_version()) }

  /// Threads that one operation may use.
  package static func setThreads(_ count: Int) throws {
    try require((1...1024).contains(count), "\(count) threads given, must be from 1 to 1024")
    try check(lens_torch_set_threads(Int32(count)))
  }
}

/// Frees a tensor when nothing refers to it any more.
final class TensorHandle {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { lens_tensor_free(pointer) }
}

func check(_ status: Int32) throws {
  if status != 0 { throw TensorError(String(cString: lens_torch_message())) }
}

func making(_ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) throws -> Tensor {
  var result: OpaquePointer?
  try check(body(&result))
  guard let result else { throw TensorError("libtorch gave no tensor") }
  return try Tensor(adopting: result)
}

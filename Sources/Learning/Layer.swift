import Tensors

/// What a network needs to know about the pass that it makes.
package struct Pass {
  /// Batch statistics and dropout are in use.
  package let isTraining: Bool
  /// Where random numbers come from.
  package let generator: TensorGenerator
  /// Into how many parts batch statistics divide a batch while training.
  package var parts = 1
  /// What layers keep from batch to batch while no weight changes; only in passes that train nothing.
  let expandedFilters: ExpandedFilters?

  package init(isTraining: Bool, generator: TensorGenerator) {
    (self.isTraining, self.generator) = (isTraining, generator)
    expandedFilters = isTraining ? nil : ExpandedFilters()
  }
}

/// Filters that were made of weights, by the layer that made them.
final class ExpandedFilters {
  private var tensors: [ObjectIdentifier: Tensor] = [:]

  func filter(of layer: AnyObject, _ make: () throws -> Tensor) rethrows -> Tensor {
    if let tensor = tensors[ObjectIdentifier(layer)] { return tensor }
    let tensor = try make()
    tensors[ObjectIdentifier(layer)] = tensor
    return tensor
  }
}

/// A tensor of a network under the name that PyTorch gives it.
package struct NamedTensor {
  package let name: String
  package let tensor: Tensor
  /// Moved by optimizers; running statistics are not.
  package let isTrainable: Bool

  package init(name: String, tensor: Tensor, isTrainable: Bool) {
    (self.name, self.tensor, self.isTrainable) = (name, tensor, isTrainable)
  }

  package func prefixed(_ prefix: String) -> NamedTensor {
    NamedTensor(name: "\(prefix).\(name)", tensor: tensor, isTrainable: isTrainable)
  }
}

/// A part of a network: a function of tensors with parameters of its own.
package protocol Layer {
  /// Parameters and running statistics, in PyTorch's order.
  var state: [NamedTensor] { get }
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor
}

extension Layer {
  /// What optimizers move.
  package var parameters: [Tensor] { state.filter(\.isTrainable).map(\.tensor) }
}

/// Layers one after the other, named by their positions.
package struct Sequential: Layer {
  let layers: [any Layer]

  package init(_ layers: [any Layer]) { self.layers = layers }

  package var state: [NamedTensor] {
    layers.enumerated().flatMap { i, layer in layer.state.map { $0.prefixed("\(i)") } }
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try layers.reduce(x) { x, layer in try layer(x, pass) }
  }
}

/// A function without parameters, or of layers that are somebody else's.
package struct Function: Layer {
  private let body: (Tensor, Pass) throws -> Tensor
  /// Of the layers that it calls.
  package let state: [NamedTensor]

  package init(_ body: @escaping (Tensor) throws -> Tensor) { self.init(inPass: { x, _ in try body(x) }) }

  package init(of layers: [any Layer] = [], inPass body: @escaping (Tensor, Pass) throws -> Tensor) {
    (self.body, state) = (body, layers.flatMap(\.state))
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try body(x, pass) }

  package static var rectifier: Function { Function { try $0.rectified() } }
  package static var hyperbolicTangent: Function { Function { try $0.hyperbolicTangent() } }
  package static var flatten: Function { Function { try $0.flattened() } }

  package static func maximumPool(_ size: Int, stride: Int, padding: Int = 0) -> Function {
    Function { try $0.maximumPool(size, stride: stride, padding: padding) }
  }

  /// Zeros with a probability while training, and more of the rest; nothing otherwise.
  package static func dropout(_ probability: Double) -> Function {
    Function(inPass: { x, pass in
      if !pass.isTraining || probability == 0 { return x }
      let kept = try Tensor(
        repeating: Float(1 - probability), shape: x.shape, device: pass.generator.device)
      return try x * pass.generator.bernoulli(kept).affine(scale: 1 / (1 - probability))
    })
  }
}

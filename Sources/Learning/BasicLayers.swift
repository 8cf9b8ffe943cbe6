import Tensors

/// A uniform number on [-1 / sqrt(fanIn), 1 / sqrt(fanIn)): where PyTorch's linear and convolution layers begin.
private func initial(_ shape: [Int], fanIn: Int, _ generator: TensorGenerator) throws -> Tensor {
  let bound = 1 / Double(fanIn).squareRoot()
  return try generator.uniform(shape).affine(scale: 2 * bound, offset: -bound).requiringGradient()
}

/// Two tensors called `weight` and `bias`.
private func weightAndBias(_ weight: Tensor, _ bias: Tensor?) -> [NamedTensor] {
  [NamedTensor(name: "weight", tensor: weight, isTrainable: true)]
    + (bias.map { [NamedTensor(name: "bias", tensor: $0, isTrainable: true)] } ?? [])
}

/// x W^T + b.
package struct Linear: Layer {
  package let weight: Tensor
  package let bias: Tensor

  package init(_ inputs: Int, _ outputs: Int, _ generator: TensorGenerator) throws {
    weight = try initial([outputs, inputs], fanIn: inputs, generator)
    bias = try initial([outputs], fanIn: inputs, generator)
  }

  package var state: [NamedTensor] { weightAndBias(weight, bias) }
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.linear(weight, bias: bias)
  }
}

/// A square convolution.
package struct Convolution: Layer {
  package let weight: Tensor
  package let bias: Tensor?
  private let stride: Int
  private let padding: Int
  private let isPeriodic: Bool

  /// - Parameter isPeriodic: Images whose last column is the neighbour of the first.
  package init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true,
    isPeriodic: Bool = false, _ generator: TensorGenerator
  ) throws {
    let fanIn = inputs * kernel * kernel
    weight = try initial([outputs, inputs, kernel, kernel], fanIn: fanIn, generator)
    bias = hasBias ? try initial([outputs], fanIn: fanIn, generator) : nil
    (self.stride, self.padding, self.isPeriodic) = (stride, padding, isPeriodic)
  }

  package var state: [NamedTensor] { weightAndBias(weight, bias) }
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.convolved(weight, bias: bias, stride: stride, padding: padding, isPeriodic: isPeriodic)
  }
}

/// The transpose of a convolution that made images of `side` pixels smaller.
package struct TransposedConvolution: Layer {
  package let weight: Tensor
  package let bias: Tensor
  private let stride: Int
  private let padding: Int
  private let side: Int

  /// - Parameter side: Of the images that come out.
  package init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, side: Int,
    _ generator: TensorGenerator
  ) throws {
    // PyTorch counts what each input pixel spreads to.
    let fanIn = outputs * kernel * kernel
    weight = try initial([inputs, outputs, kernel, kernel], fanIn: fanIn, generator)
    bias = try initial([outputs], fanIn: fanIn, generator)
    (self.stride, self.padding, self.side) = (stride, padding, side)
  }

  package var state: [NamedTensor] { weightAndBias(weight, bias) }
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.convolvedTransposed(
      weight, bias: bias, stride: stride, padding: padding, size: (height: side, width: side))
  }
}

/// Batch normalization of features or of channels.
///
/// Reference: Ioffe & Szegedy (2015), arXiv:1502.03167, algorithm 1.
package struct BatchNormalization: Layer {
  private let weight: Tensor
  private let bias: Tensor
  private let mean: Tensor
  private let variance: Tensor

  /// - Parameter generator: Says on which device; nothing is drawn.
  package init(_ features: Int, _ generator: TensorGenerator) throws {
    func filled(_ value: Float) throws -> Tensor {
      try Tensor(repeating: value, shape: [features], device: generator.device)
    }
    weight = try filled(1).requiringGradient()
    bias = try filled(0).requiringGradient()
    mean = try filled(0)
    variance = try filled(1)
  }

  package var state: [NamedTensor] {
    weightAndBias(weight, bias) + [
      NamedTensor(name: "running_mean", tensor: mean, isTrainable: false),
      NamedTensor(name: "running_var", tensor: variance, isTrainable: false),
    ]
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard pass.isTraining, pass.parts > 1, x.shape[0] % pass.parts == 0 else {
      return try normalized(x, pass)
    }
    // Ghost batches: Hoffer, Hubara & Soudry (2017), arXiv:1705.08741, algorithm 1.
    let size = x.shape[0] / pass.parts
    return try .concatenated(
      (0..<pass.parts).map { try normalized(x.slice($0 * size..<($0 + 1) * size), pass) })
  }

  private func normalized(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.batchNormalized(
      weight: weight, bias: bias, runningMean: mean, runningVariance: variance, isTraining: pass.isTraining)
  }
}

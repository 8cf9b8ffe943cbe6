import Tensors

/// A restricted Boltzmann machine of binary units: pixels between 0 and 1 are their probabilities.
///
/// Trained by contrastive divergence with one step of Gibbs sampling.
///
/// Reference: Hinton (2002), Neural Computation 14, 1771; free energy as in Hinton (2012), A Practical Guide to Training
/// Restricted Boltzmann Machines, section 16.
package struct RestrictedBoltzmannMachine {
  /// [hidden, visible].
  private let weight: Tensor
  private let visibleBias: Tensor
  private let hiddenBias: Tensor

  /// - Parameter visible: Pixels of an image; 22,500 in the papers.
  package init(visible: Int, hidden: Int = 1000, _ generator: TensorGenerator) throws {
    weight = try generator.normal([hidden, visible]).affine(scale: 0.01).requiringGradient()
    visibleBias = try Tensor(repeating: 0, shape: [visible], device: generator.device).requiringGradient()
    hiddenBias = try Tensor(repeating: 0, shape: [hidden], device: generator.device).requiringGradient()
  }

  package var state: [NamedTensor] {
    [("weight", weight), ("visible_bias", visibleBias), ("hidden_bias", hiddenBias)].map {
      NamedTensor(name: $0.0, tensor: $0.1, isTrainable: true)
    }
  }

  /// Probabilities of the hidden units [batch, hidden] given visible ones [batch, visible].
  package func hidden(_ visible: Tensor) throws -> Tensor {
    try visible.linear(weight, bias: hiddenBias).sigmoid()
  }

  /// Probabilities of the visible units given hidden ones.
  package func visible(_ hidden: Tensor) throws -> Tensor {
    try (hidden.matrixProduct(weight) + visibleBias).sigmoid()
  }

  /// What the machine makes of images: their pixels' probabilities after one step through the hidden units.
  package func reconstruct(_ images: Tensor) throws -> Tensor {
    try visible(hidden(images.flattened())).reshaped(images.shape)
  }

  /// Mean over the batch: -v.b - sum ln(1 + exp(c + W v)).
  package func freeEnergy(_ visible: Tensor) throws -> Tensor {
    let units = try visible.linear(weight, bias: hiddenBias).softplus().sum()
    return try ((visible * visibleBias).sum() + units).affine(scale: -1 / Double(visible.shape[0]))
  }

  /// The free energy of images less that of one Gibbs step after them: its gradient is that of contrastive divergence.
  package func loss(_ images: Tensor, _ generator: TensorGenerator) throws -> Tensor {
    let data = try images.flattened()
    let sampled = try withoutGradients { try generator.bernoulli(visible(generator.bernoulli(hidden(data)))) }
    return try freeEnergy(data) - freeEnergy(sampled)
  }
}

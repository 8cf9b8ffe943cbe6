import Tensors

/// The networks that can be trained, by the names that the command line knows.
public enum NetworkKind: String, CaseIterable, Sendable, Codable {
  case resnet18, resnet34, resnet50, alexnet
  case autoencoder, variational, adversarial, boltzmann

  /// Told which image is of which class; the others see only images without substructure and are judged by how badly
  /// they reconstruct one.
  public var isSupervised: Bool {
    switch self {
    case .resnet18, .resnet34, .resnet50, .alexnet: true
    case .autoencoder, .variational, .adversarial, .boltzmann: false
    }
  }

  /// - Parameters:
  ///   - width, height: Pixels of the images; autoencoders need squares.
  ///   - classes: Of a supervised network.
  public func make(width: Int, height: Int, classes: Int, _ generator: TensorGenerator) throws -> Model {
    switch self {
    case .resnet18: .classifier(try ResidualNetwork(depth: 18, classes: classes, generator))
    case .resnet34: .classifier(try ResidualNetwork(depth: 34, classes: classes, generator))
    case .resnet50: .classifier(try ResidualNetwork(depth: 50, classes: classes, generator))
    case .alexnet: .classifier(try AlexNetwork(classes: classes, generator))
    case .autoencoder: .autoencoder(try ConvolutionalAutoencoder(imageSide: side(width, height), generator))
    case .variational: .variational(try VariationalAutoencoder(imageSide: side(width, height), generator))
    case .adversarial: .adversarial(try AdversarialAutoencoder(imageSide: side(width, height), generator))
    case .boltzmann: .boltzmann(try RestrictedBoltzmannMachine(visible: width * height, generator))
    }
  }

  private func side(_ width: Int, _ height: Int) throws -> Int {
    guard width == height else {
      throw TensorError("the \(rawValue) network needs square images, these have \(width) x \(height) pixels")
    }
    return width
  }
}

/// A network with all that training and judging it needs to know.
public struct Model {
  /// A loss and the parameters that it moves; several take turns on every batch.
  public struct Phase {
    public let parameters: [Tensor]
    public let loss: (Batch, Pass) throws -> Tensor
  }

  public let state: [NamedTensor]
  public let phases: [Phase]
  /// What epochs are compared by.
  public let validationLoss: (Batch, Pass) throws -> Tensor
  /// Logits [batch, classes]; nil for a network that only reconstructs.
  public let classify: ((Tensor, Pass) throws -> Tensor)?
  /// Images of the same shape; nil for a classifier.
  public let reconstruct: ((Tensor, Pass) throws -> Tensor)?

  private static func trainable(_ state: [NamedTensor]) -> [Tensor] {
    state.filter(\.isTrainable).map(\.tensor)
  }

  static func classifier(_ network: some Layer) -> Model {
    let phase = Phase(parameters: network.parameters) { batch, pass in
      try network(batch.images, pass).crossEntropy(batch.labels)
    }
    return Model(
      state: network.state, phases: [phase], validationLoss: phase.loss, classify: { try network($0, $1) },
      reconstruct: nil)
  }

  static func autoencoder(_ network: ConvolutionalAutoencoder) -> Model {
    let phase = Phase(parameters: network.parameters) { batch, pass in
      try network(batch.images, pass).meanSquaredError(batch.images)
    }
    return Model(
      state: network.state, phases: [phase], validationLoss: phase.loss, classify: nil,
      reconstruct: { try network($0, $1) })
  }

  static func variational(_ network: VariationalAutoencoder) -> Model {
    let phase = Phase(parameters: trainable(network.state)) { try network.loss($0.images, $1) }
    return Model(
      state: network.state, phases: [phase], validationLoss: phase.loss, classify: nil,
      reconstruct: { try network.reconstruct($0, $1).image })
  }

  static func adversarial(_ network: AdversarialAutoencoder) -> Model {
    let discriminator = trainable(network.discriminatorState)
    let autoencoder = trainable(network.state.filter { !$0.name.hasPrefix("discriminator") })
    let reconstruction = Phase(parameters: autoencoder) { try network.reconstructionLoss($0.images, $1) }
    return Model(
      state: network.state,
      phases: [
        reconstruction,
        Phase(parameters: discriminator) { try network.discriminatorLoss($0.images, $1) },
        Phase(parameters: trainable(network.encoderState)) { try network.deceptionLoss($0.images, $1) },
      ], validationLoss: reconstruction.loss, classify: nil, reconstruct: { try network.reconstruct($0, $1) })
  }

  /// The difference of free energies has the right gradient but says nothing about quality, so epochs are compared by
  /// their reconstructions (Hinton 2012, section 5).
  static func boltzmann(_ network: RestrictedBoltzmannMachine) -> Model {
    let phase = Phase(parameters: trainable(network.state)) { try network.loss($0.images, $1.generator) }
    return Model(
      state: network.state, phases: [phase],
      validationLoss: { batch, _ in try network.reconstruct(batch.images).meanSquaredError(batch.images) },
      classify: nil, reconstruct: { images, _ in try network.reconstruct(images) })
  }
}

import Tensors

/// A network with all that training and judging it needs to know.
package struct Model {
  /// A loss and the parameters that it moves; several take turns on every batch.
  package struct Phase {
    package let parameters: [Tensor]
    package let loss: (Batch, Pass) throws -> Tensor
  }

  package let state: [NamedTensor]
  package let phases: [Phase]
  /// What epochs are compared by.
  package let validationLoss: (Batch, Pass) throws -> Tensor
  /// Logits [batch, classes]; nil for a network that only reconstructs.
  package let classify: ((Tensor, Pass) throws -> Tensor)?
  /// Images of the same shape; nil for a classifier.
  package let reconstruct: ((Tensor, Pass) throws -> Tensor)?
  /// Where a classifier saw a class in each image; see `StagedNetwork.activationMaps`.
  package var activationMaps: ((_ images: Tensor, _ labels: [Int], Pass) throws -> Tensor)?
  /// What leaves each layer for images of a size; nil for what is no chain of layers.
  var layers: ((_ images: Tensor, Pass) throws -> [(name: String, shape: [Int], parameters: Int)])?
  /// Where the parameters live, if that is a module from Python.
  package var script: ScriptModule?

  /// Keeps the parameters whose names begin like one of these as they are.
  ///
  /// - Throws: `TrainingError` for the beginning of a name that no parameter has.
  func freeze(_ prefixes: [String]) throws {
    let trainable = state.filter(\.isTrainable)
    for prefix in prefixes {
      let frozen = trainable.filter { $0.name.hasPrefix(prefix) }
      guard !prefix.isEmpty, !frozen.isEmpty else {
        let names = trainable.prefix(3).map(\.name).joined(separator: ", ")
        throw TrainingError("no parameter's name begins like '\(prefix)'; names are \(names) and so on")
      }
      for named in frozen { try named.tensor.requiringGradient(false) }
    }
  }

  private static func trainable(_ state: [NamedTensor]) -> [Tensor] {
    state.filter(\.isTrainable).map(\.tensor)
  }

  /// - Parameter supervision: What it learns beside the classes.
  static func classifier(_ network: some StagedNetwork, _ supervision: Supervision = Supervision()) -> Model {
    let state = network.state + (supervision.head?.state ?? [])
    let phase = Phase(parameters: trainable(state)) { try supervision.loss(network, $0, $1) }
    return Model(
      state: state, phases: [phase],
      validationLoss: { try network($0.images, $1).crossEntropy($0.labels) },
      classify: { try network($0, $1) }, reconstruct: nil,
      activationMaps: { try network.activationMaps($0, labels: $1, $2) },
      layers: { try network.outline($0, $1) })
  }

  /// The layers of a classifier for people: name, "channels x height x width" of what leaves it, parameters.
  package func outline(
    channels: Int = 1, width: Int, height: Int, device: Device = .cpu
  ) throws -> [(name: String, shape: String, parameters: Int)]? {
    guard let layers else { return nil }
    let generator = try TensorGenerator(seed: 0, device: device)
    let image = try Tensor(repeating: 0, shape: [1, channels, height, width], device: generator.device)
    return try withoutGradients {
      try layers(image, Pass(isTraining: false, generator: generator)).map {
        ($0.name, $0.shape.dropFirst().map { "\($0)" }.joined(separator: " x "), $0.parameters)
      }
    }
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

  /// Modules draw from a generator of their own, so that every training pass seeds it.
  ///
  /// - Parameter classes: Of a classifier; nil for a module that reconstructs.
  static func script(_ module: ScriptModule, classes: Int?) -> Model {
    let state = module.entries.map {
      NamedTensor(name: $0.name, tensor: $0.tensor, isTrainable: $0.isTrainable)
    }
    let isClassifier = classes != nil
    let answer = { (x: Tensor, pass: Pass) in
      let output = try module(x, isTraining: pass.isTraining)
      let expected = classes.map { [x.shape[0], $0] } ?? x.shape
      guard output.shape == expected else {
        throw TrainingError("the module gives a tensor of shape \(output.shape), must give \(expected)")
      }
      return output
    }
    let phase = Phase(parameters: trainable(state)) { batch, pass in
      let output = try answer(batch.images, pass)
      return try isClassifier ? output.crossEntropy(batch.labels) : output.meanSquaredError(batch.images)
    }
    return Model(
      state: state, phases: [phase], validationLoss: phase.loss, classify: isClassifier ? answer : nil,
      reconstruct: isClassifier ? nil : answer, script: module)
  }
}

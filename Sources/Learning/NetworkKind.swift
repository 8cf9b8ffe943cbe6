import Tensors

/// The networks that can be trained, by the names that the command line knows.
package enum NetworkKind: String, CaseIterable, Sendable, Codable {
  case resnet18, resnet34, resnet50, alexnet
  /// For images of some 64 pixels.
  case smallResidual = "small_residual"
  /// The same on the image by radius and angle.
  case polarResidual = "polar_residual"
  /// With twice as many maps.
  case polarWide = "polar_wide"
  // Scores that do not change when the image is turned or mirrored.
  case steerableC4 = "steerable_c4"
  case steerableC8 = "steerable_c8"
  case steerableD4 = "steerable_d4"
  case steerableD8 = "steerable_d8"
  case wideD4 = "wide_d4"
  case transformerD4 = "transformer_d4"
  /// Of complex maps whose phases turn with the image.
  case harmonic
  /// Of the equivariant studies.
  case publishedC4 = "published_c4"
  case publishedC8 = "published_c8"
  case publishedD4 = "published_d4"
  case publishedD8 = "published_d8"
  case autoencoder, variational, adversarial, boltzmann
  /// TorchScript modules from Python, of any architecture.
  case scriptClassifier = "script_classifier"
  case scriptAutoencoder = "script_autoencoder"

  package var isScript: Bool { self == .scriptClassifier || self == .scriptAutoencoder }

  /// Told which image is of which class; the others see only images without substructure and are judged by how badly
  /// they reconstruct one.
  package var isSupervised: Bool {
    switch self {
    case .autoencoder, .variational, .adversarial, .boltzmann, .scriptAutoencoder: false
    default: true
    }
  }

  /// What the training and the validation loss are where they are different quantities, which no axis has in common.
  package var differentLosses: (training: String, validation: String)? {
    self == .boltzmann ? ("free-energy difference", "mean squared error") : nil
  }

  /// - Parameters:
  ///   - channels: Bands of the images; autoencoders need one.
  ///   - width, height: Pixels of the images; autoencoders need squares.
  ///   - classes: Of a supervised network.
  ///   - module: The file of a TorchScript module, for those kinds; see `ScriptModule` on trust.
  package func make(
    channels: Int = 1, width: Int, height: Int, classes: Int, module: String? = nil,
    _ generator: TensorGenerator
  ) throws -> Model {
    try make(
      channels: channels, width: width, height: height, classes: classes, module: module, nil, generator)
  }

  /// - Parameter spec: Of a training, which may teach a classifier more than the classes, for which it must know the smooth one.
  package func make(
    channels: Int, width: Int, height: Int, classes: Int, module: String? = nil,
    _ training: (spec: TrainingSpec, smooth: Int?)?, _ generator: TensorGenerator
  ) throws -> Model {
    guard isScript == (module != nil) else {
      throw TrainingError(
        isScript ? "network \(rawValue) needs a module" : "network \(rawValue) takes no module")
    }
    func model(_ network: some StagedNetwork) throws -> Model {
      guard let (spec, smooth) = training else { return .classifier(network) }
      return .classifier(
        network,
        try Supervision(
          spec, smooth: smooth, for: network, channels: channels, width: width, height: height, generator))
    }
    if let network = try classifier(
      channels: channels, width: width, height: height, classes: classes, generator)
    {
      return try model(network)
    }
    guard channels == 1 || isScript else {
      throw TrainingError("network \(rawValue) reconstructs images of one band, these have \(channels)")
    }
    return switch self {
    case .autoencoder: .autoencoder(try ConvolutionalAutoencoder(imageSide: side(width, height), generator))
    case .variational: .variational(try VariationalAutoencoder(imageSide: side(width, height), generator))
    case .adversarial: .adversarial(try AdversarialAutoencoder(imageSide: side(width, height), generator))
    case .boltzmann: .boltzmann(try RestrictedBoltzmannMachine(visible: width * height, generator))
    default:
      .script(
        try ScriptModule(path: module ?? "", device: generator.device), classes: isSupervised ? classes : nil)
    }
  }

  /// What moves an image without changing a score; nil for networks that promise nothing.
  package var group: SymmetryGroup? {
    switch self {
    case .steerableC4, .publishedC4, .harmonic, .polarResidual, .polarWide:
      SymmetryGroup(rotations: 4, hasReflections: false)
    case .steerableC8, .publishedC8: SymmetryGroup(rotations: 8, hasReflections: false)
    case .steerableD4, .publishedD4, .wideD4, .transformerD4:
      SymmetryGroup(rotations: 4, hasReflections: true)
    case .steerableD8, .publishedD8: SymmetryGroup(rotations: 8, hasReflections: true)
    default: nil
    }
  }

  /// Nil for what is none of the built-in classifiers.
  private func classifier(
    channels: Int, width: Int, height: Int, classes: Int, _ generator: TensorGenerator
  ) throws -> (any StagedNetwork)? {
    switch self {
    case .resnet18: return try ResidualNetwork(depth: 18, channels: channels, classes: classes, generator)
    case .resnet34: return try ResidualNetwork(depth: 34, channels: channels, classes: classes, generator)
    case .resnet50: return try ResidualNetwork(depth: 50, channels: channels, classes: classes, generator)
    case .steerableC4, .steerableC8, .steerableD4, .steerableD8:
      return try group.map { try SteerableNetwork.small($0, channels: channels, classes: classes, generator) }
    case .harmonic: return try HarmonicNetwork(channels: channels, classes: classes, generator)
    case .wideD4:
      return try group.map { try SteerableNetwork.wide($0, channels: channels, classes: classes, generator) }
    case .transformerD4:
      return try group.map {
        try SteerableNetwork.transformer($0, channels: channels, classes: classes, generator)
      }
    case .publishedC4, .publishedC8, .publishedD4, .publishedD8:
      return try group.map {
        try SteerableNetwork.published($0, channels: channels, classes: classes, generator)
      }
    case .smallResidual: return try ResidualNetwork.small(channels: channels, classes: classes, generator)
    case .polarResidual: return try ResidualNetwork.polar(channels: channels, classes: classes, generator)
    case .polarWide:
      return try ResidualNetwork.polar(isWide: true, channels: channels, classes: classes, generator)
    case .alexnet:
      guard min(width, height) >= AlexNetwork.smallestSide else {
        throw TrainingError(
          "network alexnet needs images of at least \(AlexNetwork.smallestSide) pixels a side, these have "
            + "\(width) x \(height)")
      }
      return try AlexNetwork(channels: channels, classes: classes, generator)
    default: return nil
    }
  }

  private func side(_ width: Int, _ height: Int) throws -> Int {
    guard width == height else {
      throw TensorError("the \(rawValue) network needs square images, these have \(width) x \(height) pixels")
    }
    return width
  }
}

import Learning
import Tensors

/// A network, what goes into it, and what its twin is to be compared in.
struct TwinCase {
  let name: String
  let state: [NamedTensor]
  /// By the names that the twin knows.
  let inputs: [String: Tensor]
  let evaluate: (Pass) throws -> (output: Tensor, loss: Tensor)

  static let names = [
    "resnet18", "resnet34", "resnet50", "small_residual", "polar_residual", "polar_wide", "alexnet",
    "autoencoder",
    "autoencoder64",
    "variational",
    "adversarial",
    "boltzmann",
  ]

  init(_ name: String, _ generator: TensorGenerator) throws {
    self.name = name
    switch name {
    case "resnet18": (state, inputs, evaluate) = try Self.residual(18, classes: 3, generator)
    case "resnet34": (state, inputs, evaluate) = try Self.residual(34, classes: 2, generator)
    case "resnet50": (state, inputs, evaluate) = try Self.residual(50, classes: 3, generator)
    case "small_residual":
      let network = try ResidualNetwork.small(classes: 3, generator)
      (state, inputs, evaluate) = try Self.classifier(network, classes: 3, isTraining: true, generator)
    case "polar_residual", "polar_wide":
      let network = try ResidualNetwork.polar(isWide: name == "polar_wide", classes: 3, generator)
      (state, inputs, evaluate) = try Self.classifier(network, classes: 3, isTraining: true, generator)
    case "alexnet":
      let network = try AlexNetwork(classes: 3, generator)
      (state, inputs, evaluate) = try Self.classifier(network, classes: 3, isTraining: false, generator)
    case "autoencoder": (state, inputs, evaluate) = try Self.autoencoder(150, codes: 1000, generator)
    case "autoencoder64": (state, inputs, evaluate) = try Self.autoencoder(64, codes: 30, generator)
    case "variational": (state, inputs, evaluate) = try Self.variational(generator)
    case "adversarial": (state, inputs, evaluate) = try Self.adversarial(generator)
    case "boltzmann": (state, inputs, evaluate) = try Self.boltzmann(generator)
    default: throw TensorError("no twin of '\(name)'")
    }
  }

  private typealias Parts = (
    [NamedTensor], [String: Tensor], (Pass) throws -> (output: Tensor, loss: Tensor)
  )

  private static func residual(_ depth: Int, classes: Int, _ generator: TensorGenerator) throws -> Parts {
    let network = try ResidualNetwork(depth: depth, classes: classes, generator)
    return try classifier(network, classes: classes, isTraining: true, generator)
  }

  /// - Parameter isTraining: Off for networks with dropout, whose draws are not the twin's.
  private static func classifier(
    _ network: some Layer, classes: Int, isTraining: Bool, _ generator: TensorGenerator
  ) throws -> Parts {
    let images = try generator.normal([4, 1, 64, 64])
    let labels = (0..<4).map { $0 % classes }
    let integers = try Tensor(labels: labels)
    let inputs = ["images": images, "labels": try Tensor(labels.map(Float.init), shape: [4])]
    return (
      network.state, inputs,
      { pass in
        let logits = try network(images, Pass(isTraining: isTraining, generator: pass.generator))
        return (logits, try logits.crossEntropy(integers))
      }
    )
  }

  private static func autoencoder(_ side: Int, codes: Int, _ generator: TensorGenerator) throws -> Parts {
    let network = try ConvolutionalAutoencoder(imageSide: side, codes: codes, generator)
    let images = try generator.uniform([4, 1, side, side])
    return (
      network.state, ["images": images],
      { pass in
        let output = try network(images, pass)
        return (output, try output.meanSquaredError(images))
      }
    )
  }

  private static func variational(_ generator: TensorGenerator) throws -> Parts {
    let network = try VariationalAutoencoder(imageSide: 64, codes: 20, generator)
    let (images, noise) = (try generator.uniform([4, 1, 64, 64]), try generator.normal([4, 20]))
    return (
      network.state, ["images": images, "noise": noise],
      { pass in
        (
          try network.reconstruct(images, pass, noise: noise).image,
          try network.loss(images, pass, noise: noise)
        )
      }
    )
  }

  private static func adversarial(_ generator: TensorGenerator) throws -> Parts {
    let network = try AdversarialAutoencoder(imageSide: 64, codes: 20, generator)
    let images = try generator.uniform([4, 1, 64, 64])
    let prior = try generator.normal([4, 20]).affine(scale: AdversarialAutoencoder.priorDeviation)
    return (
      network.state, ["images": images, "prior": prior],
      { pass in
        let losses =
          try network.reconstructionLoss(images, pass) + network.discriminatorLoss(images, pass, prior: prior)
          + network.deceptionLoss(images, pass)
        return (try network.reconstruct(images, pass), losses)
      }
    )
  }

  private static func boltzmann(_ generator: TensorGenerator) throws -> Parts {
    let network = try RestrictedBoltzmannMachine(visible: 64 * 64, hidden: 50, generator)
    let images = try generator.uniform([4, 1, 64, 64])
    let sampled = try generator.bernoulli(images)
    return (
      network.state, ["images": images, "sampled": sampled],
      { _ in
        (
          try network.reconstruct(images),
          try network.freeEnergy(images.flattened()) - network.freeEnergy(sampled.flattened())
        )
      }
    )
  }
}

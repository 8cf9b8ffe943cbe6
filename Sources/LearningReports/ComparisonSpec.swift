import Learning
import LensCore

/// Which networks are compared on which populations, and how long each is trained.
package struct ComparisonSpec: Codable, Sendable, Equatable {
  /// Presets or files.
  package var models = ["model-a", "model-b"]
  package var networks: [NetworkKind] = [
    .resnet18, .alexnet, .adversarial, .variational, .autoencoder, .boltzmann,
  ]
  /// Also the one-class support vector machine.
  package var hasOneClassMachine = true
  /// `key=value` changes of the populations.
  package var settings: [String] = []
  /// Training images per class and epoch; new ones are simulated for each.
  package var count = 2000
  package var testCount = 500
  package var epochs = 12
  /// Of the networks that see no labels.
  package var unsupervisedEpochs = 12
  /// Classifiers begin with populations changed further, in which substructure is easier to see: one list of changes per
  /// step, hardest last. None is none.
  package var easierSteps = [
    Self.easier(vortex: 0.2, subhalos: 0.15), Self.easier(vortex: 0.1, subhalos: 0.06),
  ]
  /// Of every step.
  package var easierEpochs = 5
  /// Nil for images from the seeds that follow from the populations' names, and everything else from 0.
  package var seed: UInt64?

  package init() {}

  /// Fractions of the host's mass, in the presets of the papers' populations.
  private static func easier(vortex: Double, subhalos: Double) -> [String] {
    [
      "classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction=\(vortex)",
      "classes.spherical.planes.lens.halos.spherical.subhalos.total_mass_fraction=\(subhalos)",
    ]
  }

  /// Under the names of the command line.
  var namedValues: [NamedValue] {
    [
      NamedValue("models", models.joined(separator: " ")),
      NamedValue("networks", networks.map(\.rawValue).joined(separator: " ")),
      NamedValue("one-class-svm", hasOneClassMachine), NamedValue("set", settings.joined(separator: " ")),
      NamedValue("count", count), NamedValue("test-count", testCount), NamedValue("epochs", epochs),
      NamedValue("unsupervised-epochs", unsupervisedEpochs),
      NamedValue("easier", easierSteps.map { $0.joined(separator: " ") }.joined(separator: ", then ")),
      NamedValue("easier-epochs", easierEpochs),
      NamedValue("seed", seed.map { "\($0)" } ?? "from names"),
    ]
  }

  /// Validation images per class.
  var validationCount: Int { max(2, testCount / 2) }

  /// - Throws: `TrainingError` that names the first value out of range.
  package func validate() throws {
    func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws {
      if !range.contains(value) {
        throw TrainingError(
          "\(name): \(value) given, must be from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check(count, "count", 2...1_000_000)
    try check(testCount, "test-count", 2...1_000_000)
    try check(epochs, "epochs", 1...1000)
    try check(unsupervisedEpochs, "unsupervised-epochs", 1...1000)
    try check(easierEpochs, "easier-epochs", 1...1000)
    if let network = networks.first(where: \.isScript) {
      throw TrainingError("networks: \(network.rawValue) given, must be one of the built-in networks")
    }
    if models.isEmpty { throw TrainingError("models: none given") }
    if networks.isEmpty && !hasOneClassMachine { throw TrainingError("networks: none given") }
    if Set(models).count < models.count || Set(networks).count < networks.count {
      throw TrainingError("models and networks must be different from each other")
    }
  }

  /// How a network is trained; rates and schedules of the papers. What a classifier learned before is kept by smaller
  /// rates.
  ///
  /// - Parameter step: Of the easier populations; nil for the population itself.
  func training(_ network: NetworkKind, step: Int?) -> TrainingSpec {
    var spec = TrainingSpec()
    (spec.network, spec.seed) = (network, seed ?? 0)
    if network.isSupervised {
      spec.epochs = step == nil ? epochs : easierEpochs
      spec.batchSize = network == .alexnet ? 64 : 32
      spec.rate = rate(network, step: step)
    } else {
      (spec.epochs, spec.batchSize, spec.rate) = (unsupervisedEpochs, 64, 2e-3)
    }
    return spec
  }

  /// On Model A a residual network that goes on at 0.4e-3 first loses of what it learnt on easier populations (validation
  /// loss 0.977 after five epochs, 0.936 from 0.15e-3; 0.870 and 0.866 after nine). AlexNet has by then learnt too little
  /// for that.
  private func rate(_ network: NetworkKind, step: Int?) -> Double {
    let first = network == .alexnet ? 2e-4 : 1e-3
    if step == 0 || easierSteps.isEmpty { return first }
    return first * (step == nil && network != .alexnet ? 0.15 : 0.4)
  }
}

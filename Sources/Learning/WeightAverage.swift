import Tensors

/// A running average of a network's weights and statistics, which is judged in their place: it forgets the noise of single
/// steps.
///
/// Reference: Polyak & Juditsky (1992), SIAM J. Control Optim. 30, 838; exponential as in Tarvainen & Valpola (2017),
/// arXiv:1703.01780, eq. 1, and beginning with as many steps as there were.
package struct WeightAverage {
  private let decay: Double
  private let tensors: [NamedTensor]
  /// The averages, under names of their own for checkpoints.
  package let state: [NamedTensor]

  package init(of tensors: [NamedTensor], decay: Double) throws {
    (self.decay, self.tensors) = (decay, tensors)
    state = try tensors.map {
      NamedTensor(
        name: "average.\($0.name)", tensor: try $0.tensor.detached().affine(scale: 1), isTrainable: false)
    }
  }

  /// - Parameter step: From 1.
  package func follow(step: Int) throws {
    let kept = min(decay, Double(step) / Double(step + 9))
    try withoutGradients {
      for (average, named) in zip(state, tensors) {
        try average.tensor.assign(
          average.tensor.affine(scale: kept) + named.tensor.affine(scale: 1 - kept))
      }
    }
  }

  /// Runs a body with the averages in the network's place.
  package func standingIn<Result>(_ body: () throws -> Result) throws -> Result {
    let own = try tensors.map { try $0.tensor.detached().affine(scale: 1) }
    defer { for (named, value) in zip(tensors, own) { try? named.tensor.assign(value) } }
    for (average, named) in zip(state, tensors) { try named.tensor.assign(average.tensor) }
    return try body()
  }
}

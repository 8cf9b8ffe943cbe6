import Tensors

/// What one batch does to a model: each of its phases moves its parameters in turn.
struct TrainingStep {
  /// Those of the model's phases that move anything.
  private let phases: [Model.Phase]
  /// One per phase.
  let optimizers: [Optimizer]

  /// - Throws: `TrainingError` if all parameters are frozen.
  init(_ model: Model, _ spec: TrainingSpec) throws {
    phases = model.phases.filter { $0.parameters.contains { $0.isAskedForGradient } }
    if phases.isEmpty { throw TrainingError("all parameters are frozen: nothing is left to train") }
    optimizers = try phases.map {
      try Optimizer(spec.optimizer.method, $0.parameters, rate: spec.rate, weightDecay: spec.weightDecay)
    }
  }

  /// Moves the parameters, unless a loss is no number: then the step ends before that loss could spoil any.
  ///
  /// - Returns: The losses, one per phase that was gone through.
  func advance(_ batch: Batch, _ pass: Pass, rate: Double) throws -> [Double] {
    var losses: [Double] = []
    for (phase, optimizer) in zip(phases, optimizers) {
      optimizer.rate = rate
      for other in optimizers { try other.clearGradients() }
      let loss = try phase.loss(batch, pass)
      try loss.backward()
      losses.append(Double(try loss.scalar()))
      if !(losses.last?.isFinite ?? false) { break }
      try optimizer.advance()
    }
    return losses
  }
}

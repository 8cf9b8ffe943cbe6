import Tensors

/// What one batch does to a model: each of its phases moves its parameters in turn.
package struct TrainingStep {
  /// Those of the model's phases that move anything.
  private let phases: [Model.Phase]
  /// One per phase.
  package let optimizers: [Optimizer]

  /// - Throws: `TrainingError` if all parameters are frozen.
  package init(_ model: Model, _ spec: TrainingSpec) throws {
    phases = model.phases.filter { $0.parameters.contains { $0.isAskedForGradient } }
    if phases.isEmpty { throw TrainingError("all parameters are frozen: nothing is left to train") }
    optimizers = try phases.map {
      try Optimizer(spec.optimizer.method, $0.parameters, rate: spec.rate, weightDecay: spec.weightDecay)
    }
  }

  /// Moves the parameters, unless a loss is no number: then the step ends before that loss could spoil any.
  ///
  /// - Parameter batches: Their gradients are added, so that many small ones do as one that does not fit into memory.
  /// - Returns: The losses, one per phase that was gone through.
  package func advance(_ batches: [Batch], _ pass: Pass, rate: Double) throws -> [Double] {
    var losses: [Double] = []
    for (phase, optimizer) in zip(phases, optimizers) {
      optimizer.rate = rate
      for other in optimizers { try other.clearGradients() }
      losses.append(try addGradients(of: phase, batches, pass))
      if !(losses.last?.isFinite ?? false) { break }
      try optimizer.advance()
    }
    return losses
  }

  /// - Returns: The mean loss.
  private func addGradients(of phase: Model.Phase, _ batches: [Batch], _ pass: Pass) throws -> Double {
    var sum = 0.0
    for batch in batches {
      var pass = pass
      pass.parts = batch.tuples.map { $0.isSpread ? $0.classes : 1 } ?? 1
      let loss = try phase.loss(batch, pass)
      try (batches.count == 1 ? loss : loss.affine(scale: 1 / Double(batches.count))).backward()
      sum += Double(try loss.scalar())
    }
    return sum / Double(batches.count)
  }
}

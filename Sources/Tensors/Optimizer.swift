import CLensTorch

/// How parameters follow their gradients. Defaults and formulas are PyTorch's.
package enum OptimizationMethod: Sendable, Equatable {
  /// Kingma & Ba (2015), algorithm 1.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// The same with weight decay apart from the gradient: Loshchilov & Hutter (2019), algorithm 2.
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  case rootMeanSquare(alpha: Double = 0.99, epsilon: Double = 1e-8)
  case gradientDescent(momentum: Double = 0)
}

/// Parameters, the method that moves them, and the method's memory: all that a resumed training needs.
package final class Optimizer {
  package let method: OptimizationMethod
  package let parameters: [Tensor]
  package let weightDecay: Double
  /// Changed by schedules.
  package var rate: Double
  /// Steps done so far.
  package var step = 0
  /// Running means of gradients and of their squares, or momenta: as many of each as there are parameters.
  package let states: [[Tensor]]

  package init(
    _ method: OptimizationMethod, _ parameters: [Tensor], rate: Double, weightDecay: Double = 0
  ) throws {
    (self.method, self.parameters, self.rate, self.weightDecay) = (method, parameters, rate, weightDecay)
    let kinds =
      switch method {
      case .adam, .adamW: 2
      case .rootMeanSquare, .gradientDescent: 1
      }
    states = try (0..<kinds).map { _ in
      // Zeros where the parameter is.
      try parameters.map { try $0.detached().affine(scale: 0) }
    }
  }

  /// Forgets the gradients of the step before.
  package func clearGradients() throws { for parameter in parameters { try parameter.clearGradient() } }

  /// Moves the parameters along their gradients.
  package func advance() throws {
    step += 1
    let count = Int32(parameters.count)
    func pointers(_ tensors: [Tensor]) -> [OpaquePointer?] { tensors.map { $0.handle.pointer } }
    switch method {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      let isDecoupled = if case .adamW = method { true } else { false }
      try check(
        lens_adam_step(
          pointers(parameters), pointers(states[0]), pointers(states[1]), count, Int64(step), rate, beta1,
          beta2, epsilon, weightDecay, isDecoupled))
    case .rootMeanSquare(let alpha, let epsilon):
      try check(
        lens_root_mean_square_step(
          pointers(parameters), pointers(states[0]), count, rate, alpha, epsilon, weightDecay))
    case .gradientDescent(let momentum):
      try check(
        lens_gradient_descent_step(
          pointers(parameters), pointers(states[0]), count, Int64(step), rate, momentum, weightDecay))
    }
  }
}

import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Steps of optimizers, apart from what the twins show.
  struct OptimizerTests {
    private static let methods: [OptimizationMethod] = [
      .adam(), .rootMeanSquare(), .gradientDescent(), .gradientDescent(momentum: 0.9),
    ]

    /// Some steps down a bowl whose walls differ from element to element.
    private func stepped(_ start: Tensor, _ walls: Tensor, _ method: OptimizationMethod) throws -> [Float] {
      let parameter = try start.detached().affine(scale: 1).requiringGradient()
      let optimizer = try Optimizer(method, [parameter], rate: 0.01, weightDecay: 1e-3)
      for _ in 0..<3 {
        try optimizer.clearGradients()
        try (parameter.squared() * walls).sum().backward()
        try optimizer.advance()
      }
      return try parameter.floats()
    }

    /// Parameters of more than 131,072 elements are moved piece by piece.
    @Test(arguments: OptimizerTests.methods)
    func `large parameters move like small ones`(method: OptimizationMethod) throws {
      let generator = try TensorGenerator(seed: 3)
      let (rows, columns) = (3, 70_001)
      let (start, walls) = (
        try generator.normal([rows, columns]), try generator.uniform([rows, columns])
      )
      let whole = try stepped(start, walls, method)
      let parts = try (0..<rows).flatMap { row in
        try stepped(start.slice(row..<row + 1), walls.slice(row..<row + 1), method)
      }
      let isSame = whole == parts
      #expect(isSame)
      let hasMoved = try whole != start.floats()
      #expect(hasMoved)
    }
  }
}

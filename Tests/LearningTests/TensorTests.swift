import Learning
import LensTestSupport
import Tensors
import Testing

/// Values, shapes, errors and memory of tensors.
extension TorchTests {
  struct TensorTests {
    private func matrix() throws -> Tensor { try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]) }

    @Test func `arithmetic is that of arrays`() throws {
      let (a, b) = (try matrix(), try Tensor([10, 20, 30], shape: [3]))
      #expect(try (a + b).floats() == [11, 22, 33, 14, 25, 36])
      #expect(try (a - b).floats() == [-9, -18, -27, -6, -15, -24])
      #expect(try (a * b).floats() == [10, 40, 90, 40, 100, 180])
      #expect(try (b / a.slice(0..<1)).floats() == [10, 10, 10])
      #expect(try a.matrixProduct(a.permuted([1, 0])).floats() == [14, 32, 32, 77])
      #expect(try a.sum().scalar() == 21)
      #expect(try a.mean(over: [0]).floats() == [2.5, 3.5, 4.5])
      #expect(try a.affine(scale: 2, offset: -1).floats() == [1, 3, 5, 7, 9, 11])
      #expect(try a.indexOfLargest(along: 1).integers() == [2, 2])
    }

    @Test func `shapes change as asked`() throws {
      let a = try matrix()
      #expect(try a.permuted([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
      #expect(try a.flipped(along: 1).floats() == [3, 2, 1, 6, 5, 4])
      #expect(try a.slice(1..<3, along: 1).floats() == [2, 3, 5, 6])
      #expect(try Tensor.concatenated([a, a], along: 1).shape == [2, 6])
      #expect(try a.reshaped([3, 1, 2]).flattened().shape == [3, 2])
    }

    @Test func `what cannot be done says why`() throws {
      let a = try matrix()
      let images = try Tensor(repeating: 0, shape: [2, 3, 8, 8])
      func message(_ body: () throws -> Tensor) -> String {
        do {
          return "no error, a tensor of shape \(try body().shape)"
        } catch { return "\(error)" }
      }
      #expect(
        message { try a + Tensor([1, 2], shape: [2]) } == "shapes [2, 3] and [2] do not fit together for '+'")
      #expect(message { try Tensor([1, 2], shape: [3]) } == "2 values given for a tensor of shape [3]")
      #expect(message { try a.matrixProduct(a) } == "no matrix product of shapes [2, 3] and [2, 3]")
      #expect(message { try a.reshaped([4]) } == "a tensor of shape [2, 3] cannot take shape [4]")
      #expect(message { try a.slice(0..<3) } == "0..<3 is outside dimension 0 of a tensor of shape [2, 3]")
      let kernel = try Tensor(repeating: 0, shape: [1, 1, 3, 3])
      #expect(
        message { try images.convolved(kernel, bias: nil) }
          == "images of shape [2, 3, 8, 8] have 3 channels, a kernel of shape [1, 1, 3, 3] does not fit them")
      #expect(message { try Tensor(repeating: 1, shape: [1]).on(Device(named: "moon")) }.contains("moon"))
    }

    @Test func `gradients follow the chain rule`() throws {
      let x = try Tensor([0.5, -2], shape: [2]).requiringGradient()
      try (x.squared() * x).sum().backward()
      #expect(try #require(try x.gradient).floats() == [0.75, 12])
      try x.clearGradient()
      #expect(try x.gradient == nil)
      let y = try withoutGradients { try x.squared().sum() }
      #expect(throws: TensorError.self) { try y.backward() }
    }

    @Test func `the same seed draws the same numbers`() throws {
      func draw(_ seed: UInt64) throws -> [Float] {
        let generator = try TensorGenerator(seed: seed)
        return try generator.normal([5]).floats() + generator.uniform([5]).floats()
      }
      #expect(try draw(7) == draw(7))
      #expect(try draw(7) != draw(8))
    }

    @Test func `no tensor outlives its last use`() throws {
      let before = Tensor.liveCount
      do {
        let generator = try TensorGenerator(seed: 1)
        let network = try ResidualNetwork(depth: 18, classes: 2, generator)
        let optimizer = try Optimizer(.adam(), network.parameters, rate: 1e-3)
        let pass = Pass(isTraining: true, generator: generator)
        for _ in 0..<3 {
          try optimizer.clearGradients()
          try network(generator.normal([2, 1, 64, 64]), pass).crossEntropy(Tensor(labels: [0, 1])).backward()
          try optimizer.advance()
          _ = try? network(generator.normal([2, 5, 64, 64]), pass)
        }
        #expect(Tensor.liveCount > before)
      }
      #expect(Tensor.liveCount == before)
    }
  }
}

import Foundation
import Learning
import LensTestSupport
import Tensors
import Testing

/// Every network against the same network in Python's PyTorch (`Twin/twin.py`): same weights, same input, other code.
/// The weights travel as safetensors, which Python's own package reads and writes.
extension TorchTests {
  struct TwinTests {
    @Test(arguments: TwinCase.names)
    func `outputs, losses, gradients and ten steps are those of the twin`(name: String) throws {
      try withScratchFolder { folder in
        // One thread here and in the twin: small gradients decide by their sign, and sums in another order change it.
        try TorchLibrary.setThreads(1)
        let generator = try TensorGenerator(seed: 11)
        let network = try TwinCase(name, generator)
        try SafeTensorsFile(network.state).write(to: "\(folder)/weights.safetensors")
        try SafeTensorsFile(
          network.inputs.map { NamedTensor(name: $0.key, tensor: $0.value, isTrainable: false) }
        )
        .write(to: "\(folder)/inputs.safetensors")
        try runTwin(folder, name)
        let twin = try SafeTensorsFile(path: "\(folder)/twin.safetensors")
        try compare(network, with: twin, Pass(isTraining: true, generator: generator))
      }
    }

    private func runTwin(_ folder: String, _ name: String) throws {
      let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Twin/twin.py").path
      let result = try runProcess(try learningPython(), [program, folder, name])
      try #require(result.status == 0, "\(result.errors)")
    }

    /// PyTorch's Adam of the twin, step by step.
    private func compare(_ network: TwinCase, with twin: SafeTensorsFile, _ pass: Pass) throws {
      var (first, last) = (
        WorstError("\(network.name): output, loss and gradients, of the largest element"),
        WorstError("\(network.name): state after ten steps, of the largest element")
      )
      let trainable = network.state.filter(\.isTrainable)
      let optimizer = try Optimizer(.adam(), trainable.map(\.tensor), rate: 1e-4, weightDecay: 1e-5)
      for step in 0..<10 {
        try optimizer.clearGradients()
        let (output, loss) = try network.evaluate(pass)
        try loss.backward()
        if step == 0 {
          try note(&first, "output", output, twin)
          try note(&first, "loss", loss, twin)
          for named in trainable {
            try note(&first, "gradient.\(named.name)", #require(try named.tensor.gradient), twin)
          }
        }
        try optimizer.advance()
      }
      for named in network.state { try note(&last, "after.\(named.name)", named.tensor, twin) }
      first.expect(atMost: 1e-5)
      last.expect(atMost: 1e-4)
    }

    /// The largest difference of two tensors, of the twin's largest element.
    private func note(_ worst: inout WorstError, _ name: String, _ tensor: Tensor, _ twin: SafeTensorsFile)
      throws
    {
      let theirs = try #require(twin.entries[name], "the twin has no \(name)")
      #expect(theirs.shape == tensor.shape)
      let largest = theirs.values.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
      // One by one: a maximum would pass over numbers that are none.
      for (ours, theirs) in zip(try tensor.floats(), theirs.values) {
        worst.note(Double((ours - theirs) / largest), at: name)
      }
    }
  }
}

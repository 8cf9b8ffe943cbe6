import Foundation
import Learning
import LensTestSupport
import Tensors
import Testing

/// Group convolutions against escnn's (`Twin/equivariant.py`): another code, by the authors of the theory.
extension TorchTests {
  struct EquivariantTwinTests {
    /// That filters of escnn can be written in the patterns here at all is part of the claim.
    @Test(arguments: [4, 8], [false, true]) func `layers are those of escnn`(
      rotations: Int, hasReflections: Bool
    ) throws {
      let group = SymmetryGroup(rotations: rotations, hasReflections: hasReflections)
      let kernel = 5
      let generator = try TensorGenerator(seed: 1)
      let pass = Pass(isTraining: false, generator: generator)
      let lifting = try GroupConvolution(group, 2, 3, kernel: kernel, isLifting: true, generator)
      let inner = try GroupConvolution(group, 3, 2, kernel: kernel, generator)
      try withScratchFolder { folder in
        let patterns = try patterns(group, kernel, lifting.weight.shape[3], generator)
        try SafeTensorsFile([NamedTensor(name: "patterns", tensor: patterns, isTrainable: false)])
          .write(to: "\(folder)/patterns.safetensors")
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(
          path: "Twin/equivariant.py"
        ).path
        let result = try runProcess(
          try learningPython(), [program, folder, "\(rotations)", hasReflections ? "1" : "0", "\(kernel)"])
        try #require(result.status == 0, "\(result.errors)")
        let twin = try SafeTensorsFile(path: "\(folder)/escnn.safetensors")
        func theirs(_ name: String) throws -> Tensor {
          let entry = try #require(twin.entries[name], "the twin has no \(name)")
          return try Tensor(entry.values, shape: entry.shape)
        }
        var worst = WorstError("maps of \(group.count) elements against escnn, of the largest")
        try withoutGradients {
          try lifting.weight.assign(theirs("lifting"))
          try inner.weight.assign(theirs("inner"))
          let maps = try lifting(theirs("images"), pass)
          for (name, ours) in [("maps", maps), ("more", try inner(maps.rectified(), pass))] {
            let (ours, other) = (try ours.floats(), try theirs(name).floats())
            let largest = other.reduce(0) { max($0, abs($1)) }
            #expect(ours.count == other.count && largest > 0.1)
            for (a, b) in zip(ours, other) { worst.note(Double((a - b) / largest), at: name) }
          }
        }
        worst.expect(atMost: 1e-5)
      }
    }

    /// [patterns, elements, kernel, kernel], by a layer that has each of them in a field of its own.
    private func patterns(_ group: SymmetryGroup, _ kernel: Int, _ count: Int, _ generator: TensorGenerator)
      throws -> Tensor
    {
      let layer = try GroupConvolution(group, 1, count, kernel: kernel, isLifting: true, generator)
      return try withoutGradients {
        let identity = (0..<count * count).map { $0 % (count + 1) == 0 ? Float(1) : 0 }
        try layer.weight.assign(Tensor(identity, shape: [count, 1, 1, count]))
        return try layer.expanded().reshaped([count, group.count, kernel, kernel])
      }
    }
  }
}

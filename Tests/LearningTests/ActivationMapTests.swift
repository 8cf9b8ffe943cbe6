import Foundation
import Learning
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Grad-CAM against the same in Python's PyTorch (`Twin/activation_maps.py`).
  struct ActivationMapTests {
    @Test(arguments: [NetworkKind.resnet18, .alexnet])
    func `maps are those of the twin`(kind: NetworkKind) throws {
      try withScratchFolder { folder in
        try TorchLibrary.setThreads(1)
        let generator = try TensorGenerator(seed: 5)
        let model = try kind.make(width: 64, height: 64, classes: 3, generator)
        let images = try generator.normal([3, 1, 64, 64])
        let labels = [2, 0, 1]
        try SafeTensorsFile(model.state).write(to: "\(folder)/weights.safetensors")
        let asked = try Tensor(labels.map(Float.init), shape: [3])
        try SafeTensorsFile([
          NamedTensor(name: "images", tensor: images, isTrainable: false),
          NamedTensor(name: "labels", tensor: asked, isTrainable: false),
        ]).write(to: "\(folder)/inputs.safetensors")
        let program = URL(filePath: #filePath).deletingLastPathComponent()
          .appending(path: "Twin/activation_maps.py").path
        let result = try runProcess(try learningPython(), [program, folder, kind.rawValue])
        try #require(result.status == 0, "\(result.errors)")
        let theirs = try #require(try SafeTensorsFile(path: "\(folder)/twin.safetensors").entries["maps"])

        let maps = try #require(model.activationMaps)
        let ours = try maps(images, labels, Pass(isTraining: false, generator: generator))
        #expect(ours.shape == theirs.shape && ours.shape[1] >= 7)
        var worst = WorstError("\(kind): activation maps, of the largest element")
        let largest = theirs.values.reduce(0, max)
        try #require(largest > 0)
        for (a, b) in zip(try ours.floats(), theirs.values) { worst.note(Double((a - b) / largest)) }
        worst.expect(atMost: 1e-5)
      }
    }

    @Test func `labels that are no classes are refused`() throws {
      let generator = try TensorGenerator(seed: 5)
      let model = try NetworkKind.resnet18.make(width: 64, height: 64, classes: 3, generator)
      let maps = try #require(model.activationMaps)
      let images = try generator.normal([2, 1, 64, 64])
      #expect(throws: TensorError.self) {
        try maps(images, [0, 3], Pass(isTraining: false, generator: generator))
      }
    }
  }
}

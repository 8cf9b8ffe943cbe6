import FileFormats
import Foundation
import Learning
import LensCore
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Modules that Python exports, trained here and read by Python again.
  struct ScriptModuleTests {
    /// Bright left or bright right halves, in noise.
    private func images(_ count: Int, seed: UInt64) -> ImageSet {
      var set = ImageSet(width: 24, height: 24, classes: ["no_sub", "vortex"])
      for i in 0..<count {
        let stream = RandomKey(seed: seed, sample: UInt64(i)).stream("images")
        set.append(
          (0..<576).map { pixel in
            (pixel % 24 < 12 ? i % 2 == 0 : i % 2 == 1) ? 1 + Float(stream.uniform(UInt32(pixel))) : 0
          }, label: i % 2)
      }
      return set
    }

    private func python(_ arguments: String...) throws {
      let program = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Twin/script_module.py").path
      let result = try runProcess(try learningPython(), [program] + arguments)
      try #require(result.status == 0, "\(result.errors)")
    }

    private func train(
      _ kind: NetworkKind, _ module: String, _ folder: String, resume: Bool = false, stopAt: Int = .max
    )
      throws -> [EpochMetrics]
    {
      try TorchLibrary.setThreads(1)
      var spec = TrainingSpec()
      (spec.network, spec.epochs, spec.batchSize, spec.rate, spec.augment) = (kind, 3, 8, 1e-2, .none)
      let (training, validation) = (images(48, seed: 1), images(16, seed: 2))
      let trainer = try Trainer(spec, images: training, folder: folder, module: module)
      var asked = 0
      return try trainer.run(
        training: training, validation: validation, resume: resume,
        shouldStop: {
          asked += 1
          return asked == stopAt
        })
    }

    @Test(arguments: [NetworkKind.scriptClassifier, .scriptAutoencoder])
    func `a module learns, resumes to the same weights and goes back to Python`(kind: NetworkKind) throws {
      try withScratchFolder { folder in
        try python("make", folder)
        let module = "\(folder)/\(kind.isSupervised ? "classifier" : "autoencoder").pt"
        let history = try train(kind, module, "\(folder)/whole")
        #expect(history[2].trainingLoss < 0.8 * history[0].trainingLoss)
        // At the end of an epoch, of six batches and two for validation, and in the middle of the next.
        _ = try train(kind, module, "\(folder)/broken", stopAt: 9)
        _ = try train(kind, module, "\(folder)/broken", resume: true, stopAt: 4)
        _ = try train(kind, module, "\(folder)/broken", resume: true)
        let files = try ["whole", "broken"].map { try readFile("\(folder)/\($0)/weights.safetensors") }
        let isSame = files[0] == files[1]
        #expect(isSame)

        let test = images(10, seed: 3)
        let (read, model) = try Trainer.trained("\(folder)/whole/weights.safetensors", images: test)
        #expect(read == kind)
        let pixels = try Tensor((0..<10).flatMap { Array(test.image($0)) }, shape: [10, 1, 24, 24])
        try SafeTensorsFile([NamedTensor(name: "x", tensor: pixels, isTrainable: false)])
          .write(to: "\(folder)/x.safetensors")
        try python(
          "answer", "\(folder)/whole/module.pt", "\(folder)/x.safetensors", "\(folder)/y.safetensors")
        let theirs = try #require(try SafeTensorsFile(path: "\(folder)/y.safetensors").entries["y"])
        let answer = try #require(kind.isSupervised ? model.classify : model.reconstruct)
        let ours = try answer(pixels, Pass(isTraining: false, generator: TensorGenerator(seed: 0)))
        #expect(ours.shape == theirs.shape)
        var worst = WorstError("\(kind): a trained module here and in Python")
        for (a, b) in zip(try ours.floats(), theirs.values) { worst.note(Double(a - b)) }
        worst.expect(atMost: 1e-5)
      }
    }

    @Test func `what is no module, or gives no tensor, is refused`() throws {
      try withScratchFolder { folder in
        try python("make", folder)
        for bytes in [
          [], Array("no module".utf8), Array(try readFile("\(folder)/classifier.pt").prefix(2000)),
        ] {
          try writeFileAtomically(bytes, to: "\(folder)/broken.pt")
          #expect(throws: TensorError.self) { try ScriptModule(path: "\(folder)/broken.pt") }
        }
        #expect(throws: TensorError.self) { try ScriptModule(path: "\(folder)/missing.pt") }
        let pair = try ScriptModule(path: "\(folder)/pair.pt")
        let x = try Tensor(repeating: 1, shape: [1, 1, 2, 2])
        #expect(throws: TensorError.self) { try pair(x, isTraining: false) }
        // Two logits for three classes, and logits for an image.
        for (kind, classes) in [(NetworkKind.scriptClassifier, 3), (.scriptAutoencoder, 2)] {
          let model = try kind.make(
            width: 24, height: 24, classes: classes, module: "\(folder)/classifier.pt",
            TensorGenerator(seed: 0))
          #expect(throws: TrainingError.self) { try Judgement(model, images(4, seed: 1)) }
        }
        #expect(throws: TrainingError.self) {
          try NetworkKind.scriptClassifier.make(width: 8, height: 8, classes: 2, TensorGenerator(seed: 0))
        }
        #expect(throws: TrainingError.self) {
          try NetworkKind.resnet18.make(
            width: 8, height: 8, classes: 2, module: "\(folder)/pair.pt", TensorGenerator(seed: 0))
        }
      }
    }
  }
}

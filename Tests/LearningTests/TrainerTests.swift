import FileFormats
import Foundation
import Learning
import LensCore
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Trainings of small sets of images in which the class is plain to see.
  struct TrainerTests {
    /// Blobs (no_sub) and crosses (vortex) in noise.
    private func images(_ count: Int, seed: UInt64, side: Int = 40, only: Int? = nil) -> ImageSet {
      var set = ImageSet(width: side, height: side, classes: ["no_sub", "vortex"])
      for i in 0..<count {
        let stream = RandomKey(seed: seed, sample: UInt64(i)).stream("images")
        let label = only ?? i % 2
        let (x0, y0) = (12 + 16 * stream.uniform(0), 12 + 16 * stream.uniform(1))
        set.append(
          (0..<side * side).map { pixel in
            let (x, y) = (abs(Double(pixel % side) - x0), abs(Double(pixel / side) - y0))
            let shape = label == 0 ? exp(-(x * x + y * y) / 18) : (min(x, y) < 1 && max(x, y) < 8 ? 1.0 : 0)
            return Float(shape + 0.2 * stream.uniform(UInt32(2 + pixel)))
          }, label: label)
      }
      return set
    }

    private func spec(_ network: NetworkKind, epochs: Int) -> TrainingSpec {
      var spec = TrainingSpec()
      (spec.network, spec.epochs, spec.batchSize, spec.seed) = (network, epochs, 16, 5)
      return spec
    }

    /// - Parameter stopAt: Told how often it was asked.
    private func train(
      _ spec: TrainingSpec, _ folder: String, resume: Bool = false, only: Int? = nil,
      stopAt shouldStop: (Int) -> Bool = { _ in false }
    ) throws -> [EpochMetrics] {
      // One thread: the order of sums must not depend on what else runs here.
      try TorchLibrary.setThreads(1)
      let (training, validation) = (images(48, seed: 1, only: only), images(16, seed: 2, only: only))
      var asked = 0
      let trainer = try Trainer(spec, images: training, folder: folder)
      return try trainer.run(
        training: training, validation: validation, resume: resume,
        shouldStop: {
          asked += 1
          return shouldStop(asked)
        })
    }

    /// Of the files that a training writes.
    private static let names = ["weights.safetensors", "checkpoint.safetensors", "metrics.jsonl"]

    @Test(arguments: [NetworkKind.resnet18, .adversarial])
    func `a training that was broken off ends with the same weights`(network: NetworkKind) throws {
      try withScratchFolder { folder in
        let spec = spec(network, epochs: 3)
        let (whole, broken) = ("\(folder)/whole", "\(folder)/broken")
        let only = network.isSupervised ? nil : 0
        let unbroken = try train(spec, whole, only: only)
        // It is asked before each of three batches and that for validation, and after the epoch: in the middle of the first
        // one, in that of the second, at its validation, and at its end.
        #expect(try train(spec, broken, only: only) { $0 == 3 }.isEmpty)
        #expect(!Trainer.hasBegun(in: broken))
        #expect(try train(spec, broken, only: only) { $0 == 5 }.count == 1)
        let saved = try Self.names.map { try readFile("\(broken)/\($0)") }
        for place in [2, 3, 4] {
          #expect(try train(spec, broken, resume: true, only: only) { $0 == place }.count == 1)
          let isKept = try Self.names.map { try readFile("\(broken)/\($0)") } == saved
          #expect(isKept, "stopped when asked for the \(place)th time")
        }
        #expect(try train(spec, broken, resume: true, only: only) { $0 == 5 }.count == 2)
        #expect(try train(spec, broken, resume: true, only: only) == unbroken)
        for name in Self.names {
          let isSame = try readFile("\(whole)/\(name)") == readFile("\(broken)/\(name)")
          #expect(isSame, "\(name)")
        }
      }
    }

    @Test func `a classifier learns what is plain to see`() throws {
      try withScratchFolder { folder in
        var spec = spec(.resnet18, epochs: 12)
        (spec.schedule, spec.batchSize) = (.cosine, 8)
        let history = try train(spec, folder)
        #expect(history[history.count - 1].trainingLoss < history[0].trainingLoss / 2)
        let test = images(60, seed: 3)
        let (kind, model) = try Trainer.trained("\(folder)/weights.safetensors", images: test)
        let evaluation = try Evaluation(kind.rawValue, Judgement(model, test), of: test)
        print("worst error: test accuracy of blobs and crosses: \(evaluation.accuracy ?? .nan)")
        #expect(evaluation.accuracy ?? 0 > 0.9 && evaluation.area > 0.95)
        #expect(
          evaluation.areaInterval[0] <= evaluation.area && evaluation.area <= evaluation.areaInterval[1])
      }
    }

    @Test(arguments: [NetworkKind.autoencoder, .variational, .adversarial, .boltzmann])
    func `networks that reconstruct get better at it`(network: NetworkKind) throws {
      try withScratchFolder { folder in
        var spec = spec(network, epochs: 6)
        (spec.schedule, spec.augment) = (.constant, .none)
        _ = try train(spec, folder, only: 0)
        let test = images(30, seed: 3)
        let (kind, model) = try Trainer.trained("\(folder)/weights.safetensors", images: test)
        let trained = try Evaluation(kind.rawValue, Judgement(model, test), of: test)
        let fresh = try kind.make(width: 40, height: 40, classes: 2, TensorGenerator(seed: 1))
        let untrained = try Evaluation(kind.rawValue, Judgement(fresh, test), of: test)
        let losses = [trained, untrained].map { $0.reconstructionLoss?["no_sub"] ?? .nan }
        print("worst error: reconstruction loss, \(network): \(losses[0]), untrained \(losses[1])")
        #expect(losses[0] < 0.9 * losses[1])
        #expect(trained.columnSumDistance?.count == 2 && trained.pixelDistance?.count == 2)
      }
    }

    @Test func `what sees no labels may be judged by any classes`() throws {
      try withScratchFolder { folder in
        _ = try train(spec(.boltzmann, epochs: 1), folder, only: 0)
        var others = ImageSet(width: 40, height: 40, classes: ["spherical", "no_sub", "vortex"], smooth: 1)
        let test = images(12, seed: 3)
        for number in 0..<12 {
          others.append(Array(test.image(number)), label: number % 3)
        }
        let (kind, model) = try Trainer.trained("\(folder)/weights.safetensors", images: others)
        let evaluation = try Evaluation(kind.rawValue, Judgement(model, others), of: others)
        #expect(evaluation.areaByClass.keys.sorted() == ["spherical", "vortex"])
        #expect(evaluation.reconstructionLoss?.count == 3)
      }
    }

    @Test func `frozen parameters stay, weights start from a file`() throws {
      try withScratchFolder { folder in
        let training = images(32, seed: 1)
        let source = try NetworkKind.resnet18.make(
          width: 40, height: 40, classes: 2, TensorGenerator(seed: 77))
        let path = "\(folder)/start.safetensors"
        try SafeTensorsFile(source.state).write(to: path)
        let trainer = try Trainer(
          spec(.resnet18, epochs: 1), images: training, folder: "\(folder)/run", initialWeights: path,
          frozen: ["conv1", "layer1."])
        _ = try trainer.run(training: training, validation: images(8, seed: 2))
        let after = Dictionary(uniqueKeysWithValues: trainer.model.state.map { ($0.name, $0.tensor) })
        for named in source.state where named.isTrainable {
          let isFrozen = named.name.hasPrefix("conv1") || named.name.hasPrefix("layer1.")
          let isSame = try named.tensor.floats() == after[named.name]?.floats()
          #expect(isSame == isFrozen, "\(named.name)")
        }
      }
    }

    @Test func `patience ends a training that does not improve`() throws {
      try withScratchFolder { folder in
        var spec = spec(.resnet18, epochs: 50)
        (spec.patience, spec.rate, spec.schedule) = (1, 1e-12, .constant)
        let history = try train(spec, folder)
        #expect(history.count < 50)
      }
    }

    @Test func `what cannot be trained says why`() throws {
      try withScratchFolder { folder in
        func message(_ body: () throws -> Void) -> String {
          do {
            try body()
            return "no error"
          } catch { return "\(error)" }
        }
        var bad = spec(.resnet18, epochs: 0)
        #expect(
          message { _ = try train(bad, folder) }
            == "epochs: '0' given, must be a whole number from 1 to 100000")
        bad = spec(.resnet18, epochs: 1)
        bad.rate = -1
        #expect(message { _ = try train(bad, folder) }.hasPrefix("rate: -1 given"))
        _ = try train(spec(.boltzmann, epochs: 1), "\(folder)/a", only: 0)
        #expect(
          message { _ = try train(spec(.boltzmann, epochs: 1), "\(folder)/a", only: 0) }.contains(
            "holds a training"))
        #expect(
          message { _ = try train(spec(.boltzmann, epochs: 2), "\(folder)/a", resume: true, only: 0) }
            .contains("other settings, epochs is 1 there and 2 here"))
        #expect(
          message { _ = try train(spec(.boltzmann, epochs: 1), "\(folder)/b", resume: true, only: 0) }
            .contains("/b/"))
        #expect(
          message {
            _ = try Trainer(
              spec(.resnet18, epochs: 1), images: images(4, seed: 1), folder: folder, frozen: ["convolution"])
          }.contains("no parameter's name begins like 'convolution'"))
        let state = try SafeTensorsFile(path: "\(folder)/a/checkpoint.safetensors")
        for (right, wrong) in [("\"epoch\":1,", "\"epoch\":-1,"), ("\"epochs\":1,", "\"epochs\":-1,")] {
          var damaged = state
          damaged.metadata["progress"] = state.metadata["progress"]?.replacingOccurrences(
            of: right, with: wrong)
          #expect(damaged != state)
          try damaged.write(to: "\(folder)/a/checkpoint.safetensors")
          #expect(
            message { _ = try train(spec(.boltzmann, epochs: 1), "\(folder)/a", resume: true, only: 0) }
              .contains("no checkpoint"))
        }
        let other = images(4, seed: 1, side: 44)
        #expect(
          message { _ = try Trainer.trained("\(folder)/a/weights.safetensors", images: other) }
            .contains("trained on 40 x 40 pixels"))
        let wide = ImageSet(width: 50, height: 40, classes: ["no_sub"])
        #expect(
          message { _ = try Trainer(spec(.variational, epochs: 1), images: wide, folder: folder) }
            .contains("50 x 40"))
      }
    }

    /// PyTorch's numbers for rate 1, 20 steps: OneCycleLR(max_lr=1, total_steps=20, cycle_momentum=False).
    @Test func `schedules are PyTorch's`() throws {
      let program = """
        import torch
        o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        s = torch.optim.lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=20, cycle_momentum=False)
        rates = []
        for _ in range(20):
            rates.append(o.param_groups[0]["lr"]); o.step(); s.step() if len(rates) < 20 else None
        print(*rates)
        """
      let result = try runProcess(try learningPython(), ["-W", "ignore", "-c", program])
      let theirs = result.output.split(separator: " ").compactMap {
        Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      try #require(theirs.count == 20, "\(result.errors)")
      var worst = WorstError("one-cycle schedule against PyTorch's")
      for (step, rate) in theirs.enumerated() {
        worst.note(Schedule.oneCycle.factor(step: step, of: 20) - rate)
      }
      worst.expect(atMost: 1e-12)
      #expect(
        Schedule.cosine.factor(step: 0, of: 10) == 1
          && abs(Schedule.cosine.factor(step: 5, of: 10) - 0.5) < 1e-12)
    }
  }
}

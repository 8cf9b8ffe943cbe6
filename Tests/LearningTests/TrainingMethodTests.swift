import Dataset
import FileFormats
import Foundation
import Learning
import LensCore
import LensTestSupport
import Populations
import Tensors
import Testing

extension TorchTests {
  /// The parts of a training beyond steps on single batches.
  struct TrainingMethodTests {
    private func plan() throws -> PopulationPlan {
      let settings = ["instrument.width=40", "instrument.height=40", "instrument.pixel_scale=0.12"]
      return try PopulationPlan(loadPopulation("model-a", settings: settings), seed: 3)
    }

    /// Everything at once: paired and independent batches, ranking, dense supervision, averages, accumulation, a curriculum.
    @Test(arguments: [NetworkKind.smallResidual, .polarResidual])
    func `a training with all methods that was broken off ends with the same weights`(network: NetworkKind)
      throws
    {
      try TorchLibrary.setThreads(1)
      let easier = try SimulatedImages(plan(), count: 24, first: 6, threads: 2)
      let harder = try SimulatedImages(plan(), count: 24, first: 6, threads: 2)
      let training = try Curriculum([(easier, 1), (harder, 0)])
      let validation = try SimulatedImages(plan(), count: 6, threads: 2).kept()
      var spec = TrainingSpec()
      (spec.network, spec.epochs, spec.batchSize, spec.accumulate) = (network, 3, 6, 2)
      (spec.pairs, spec.ranking, spec.dense, spec.ghostBatches) = ([1, 0.3], 0.5, 0.2, true)
      (spec.average, spec.optimizer, spec.warmUp, spec.schedule) = (0.9, .adamW, 0.3, .cosine)
      try withScratchFolder { folder in
        func run(_ name: String, resume: Bool = false, stopAt: Int = .max) throws -> [EpochMetrics] {
          let trainer = try Trainer(spec, images: training, folder: "\(folder)/\(name)")
          var asked = 0
          return try trainer.run(
            training: training, validation: validation, resume: resume,
            shouldStop: {
              asked += 1
              return asked == stopAt
            })
        }
        let history = try run("whole")
        // It is asked before each of two steps and one batch for validation, and after the epoch.
        _ = try run("broken", stopAt: 4)
        _ = try run("broken", resume: true, stopAt: 2)
        #expect(try run("broken", resume: true) == history)
        for name in ["weights.safetensors", "checkpoint.safetensors", "metrics.jsonl"] {
          let isSame = try readFile("\(folder)/whole/\(name)") == readFile("\(folder)/broken/\(name)")
          #expect(isSame, "\(name)")
        }
        #expect(history.map(\.images) == [24, 48, 72] && history[0].areaByClass?.count == 2)
        // What only taught the network is not part of it.
        let kept = try SafeTensorsFile(path: "\(folder)/whole/weights.safetensors").entries.keys
        #expect(!kept.contains { $0.hasPrefix("dense") || $0.hasPrefix("average") })
      }
    }

    /// With the statistics of normalizations at rest, which would differ from batch to batch.
    @Test func `gradients of small batches add up to that of a large one`() throws {
      try TorchLibrary.setThreads(1)
      let source = try SimulatedImages(plan(), count: 12, threads: 1)
      var spec = TrainingSpec()
      (spec.network, spec.optimizer, spec.weightDecay) = (.smallResidual, .gradientDescent, 0)
      func weights(_ batches: [[Int]]) throws -> [Float] {
        let generator = try TensorGenerator(seed: 1)
        let model = try spec.network.make(width: 40, height: 40, classes: 3, generator)
        let step = try TrainingStep(model, spec)
        _ = try step.advance(
          try batches.map { try source.batch($0) }, Pass(isTraining: false, generator: generator), rate: 0.1)
        return try model.state.flatMap { try $0.tensor.floats() }
      }
      let (whole, parts) = (
        try weights([Array(0..<12)]), try weights([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]])
      )
      var worst = WorstError("weights after a step of four batches against one large one")
      for (a, b) in zip(whole, parts) { worst.note(Double(a - b)) }
      worst.expect(atMost: 1e-6)
    }

    @Test func `averages forget what is long ago, and stand in for the weights only while they are asked to`()
      throws
    {
      let weight = try Tensor([1, 2], shape: [2])
      let average = try WeightAverage(
        of: [NamedTensor(name: "w", tensor: weight, isTrainable: true)], decay: 0.5)
      var expected = [1.0, 2]
      for step in 1...20 {
        let now = [Double(step), Double(step * step)]
        try weight.assign(Tensor(now.map { Float($0) }, shape: [2]))
        try average.follow(step: step)
        let kept = min(0.5, Double(step) / Double(step + 9))
        expected = zip(expected, now).map { kept * $0 + (1 - kept) * $1 }
      }
      let inside = try average.standingIn { try weight.floats() }
      for (a, b) in zip(inside, expected) { #expect(abs(Double(a) - b) < 1e-4 * b) }
      #expect(try weight.floats() == [20, 400])
    }

    @Test func `rates warm up`() {
      for schedule in [Schedule.constant, .cosine] {
        let factors = (0..<10).map { schedule.factor(step: $0, of: 10, warmUp: 0.4) }
        #expect(factors.prefix(4).elementsEqual([0.2, 0.4, 0.6, 0.8]))
        #expect(factors[4] == 1)
        #expect(schedule.factor(step: 0, of: 10) == 1)
      }
      let early = (0..<20).map { Schedule.oneCycle.factor(step: $0, of: 20, warmUp: 0.1) }
      #expect(early.firstIndex(of: early.max() ?? 0) == 1)
    }

    @Test func `decoupled weight decay is PyTorch's AdamW`() throws {
      let start: [Float] = [0.5, -1.5, 2]
      let parameter = try Tensor(start, shape: [3]).requiringGradient()
      let optimizer = try Optimizer(.adamW(), [parameter], rate: 0.01, weightDecay: 0.1)
      for _ in 0..<5 {
        try optimizer.clearGradients()
        try (parameter.squared() * parameter).sum().backward()
        try optimizer.advance()
      }
      let program = """
        import torch
        p = torch.nn.Parameter(torch.tensor(\(start)))
        o = torch.optim.AdamW([p], lr=0.01, weight_decay=0.1)
        for _ in range(5):
            o.zero_grad(); (p ** 3).sum().backward(); o.step()
        print(*p.tolist())
        """
      let result = try runProcess(try learningPython(), ["-W", "ignore", "-c", program])
      let theirs = result.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      try #require(theirs.count == 3, "\(result.errors)")
      for (a, b) in zip(try parameter.floats(), theirs) { #expect(abs(Double(a) - b) < 1e-6) }
    }

    @Test func `every recipe that comes with the program is read, kept and read again`() throws {
      for preset in Preset.trainings {
        let recipe = try Recipe.load(preset.name)
        #expect(!recipe.populations.isEmpty)
        try withScratchFolder { folder in
          try recipe.write(to: folder)
          #expect(try Recipe.load("\(folder)/\(Recipe.name)") == recipe)
        }
      }
      let changed = try Recipe.load("released-a", changes: [("pairs", "[1, 0]"), ("preparation.bin", "4")])
      #expect(changed.training.pairs == [1, 0] && changed.training.preparation.bin == 4)
    }

    @Test(arguments: [
      ("pairz", "1", "pairs"), ("epochs", "0", "1 to 100000"), ("batch", "1", "2 to 65536"),
      ("rate", "0", "greater than 0"),
      ("network", "transformer", "small_residual"), ("average", "1", "less than 1"),
      ("pairs", "1", "list of 2 numbers"),
      ("seed", "-1", "2^64"), ("preparation.normalization", "set-minmax", "asinh"),
      ("populations.0.epochs", "3", "left out"),
    ]) func `a recipe that is wrong says where`(key: String, value: String, message: String) throws {
      do {
        _ = try Recipe.load("released-a", changes: [(key, value)])
        Issue.record("\(key)=\(value) was taken")
      } catch { #expect("\(error)".contains(message), "\(error)") }
    }

    @Test func `stages of a curriculum follow each other`() throws {
      func images(_ seed: UInt64, count: Int = 6) throws -> SimulatedImages {
        let settings = ["instrument.width=40", "instrument.height=40", "instrument.pixel_scale=0.12"]
        let plan = try PopulationPlan(loadPopulation("model-a", settings: settings), seed: seed)
        return try SimulatedImages(plan, count: count, threads: 1)
      }
      let stages = [try images(1), try images(2), try images(3)]
      let curriculum = try Curriculum([(stages[0], 2), (stages[1], 1), (stages[2], 0)])
      for (epoch, stage) in [0, 0, 1, 2, 2].enumerated() {
        let (ours, theirs) = (
          try curriculum.batch([4], BatchRequest(epoch: epoch)),
          try stages[stage].batch([4], BatchRequest(epoch: epoch))
        )
        #expect(try ours.images.floats() == theirs.images.floats())
      }
      let alone = (try Curriculum([(stages[0], 0)]).digest, try stages[0].digest)
      let digests = (
        try curriculum.digest, try Curriculum([(stages[0], 1), (stages[1], 1), (stages[2], 0)]).digest
      )
      #expect(alone.0 == alone.1 && digests.0 != digests.1)
      #expect(throws: TrainingError.self) { try Curriculum([]) }
      #expect(throws: TrainingError.self) { try Curriculum([(stages[0], 1), (try images(1, count: 9), 0)]) }
    }
  }
}

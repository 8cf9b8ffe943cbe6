import Dataset
import Foundation
import Learning
import LensCore
import LensTestSupport
import Populations
import Tensors
import Testing

extension TorchTests {
  /// Batches of all classes of the same skies, and what is learnt from them.
  struct MatchedTupleTests {
    private func plan(_ more: [String] = []) throws -> PopulationPlan {
      let settings = ["instrument.width=40", "instrument.height=40", "instrument.pixel_scale=0.12"] + more
      return try PopulationPlan(loadPopulation("model-a", settings: settings), seed: 3)
    }

    @Test func `a paired batch is that of the population with pairs, an independent one that without`() throws
    {
      for key in ["pairs=true", "pairs=false"] {
        let source = try SimulatedImages(plan([key]), count: 12, first: 6, threads: 2)
        for isPaired in [true, false] {
          let batch = try source.batch(Array(3..<9), BatchRequest(epoch: 1, isPaired: isPaired))
          let expected = try plan(["pairs=\(isPaired)"])
          let workspace = try expected.makeWorkspace()
          for place in 0..<6 {
            let sample = try expected.sample(6 + 12 + 3 + place, workspace: workspace)
            var set = ImageSet(width: 40, height: 40, classes: source.classes)
            set.append(Array(sample.observation.image.pixels), label: 0)
            #expect(try batch.images.slice(place..<place + 1).floats() == Array(set.image(0)))
            #expect(try batch.labels.integers()[place] == place % 3)
          }
        }
      }
    }

    /// Against the images without noise that the library gives, and the variance of counts.
    @Test(arguments: [1, 2]) func `differences are those of the substructure, in units of the noise`(bin: Int)
      throws
    {
      var preparation = Preparation()
      preparation.bin = bin
      let source = try SimulatedImages(plan(), count: 6, preparation: preparation, threads: 1)
      let batch = try source.batch(Array(0..<6), BatchRequest(isPaired: true, hasDifferences: true))
      let ours = try #require(batch.differences).floats().map { Double($0) }
      let quiet = try plan(["pairs=true"])
      let workspace = try quiet.makeWorkspace()
      let instrument = quiet.spec.instrument
      let rates = try (0..<6).map { index in
        let seen = try quiet.sample(index, workspace: workspace).observation
        return (
          time: seen.exposureTimes[0],
          pixels: zip(seen.sourceLight.pixels, seen.lensLight.pixels).map { Double($0) + Double($1) }
        )
      }
      let side = 40 / bin
      var worst = WorstError("differences in units of the noise, bin \(bin)")
      for index in 0..<6 {
        let smooth = index - index % 3
        for pixel in 0..<side * side {
          let inside = (0..<bin * bin).map {
            (pixel / side * bin + $0 / bin) * 40 + pixel % side * bin + $0 % bin
          }
          let time = rates[smooth].time
          let variance = inside.reduce(0) {
            $0 + (rates[smooth].pixels[$1] + instrument.sky) / time + pow(instrument.readNoise / time, 2)
          }
          let change = inside.reduce(0) { $0 + rates[index].pixels[$1] - rates[smooth].pixels[$1] }
          worst.note(ours[index * side * side + pixel] - change / variance.squareRoot())
        }
      }
      worst.expect(atMost: 1e-4)
      #expect(
        ours[0..<side * side].allSatisfy { $0 == 0 }
          && ours[side * side..<2 * side * side].contains { abs($0) > 0.5 })
    }

    @Test func `images of one sky are turned alike`() throws {
      let source = try SimulatedImages(plan(["instrument.noise=false"]), count: 30, threads: 2)
      for epoch in 0..<3 {
        let plain = try source.batch(Array(0..<30), BatchRequest(epoch: epoch, isPaired: true))
        let turned = try source.batch(
          Array(0..<30),
          BatchRequest(
            epoch: epoch, augmentation: Augmentation(.symmetries, seed: 1, epoch: epoch), isPaired: true))
        // A turned image of another sky's turn would not be its own twin's: the turn is found by trying all eight.
        func turns(_ number: Int) throws -> [Int] {
          let (before, after) = (
            try plain.images.slice(number..<number + 1), try turned.images.slice(number..<number + 1).floats()
          )
          return try (0..<8).filter { turn in
            var image = turn & 4 == 0 ? before : try before.permuted([0, 1, 3, 2])
            if turn & 1 != 0 { image = try image.flipped(along: 3) }
            if turn & 2 != 0 { image = try image.flipped(along: 2) }
            return try image.floats() == after
          }
        }
        let found = try (0..<30).map { try turns($0) }
        #expect(found.allSatisfy { $0.count == 1 })
        for sky in 0..<10 {
          #expect(found[3 * sky] == found[3 * sky + 1] && found[3 * sky] == found[3 * sky + 2])
        }
        #expect(Set(found).count > 3)
      }
    }

    @Test(arguments: [2, 3, 4]) func `no part of a spread batch holds two images of a sky`(classes: Int) {
      for count in [1, 2, 3, 7, 8] {
        let tuples = Tuples(count: count, classes: classes, isSpread: true)
        #expect(tuples.order.sorted() == Array(0..<count * classes))
        for part in 0..<classes {
          let skies = tuples.order[part * count..<(part + 1) * count].map { $0 / classes }
          #expect(Set(skies).count == count)
        }
        for isSpread in [true, false] {
          let tuples = Tuples(count: count, classes: classes, isSpread: isSpread)
          for label in 0..<classes {
            let found = tuples.places(of: label).map { tuples.order[$0] }
            #expect(found == (0..<count).map { $0 * classes + label })
          }
        }
      }
    }

    /// Statistics of the parts, by hand.
    @Test func `ghost batches normalize every part by itself`() throws {
      let generator = try TensorGenerator(seed: 2)
      let x = try generator.normal([6, 2, 3, 3])
      var pass = Pass(isTraining: true, generator: generator)
      pass.parts = 3
      let whole = try BatchNormalization(2, generator)(x, pass).floats()
      pass.parts = 1
      let parts = try (0..<3).flatMap {
        try BatchNormalization(2, generator)(x.slice($0 * 2..<$0 * 2 + 2), pass).floats()
      }
      #expect(whole == parts)
      let together = try BatchNormalization(2, generator)(x, pass).floats()
      #expect(whole != together)
    }

    @Test(arguments: [true, false]) func `the ranking loss is that of its formula`(isSpread: Bool) throws {
      let tuples = Tuples(count: 2, classes: 3, isSpread: isSpread)
      let logits: [[Double]] = [
        [1, 2, 0.5], [0.2, 1.5, -1], [0, 0.3, 0.9], [2, -1, 0.1], [0.4, 0.8, -0.6], [1, 1, 1.2],
      ]
      var expected = 0.0
      for sky in 0..<2 {
        for label in 1...2 {
          let (mine, twin) = (logits[3 * sky + label], logits[3 * sky])
          let difference = (mine[label] - mine[0]) - (twin[label] - twin[0])
          expected += log1p(exp(-difference)) / 4
        }
      }
      let rows = tuples.order.flatMap { logits[$0].map { Float($0) } }
      let loss = try RankingLoss.value(Tensor(rows, shape: [6, 3]), tuples, smooth: 0).scalar()
      #expect(abs(Double(loss) - expected) < 1e-6)
    }

    /// What a network says of an image must not depend on what else is judged with it: then no statistics of a batch can help it.
    @Test(arguments: [true, false]) func `a score is a function of its image alone`(ghosts: Bool) throws {
      try withScratchFolder { folder in
        try TorchLibrary.setThreads(1)
        let source = try SimulatedImages(plan(), count: 24, first: 6, threads: 2)
        let test = try SimulatedImages(plan(), count: 12, first: SimulatedImages.firstForJudging, threads: 2)
          .kept()
        var spec = TrainingSpec()
        (spec.network, spec.epochs, spec.batchSize, spec.pairs) = (.smallResidual, 2, 12, [1, 1])
        spec.ghostBatches = ghosts
        _ = try Trainer(spec, images: source, folder: folder).run(training: source, validation: test)
        let (_, model) = try Trainer.trained("\(folder)/weights.safetensors", images: test)
        let together = try Judgement(model, test, batchSize: 12)
        let alone = try Judgement(model, test, batchSize: 1)
        var worst = WorstError("scores alone against in a batch")
        for (a, b) in zip(together.scores, alone.scores) { worst.note(a - b) }
        worst.expect(atMost: 1e-5)
      }
    }

    @Test func `what has no tuples is refused`() throws {
      try withScratchFolder { folder in
        func message(_ source: some ImageSource, _ change: (inout TrainingSpec) -> Void) -> String {
          var spec = TrainingSpec()
          (spec.network, spec.epochs, spec.batchSize, spec.pairs) = (.smallResidual, 1, 6, [1, 1])
          change(&spec)
          do {
            _ = try Trainer(spec, images: source, folder: folder).run(training: source, validation: source)
            return "no error"
          } catch { return "\(error)" }
        }
        let source = try SimulatedImages(plan(), count: 12, threads: 1)
        let kept = try source.kept()
        #expect(message(kept) { _ in }.contains("have no matched tuples"))
        #expect(
          message(source) { $0.batchSize = 4 }.contains("batch: 4 given, must be a multiple of the 3 classes")
        )
        let odd = try SimulatedImages(plan(), count: 13, threads: 1)
        #expect(message(odd) { _ in }.contains("images of an epoch: 13 given"))
        let only = try SimulatedImages(plan(), count: 12, only: "no_sub", threads: 1)
        #expect(message(only) { _ in }.contains("have no matched tuples"))
        #expect(message(source) { ($0.pairs, $0.ranking) = ([0, 0], 1) }.contains("ranking"))
        #expect(message(source) { ($0.pairs, $0.dense) = ([0, 0], 1) }.contains("dense"))
        #expect(message(source) { $0.pairs = [0, 1.5] }.contains("pairs"))
        #expect(throws: TrainingError.self) { try source.pixels([1, 2, 3], BatchRequest(isPaired: true)) }
        let two = try SimulatedImages(plan(["classes=[vortex, spherical]"]), count: 12, threads: 1)
        #expect(message(two) { $0.dense = 1 }.contains("a class without substructure"))
      }
    }
  }
}

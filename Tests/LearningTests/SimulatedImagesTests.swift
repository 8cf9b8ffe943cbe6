import Dataset
import FileFormats
import Learning
import LensCore
import LensTestSupport
import Populations
import Tensors
import Testing

extension TorchTests {
  /// Images on the fly: those of the population, new ones in every epoch.
  struct SimulatedImagesTests {
    private func plan(seed: UInt64 = 3) throws -> PopulationPlan {
      let settings = ["instrument.width=40", "instrument.height=40", "instrument.pixel_scale=0.12"]
      return try PopulationPlan(loadPopulation("model-a", settings: settings), seed: seed)
    }

    /// Sample `index` of the population, stretched to 0 and 1.
    private func sample(_ index: Int, of plan: PopulationPlan) throws -> (pixels: [Float], label: String) {
      let sample = try plan.sample(index, workspace: plan.makeWorkspace())
      let pixels = sample.observation.image.pixels.map { Double($0) }
      let (low, high) = (try #require(pixels.min()), try #require(pixels.max()))
      return (pixels.map { Float(($0 - low) / (high - low)) }, sample.drawn.label)
    }

    @Test func `epoch after epoch shows the next samples`() throws {
      let plan = try plan()
      let source = try SimulatedImages(plan, count: 6, first: 12, threads: 2)
      for (epoch, number) in [(0, 0), (0, 5), (1, 2), (3, 4)] {
        let batch = try source.batch([number, 1], BatchRequest(epoch: epoch))
        #expect(batch.images.shape == [2, 1, 40, 40])
        let expected = try sample(12 + 6 * epoch + number, of: plan)
        #expect(try batch.images.slice(0..<1).floats() == expected.pixels)
        let label = try batch.labels.integers()[0]
        #expect(source.classes[label] == expected.label)
      }
    }

    @Test func `one class alone is that class, and its samples do not repeat`() throws {
      let plan = try plan()
      let source = try SimulatedImages(plan, count: 4, first: 2, only: "no_sub", threads: 1)
      let batch = try source.batch([1], BatchRequest(epoch: 2))
      // Number 2 + 2 * 4 + 1 among the images of the class, which is every third.
      let place = try #require(source.classes.firstIndex(of: "no_sub"))
      let expected = try sample(11 * 3 + place, of: plan)
      #expect(expected.label == "no_sub")
      #expect(try batch.images.floats() == expected.pixels)
    }

    @Test func `what is kept is the first epoch`() throws {
      let source = try SimulatedImages(try plan(), count: 7, threads: 2)
      let kept = try source.kept()
      #expect(kept.count == 7 && kept.classes == source.classes)
      let batch = try source.batch(Array(0..<7), BatchRequest(epoch: 0))
      #expect(try batch.images.floats() == (0..<7).flatMap { Array(kept.image($0)) })
      #expect(try batch.labels.integers() == kept.labels)
    }

    @Test func `a training on the fly that was broken off ends with the same weights`() throws {
      try TorchLibrary.setThreads(1)
      let plan = try plan()
      let training = try SimulatedImages(plan, count: 12, first: 6, threads: 2)
      let validation = try SimulatedImages(plan, count: 6, threads: 2).kept()
      var spec = TrainingSpec()
      (spec.epochs, spec.batchSize) = (2, 4)
      try withScratchFolder { folder in
        /// It is asked before each of three batches and two for validation, and after the epoch.
        func run(_ name: String, resume: Bool = false, stopAt: Int = .max) throws {
          let trainer = try Trainer(spec, images: training, folder: "\(folder)/\(name)")
          var asked = 0
          _ = try trainer.run(
            training: training, validation: validation, resume: resume,
            shouldStop: {
              asked += 1
              return asked == stopAt
            })
        }
        try run("whole")
        try run("broken", stopAt: 6)
        try run("broken", resume: true, stopAt: 2)
        try run("broken", resume: true)
        let files = try ["whole", "broken"].map { try readFile("\(folder)/\($0)/checkpoint.safetensors") }
        let isSame = files[0] == files[1]
        #expect(isSame)
        // Another population is another training.
        let other = try SimulatedImages(try self.plan(seed: 4), count: 12, first: 6, threads: 2)
        let trainer = try Trainer(spec, images: other, folder: "\(folder)/whole")
        #expect(throws: TrainingError.self) {
          try trainer.run(training: other, validation: validation, resume: true)
        }
        // So are the same samples as an earlier program made them.
        let path = "\(folder)/whole/checkpoint.safetensors"
        func entry(_ revision: Int) -> [UInt8] { Array(#""renderingRevision\":\#(revision)"#.utf8) }
        let earlier = files[0].replacing(entry(renderingRevision), with: entry(renderingRevision - 1))
        #expect(earlier != files[0])
        try writeFileAtomically(earlier, to: path)
        let error = #expect(throws: TrainingError.self) { try run("whole", resume: true) }
        #expect(
          error?.description.contains(
            "revision is \(renderingRevision - 1) there and \(renderingRevision) here")
            == true)
      }
    }

    @Test func `a kernel's file may move, but not change; another noise seed is another training`() throws {
      try withScratchFolder { folder in
        func digest(_ name: String, noiseSeed: UInt64? = nil) throws -> String {
          let kernel = "instrument.psf={file: {path: \(folder)/\(name).npy}}"
          let spec = try loadPopulation("model-a", settings: ["instrument.width=40", kernel])
          let plan = try PopulationPlan(spec, seed: 3, noiseSeed: noiseSeed, readImage: readKernel)
          return try SimulatedImages(plan, count: 4, threads: 1).digest
        }
        for (name, middle) in [("a", 4.0), ("b", 4), ("c", 5)] {
          let writer = try NpyWriter(
            creating: "\(folder)/\(name).npy", shape: [3, 3], elementType: .float64)
          for (row, values) in [[0, 1, 0], [1, middle, 1], [0, 1, 0]].enumerated() {
            try writer.write(doubles: values, at: row)
          }
          try writer.close()
        }
        #expect(try digest("a") == digest("b") && digest("a") != digest("c"))
        #expect(try digest("a", noiseSeed: 3) == digest("a") && digest("a", noiseSeed: 4) != digest("a"))
      }
    }

    @Test func `what is kept for judging is not trained on`() throws {
      let source = try SimulatedImages(
        try plan(), count: 100, first: SimulatedImages.firstForJudging - 150, threads: 1)
      _ = try source.batch([0], BatchRequest(epoch: 0))
      #expect(throws: TrainingError.self) { try source.batch([60], BatchRequest(epoch: 1)) }
    }

    @Test func `what cannot be simulated is refused`() throws {
      let plan = try plan()
      #expect(throws: TrainingError.self) { try SimulatedImages(plan, count: 0, threads: 1) }
      #expect(throws: TrainingError.self) { try SimulatedImages(plan, count: 2, only: "halo", threads: 1) }
    }
  }
}

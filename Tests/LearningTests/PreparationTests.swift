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
  /// What a network sees of an image.
  struct PreparationTests {
    private func image(_ width: Int, _ height: Int) -> [Float] {
      let stream = RandomKey(seed: 5, sample: 0).stream("image")
      return (0..<width * height).map { Float(stream.uniform(UInt32($0))) - 0.1 }
    }

    /// The middle, averaged in squares, as NumPy does it; odd sides lose what is left over at the far side.
    @Test(
      arguments: [(12, 10, 8, 2), (13, 11, 9, 2), (12, 10, 12, 1), (12, 10, nil, 3), (7, 7, 5, 5)]
        as [(Int, Int, Int?, Int)])
    func `crop and bin are those of NumPy`(width: Int, height: Int, crop: Int?, bin: Int) throws {
      var preparation = Preparation()
      (preparation.crop, preparation.bin, preparation.normalization) = (crop, bin, .asinhPeak)
      var set = ImageSet(width: width, height: height, classes: ["no_sub"], preparation: preparation)
      let original = image(width, height)
      set.append(original, label: 0)
      let printed = try python(
        """
        image = numpy.array(\(original)).reshape(\(height), \(width))
        bin, crop = \(bin), \(crop ?? 8192)
        def middle(count):
            kept = min(count, crop) // bin * bin
            return slice((count - kept) // 2, (count - kept) // 2 + kept)
        image = image[middle(\(height)), middle(\(width))]
        image = image.reshape(image.shape[0] // bin, bin, image.shape[1] // bin, bin).mean((1, 3))
        print(*image.shape, *(numpy.arcsinh(10 * image / image.max()) - 1).ravel())
        """)
      let expected = printed.split(separator: " ").compactMap { Double($0) }
      #expect([Double(set.height), Double(set.width)] == Array(expected.prefix(2)))
      let pixels = set.image(0).map { Double($0) }
      try #require(pixels.count == expected.count - 2)
      var worst = WorstError("prepared pixels against NumPy")
      for (ours, theirs) in zip(pixels, expected.dropFirst(2)) { worst.note(ours - theirs) }
      worst.expect(atMost: 1e-6)
    }

    @Test func `what leaves nothing, and weights that lie about it, are refused`() throws {
      let plan = try PopulationPlan(loadPopulation("model-a", settings: ["instrument.width=40"]), seed: 3)
      for (crop, bin) in [(3, 4), (nil, 41)] as [(Int?, Int)] {
        var preparation = Preparation()
        (preparation.crop, preparation.bin) = (crop, bin)
        #expect(throws: TrainingError.self) {
          try SimulatedImages(plan, count: 3, preparation: preparation, threads: 1)
        }
      }
      try withScratchFolder { folder in
        for text in [
          "{\"bin\":0,\"normalization\":\"minmax\"}", "{\"bin\":1,\"normalization\":\"set-minmax\"}", "[",
          "{\"crop\":-1}",
        ] {
          let file = SafeTensorsFile(entries: [:], metadata: ["preparation": text])
          try file.write(to: "\(folder)/weights.safetensors")
          #expect(throws: FileError.self) { try Trainer.preparation(of: "\(folder)/weights.safetensors") }
        }
        try SafeTensorsFile(entries: [:]).write(to: "\(folder)/weights.safetensors")
        #expect(try Trainer.preparation(of: "\(folder)/weights.safetensors") == Preparation())
      }
    }

    @Test func `an image without light, or without contrast, gives finite numbers`() {
      for kind in Normalization.ofOneImage {
        for value in [Float(0), -1, 3] {
          var preparation = Preparation()
          preparation.normalization = kind
          var set = ImageSet(width: 3, height: 2, classes: ["no_sub"], preparation: preparation)
          set.append([Float](repeating: value, count: 6), label: 0)
          let isFinite = set.image(0).allSatisfy(\.isFinite)
          #expect(isFinite)
        }
      }
    }
  }
}

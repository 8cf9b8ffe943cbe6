import Dataset
import FileFormats
import Learning
import LensCore
import LensTestSupport
import Populations
import Testing

extension TorchTests {
  /// Images of a dataset on disk, read batch by batch.
  struct DatasetImagesTests {
    private func withDataset(_ more: [String] = [], _ body: (String) throws -> Void) throws {
      let settings =
        [
          "instrument.width=12", "instrument.height=10", "instrument.pixel_scale=0.4", "split.validation=0.3",
        ] + more
      let plan = try PopulationPlan(loadPopulation("model-a", settings: settings), seed: 3)
      try withScratchFolder { folder in
        _ = try DatasetGenerator(plan, countPerClass: 12, threads: 1, output: "\(folder)/set").run(
          .refuse, versions: [:], instructionSet: "", progress: { _ in })
        try body("\(folder)/set")
      }
    }

    @Test func `a dataset is read without the kernel that blurred it, and its smooth class is the spec's`()
      throws
    {
      try withDataset(["classes=[vortex, no_sub]"]) { path in
        let file = "\(path)/spec.yaml"
        let spec = try readText(file)
        let blurred = spec.replacing("gaussian:", with: "file: {path: /no/such/kernel.npy}\n  was:")
        // What the blur was stands in the spec alone; here it is only read past.
        let text = blurred.split(separator: "\n", omittingEmptySubsequences: false)
          .filter { !$0.contains("was:") && !$0.contains("fwhm") && !$0.contains("kernel_pixels") }
          .joined(separator: "\n")
        try writeFileAtomically(Array(text.utf8), to: file)
        let images = try DatasetImages(path, splits: ["train"])
        #expect(images.classes == ["vortex", "no_sub"] && images.smooth == 1)
        #expect(try images.kept().smooth == 1)
      }
    }

    @Test func `bands are channels, stretched together`() throws {
      try withDataset(["instrument.bands={g: {sky: 0.1}, r: {sky: 1}, i: {}}"]) { path in
        let images = try DatasetImages(path, splits: ["train"])
        let array = try readNpy("\(path)/no_sub_train.npy")
        #expect(Array(array.shape.dropFirst()) == [3, 10, 12])
        let first = try #require(try images.kept().labels.firstIndex(of: 0))
        let batch = try images.batch([first])
        #expect(batch.images.shape == [1, 3, 10, 12])
        let pixels = Array(array.values[0..<360])
        let (low, high) = (try #require(pixels.min()), try #require(pixels.max()))
        #expect(try batch.images.floats() == pixels.map { Float(($0 - low) / (high - low)) })
        #expect(try Array(images.kept().image(first)) == batch.images.floats())
      }
    }

    /// The same number of a band's images behind each other: turning and mirroring moves all bands alike.
    @Test func `augmentation moves all bands alike`() throws {
      let augmentation = try #require(Augmentation(.symmetriesAndShifts, seed: 4, epoch: 2))
      let band = (0..<64).map { Float($0) }
      for sky in 0..<20 {
        let one = augmentation.apply(to: band, width: 8, height: 8, sky: sky)
        let two = augmentation.apply(to: band + band.map { $0 + 100 }, width: 8, height: 8, sky: sky)
        #expect(two == one + one.map { $0 + 100 })
      }
    }

    @Test func `batches are the rows of the arrays, stretched`() throws {
      try withDataset { path in
        let images = try DatasetImages(path, splits: ["train"])
        let array = try readNpy("\(path)/vortex_train.npy")
        let vortex = try #require(images.classes.firstIndex(of: "vortex"))
        let kept = try images.kept()
        #expect(kept.count == images.count && kept.width == 12 && kept.height == 10)
        let first = try #require(kept.labels.firstIndex(of: vortex))
        for row in 0..<array.shape[0] {
          let batch = try images.batch([first + row], BatchRequest(epoch: 4))
          #expect(try batch.labels.integers() == [vortex])
          let pixels = Array(array.values[row * 120..<(row + 1) * 120])
          let (low, high) = (try #require(pixels.min()), try #require(pixels.max()))
          let expected = pixels.map { Float(($0 - low) / (high - low)) }
          #expect(try batch.images.floats() == expected)
          #expect(Array(kept.image(first + row)) == expected)
        }
        let only = try DatasetImages(path, splits: ["train"], only: "vortex")
        let digests = (try only.digest, try images.digest)
        #expect(only.count == array.shape[0] && digests.0 != digests.1)
      }
    }

    @Test func `a dataset is divided at random, and nothing is lost`() throws {
      try withDataset { path in
        let whole = try DatasetImages(path, splits: ["train", "validation"])
        let (training, validation) = try whole.divided(validationPart: 0.25, seed: 7)
        #expect(training.count == 27 && validation.count == 9)
        func all(_ source: DatasetImages) throws -> [[Float]] {
          let set = try source.kept()
          return (0..<set.count).map { [Float(set.labels[$0])] + set.image($0) }
        }
        let before = Set(try all(whole))
        let after = Set(try all(training) + all(validation))
        #expect(before.count == 36 && after == before)
        let digest = try training.digest
        let again = try whole.divided(validationPart: 0.25, seed: 7).training.digest
        let otherwise = try whole.divided(validationPart: 0.25, seed: 8).training.digest
        #expect(again == digest && otherwise != digest)
        for part in [0, 1, 0.02, 0.98, Double.nan] {
          #expect(throws: TrainingError.self) { try whole.divided(validationPart: part, seed: 7) }
        }
      }
    }

    @Test func `matched pairs are not torn apart`() throws {
      try withDataset(["pairs=true"]) { path in
        let whole = try DatasetImages(path, splits: ["train", "validation"])
        #expect(throws: TrainingError.self) { try whole.divided(validationPart: 0.25, seed: 7) }
      }
    }

    @Test func `what is not there, or is no number, is named`() throws {
      try withDataset { path in
        #expect(throws: FileError.self) { try DatasetImages(path, splits: ["test"]) }
        #expect(throws: FileError.self) { try DatasetImages(path, splits: ["train"], only: "halo") }
        #expect(throws: FileError.self) { try DatasetImages("\(path)/nothing", splits: ["train"]) }
        var bytes = try readFile("\(path)/no_sub_train.npy")
        // A NaN in the last pixel.
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
        try writeFileAtomically(bytes, to: "\(path)/no_sub_train.npy")
        let images = try DatasetImages(path, splits: ["train"])
        #expect(throws: FileError.self) { try images.kept() }
      }
    }
  }
}

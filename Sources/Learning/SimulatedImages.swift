import Dataset
import FileFormats
import Instrument
import LensCore
import Populations
import Simulation
import Tensors

/// Images that are simulated when a training asks for them and then forgotten: every epoch sees new ones.
///
/// Image `i` of epoch `e` is sample `first + e * count + i` of the population (counted within a class if there is only
/// one), so that a training is as repeatable as one from files. Asked for matched tuples, it is that sample of the population
/// with `pairs`. Whether the population has that key itself changes nothing.
package struct SimulatedImages: ImageSource, Sendable {
  package let channels: Int
  package let bands: [String]
  package let width: Int
  package let height: Int
  package let classes: [String]
  package let smooth: Int?
  package let count: Int
  package let preparation: Preparation
  private let first: Int
  /// Of the simulated images.
  private let originalWidth: Int
  /// The position of the only class to show.
  private let only: Int?
  private let plan: PopulationPlan
  private let independent: RenderingBatch
  private let paired: RenderingBatch

  /// The number of the first image for judging: no training comes that far.
  package static let firstForJudging = 1_000_000_000

  /// - Parameters:
  ///   - count: Images of an epoch.
  ///   - first: Images of this number and later are used; those before may serve another purpose.
  ///   - only: The class to show; nil for all. Labels count the population's classes either way.
  /// - Throws: `TrainingError` for a class that the population does not have, or no images.
  package init(
    _ plan: PopulationPlan, count: Int, first: Int = 0, only: String? = nil,
    preparation: Preparation = Preparation(),
    threads: Int
  ) throws {
    let classes = plan.classes
    self.only = try only.map { name in
      guard let position = classes.firstIndex(of: name) else {
        throw TrainingError("the population has no class \(name), only \(classes.joined(separator: ", "))")
      }
      return position
    }
    guard (1...Self.firstForJudging).contains(count) else {
      throw TrainingError("count: \(count) given, must be from 1 to \(Self.firstForJudging)")
    }
    try preparation.check(width: plan.spec.instrument.width, height: plan.spec.instrument.height)
    (self.classes, self.count, self.first, self.preparation) = (classes, count, first, preparation)
    self.plan = plan.withPairs(false)
    (smooth, channels, bands) = (
      plan.smoothClass, plan.spec.instrument.bandCount, plan.spec.instrument.bands.names
    )
    (originalWidth, width) = (plan.spec.instrument.width, preparation.side(of: plan.spec.instrument.width))
    height = preparation.side(of: plan.spec.instrument.height)
    independent = RenderingBatch(plan.withPairs(false), threads: threads)
    paired = RenderingBatch(plan.withPairs(true), threads: threads)
  }

  package var hasPairs: Bool { only == nil && plan.hasTuples }

  package var renderingRevision: Int? { LensCore.renderingRevision }

  package var digest: String {
    get throws {
      let spec = writeYAML(SpecVisitor.write(try specWithKernelContents))
      return try sha256(Array("\(spec) \(plan.seed) \(plan.noiseSeed) \(first) \(count) \(only ?? -1)".utf8))
    }
  }

  /// What a kernel's file holds stands in the place of its path: a folder may move, but its images must stay as they are.
  private var specWithKernelContents: PopulationSpec {
    get throws {
      var spec = plan.spec
      spec.instrument = try spec.instrument.mapPointSpreadFunctions { function in
        guard var kernel = function.parameters as? KernelFilePSFSpec else { return function }
        kernel.path = try sha256(ofFile: kernel.path)
        return PointSpreadFunctionSpec(kernel)
      }
      return spec
    }
  }

  /// Begins to render in the background.
  package func pixels(_ indices: [Int], _ request: BatchRequest) throws -> PendingPixels {
    let samples = try sampleNumbers(indices, epoch: request.epoch)
    guard request.isPaired else { return begin(independent, samples, { $0 }, indices, request) }
    guard hasPairs else {
      throw TrainingError("one class alone, or classes of unequal weight, have no matched tuples")
    }
    let tuple = classes.count
    guard
      stride(from: 0, to: samples.count, by: tuple).allSatisfy({ start in
        samples[start] % tuple == 0 && start + tuple <= samples.count
          && (0..<tuple).allSatisfy { samples[start + $0] == samples[start] + $0 }
      })
    else { throw TrainingError("these images are no whole tuples of \(tuple) classes") }
    return begin(paired, samples, { $0 / tuple }, indices, request)
  }

  private func begin(
    _ renderer: RenderingBatch, _ samples: [Int], _ sky: @escaping @Sendable (Int) -> Int, _ indices: [Int],
    _ request: BatchRequest
  ) -> PendingPixels {
    let made = renderer.begin(
      samples,
      { [self] sample in
        Rendered(
          pixels: preparation.apply(to: try finite(sample), channels: channels, width: originalWidth),
          label: try label(of: sample),
          expected: request.hasDifferences
            ? ExpectedCounts(sample.observation, sample.drawn.scene.instrument, preparation) : nil)
      },
      finish: { [self] images in
        try images.indices.map { try labelled($0, images, sky(indices[$0]), request) }
      })
    return PendingPixels { try made.get() }
  }

  private func labelled(
    _ number: Int, _ images: [Rendered], _ sky: Int, _ request: BatchRequest
  ) throws -> LabelledPixels {
    var answer = LabelledPixels(pixels: images[number].pixels, label: images[number].label)
    if request.hasDifferences { answer.difference = try difference(number, images) }
    guard let augmentation = request.augmentation else { return answer }
    func augmented(_ pixels: [Float]) -> [Float] {
      augmentation.apply(to: pixels, width: width, height: height, sky: sky)
    }
    answer.pixels = augmented(answer.pixels)
    answer.difference = answer.difference.map(augmented)
    return answer
  }

  /// Against the image of the same tuple without substructure.
  private func difference(_ number: Int, _ images: [Rendered]) throws -> [Float] {
    let start = number - number % classes.count
    guard let smooth, let mine = images[number].expected, let twin = images[start + smooth].expected
    else { throw TrainingError("without a class that changes nothing there is no smooth twin") }
    return mine.difference(from: twin)
  }

  private struct Rendered: Sendable {
    let pixels: [Float]
    let label: Int
    let expected: ExpectedCounts?
  }

  /// The images of the first epoch, to be kept: always independent ones.
  package func kept() throws -> ImageSet {
    var set = ImageSet(
      channels: channels, bands: bands, width: originalWidth, height: plan.spec.instrument.height,
      classes: classes,
      smooth: smooth,
      preparation: preparation)
    for start in stride(from: 0, to: count, by: independent.size) {
      let indices = Array(start..<min(start + independent.size, count))
      for image in try independent.map(
        sampleNumbers(indices, epoch: 0),
        { [self] sample in
          (pixels: try finite(sample), label: try label(of: sample))
        })
      { set.append(image.pixels, label: image.label) }
    }
    return set
  }

  private func sampleNumbers(_ numbers: [Int], epoch: Int) throws -> [Int] {
    let images = numbers.map { first + epoch * count + $0 }
    if let last = images.max(), first < Self.firstForJudging, last >= Self.firstForJudging {
      throw TrainingError(
        "epoch \(epoch + 1) asks for image \(last), but those from \(Self.firstForJudging) on are kept for judging: "
          + "take fewer images per epoch, or fewer epochs")
    }
    return images.map { image in only.map { plan.index(of: image, ofClass: $0) } ?? image }
  }

  private func label(of sample: Sample) throws -> Int {
    guard let label = classes.firstIndex(of: sample.drawn.label) else {
      throw TrainingError("sample \(sample.drawn.index) is of class \(sample.drawn.label)")
    }
    return label
  }

  private func finite(_ sample: Sample) throws -> [Float] {
    let pixels = sample.observation.image.pixels
    guard pixels.allSatisfy(\.isFinite) else {
      throw TrainingError("sample \(sample.drawn.index) has a pixel that is no finite number")
    }
    return Array(pixels)
  }
}

extension PopulationSpec {
  /// The seed of images that are simulated for a training where none is given.
  ///
  /// Not that of `lensing generate`: a dataset made by default can judge a training by default.
  package var defaultSeedOfSimulatedImages: UInt64 { RandomKey.seed(named: name + " (lensing-learn)") }
}

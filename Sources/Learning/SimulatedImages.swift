import Dataset
import FileFormats
import Instrument
import LensCore
import Populations
import Tensors

/// Images that are simulated when a training asks for them and then forgotten: every epoch sees new ones.
///
/// Image `i` of epoch `e` is sample `first + e * count + i` of the population (counted within a class if there is only
/// one), so that a training is as repeatable as one from files.
public struct SimulatedImages: ImageSource {
  public let width: Int
  public let height: Int
  public let classes: [String]
  public let count: Int
  private let first: Int
  /// The position of the only class to show.
  private let only: Int?
  private let plan: PopulationPlan
  private let renderer: RenderingBatch

  /// The number of the first image for judging: no training comes that far.
  public static let firstForJudging = 1_000_000_000

  /// - Parameters:
  ///   - count: Images of an epoch.
  ///   - first: Images of this number and later are used; those before may serve another purpose.
  ///   - only: The class to show; nil for all. Labels count the population's classes either way.
  /// - Throws: `TrainingError` for a class that the population does not have, or no images.
  public init(
    _ plan: PopulationPlan, count: Int, first: Int = 0, only: String? = nil, threads: Int
  ) throws {
    let classes = plan.spec.classes.map(\.rawValue)
    self.only = try only.map { name in
      guard let position = classes.firstIndex(of: name) else {
        throw TrainingError("the population has no class \(name), only \(classes.joined(separator: ", "))")
      }
      return position
    }
    guard (1...Self.firstForJudging).contains(count) else {
      throw TrainingError("count: \(count) given, must be from 1 to \(Self.firstForJudging)")
    }
    (self.classes, self.count, self.first, self.plan) = (classes, count, first, plan)
    (width, height) = (plan.spec.instrument.width, plan.spec.instrument.height)
    renderer = RenderingBatch(plan, threads: threads)
  }

  public var digest: String {
    get throws {
      let spec = writeYAML(SpecVisitor.write(try specWithKernelContents))
      return try sha256(Array("\(spec) \(plan.seed) \(plan.noiseSeed) \(first) \(count) \(only ?? -1)".utf8))
    }
  }

  /// What a kernel's file holds stands in the place of its path: a folder may move, but its images must stay as they are.
  private var specWithKernelContents: PopulationSpec {
    get throws {
      var spec = plan.spec
      if var kernel = spec.instrument.pointSpreadFunction.parameters as? KernelFilePSFSpec {
        kernel.path = try sha256(ofFile: kernel.path)
        spec.instrument.pointSpreadFunction = PointSpreadFunctionSpec(kernel)
      }
      return spec
    }
  }

  public func batch(
    _ indices: some Collection<Int>, epoch: Int, augmentation: Augmentation?, on device: Device
  ) throws -> Batch {
    let numbers = Array(indices)
    let samples = try samples(numbers, epoch: epoch)
    return try Batch(
      zip(numbers, samples).map { number, sample in
        (index: number, pixels: try pixels(of: sample)[...], label: try label(of: sample))
      }, width: width, height: height, augmentation, device)
  }

  /// The images of the first epoch, to be kept.
  public func kept() throws -> ImageSet {
    var set = ImageSet(width: width, height: height, classes: classes)
    for start in stride(from: 0, to: count, by: renderer.size) {
      for sample in try samples(Array(start..<min(start + renderer.size, count)), epoch: 0) {
        set.append(try finite(sample), label: try label(of: sample))
      }
    }
    return set
  }

  private func samples(_ numbers: [Int], epoch: Int) throws -> [Sample] {
    let images = numbers.map { first + epoch * count + $0 }
    if let last = images.max(), first < Self.firstForJudging, last >= Self.firstForJudging {
      throw TrainingError(
        "epoch \(epoch + 1) asks for image \(last), but those from \(Self.firstForJudging) on are kept for judging: "
          + "take fewer images per epoch, or fewer epochs")
    }
    return try renderer.map(images.map { image in only.map { image * classes.count + $0 } ?? image }) { $0 }
  }

  private func label(of sample: Sample) throws -> Int {
    guard let label = classes.firstIndex(of: sample.drawn.label.rawValue) else {
      throw TrainingError("sample \(sample.drawn.index) is of class \(sample.drawn.label.rawValue)")
    }
    return label
  }

  private func pixels(of sample: Sample) throws -> [Float] { stretched(try finite(sample)) }

  private func finite(_ sample: Sample) throws -> [Double] {
    let pixels = sample.observation.image.pixels.map { Double($0) }
    guard pixels.allSatisfy(\.isFinite) else {
      throw TrainingError("sample \(sample.drawn.index) has a pixel that is no finite number")
    }
    return pixels
  }
}

extension PopulationSpec {
  /// The seed of images that are simulated for a training where none is given.
  ///
  /// Not that of `lensing generate`: a dataset made by default can judge a training by default.
  public var defaultSeedOfSimulatedImages: UInt64 { RandomKey.seed(named: name + " (lensing-learn)") }
}

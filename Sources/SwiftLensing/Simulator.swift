import Dataset
import FileFormats
import LensCore
import Populations
import Simulation

/// Renders any sample of a population by its number, alone or in batches.
///
/// Sample `i` is a pure function of (spec, seed, `i`): threads, order and batch sizes change nothing, and the program
/// `lensing` writes the same bytes. Immutable, to be used from any number of threads at once.
///
/// ```swift
/// let simulator = try Simulator("model-a", seed: 1, settings: ["signal_to_noise.value=30"])
/// let batch = try simulator.batch(0..<256)
/// ```
public struct Simulator: Sendable {
  public let plan: PopulationPlan
  /// Threads of a batch.
  public let threads: Int
  /// The numbers that are known of every sample, in the order of `SampleBatch.parameters`, with their units.
  public let parameters: [TableColumn]
  /// Keys that the spec gives without effect.
  public let notes: [SpecNote]
  private let tables: DatasetTables
  /// Keeps its memory from batch to batch.
  private let renderer: RenderingBatch

  /// Pixels of an image along x.
  public var width: Int { plan.spec.instrument.width }
  /// Pixels of an image along y.
  public var height: Int { plan.spec.instrument.height }
  /// Names of the bands; none for a camera that makes one image of each sky.
  public var bands: [String] { plan.spec.instrument.bands.names }
  /// Images of each sky.
  public var bandCount: Int { plan.spec.instrument.bandCount }
  /// Names of the classes; labels are their positions.
  public var classes: [String] { plan.classes }
  /// The spec with every key, as YAML.
  public var resolvedSpec: String { writeYAML(SpecVisitor.write(plan.spec)) }

  /// - Parameters:
  ///   - model: A preset's name, or the path of a YAML or JSON file.
  ///   - seed: Of all draws; another seed is another set of samples. nil for the one that follows from the spec's name.
  ///   - noiseSeed: Of the noise alone; nil for the seed.
  ///   - settings: `key=value` changes with dotted key paths; see `loadPopulation`.
  ///   - threads: Of a batch.
  /// - Throws: `SpecErrors` with everything that is wrong with the spec, `FileError` if a file cannot be read.
  public init(
    _ model: String, seed: UInt64? = nil, noiseSeed: UInt64? = nil, settings: [String] = [], threads: Int = 1
  ) throws {
    var notes: [SpecNote] = []
    let spec = try loadPopulation(model, settings: settings) { notes.append($0) }
    try self.init(spec, notes: notes, seed: seed, noiseSeed: noiseSeed, threads: threads)
  }

  /// - Parameters:
  ///   - spec: Of the population.
  ///   - notes: What `loadPopulation` noted, to be kept.
  ///   - seed: Of all draws; nil for the one that follows from the spec's name.
  ///   - noiseSeed: Of the noise alone; nil for the seed.
  ///   - threads: Of a batch.
  /// - Throws: `SpecError` for an impossible number of threads, and what preparing the instrument throws.
  public init(
    _ spec: PopulationSpec, notes: [SpecNote] = [], seed: UInt64? = nil, noiseSeed: UInt64? = nil,
    threads: Int = 1
  ) throws {
    try Self.check(threads: threads)
    self.notes = notes
    plan = try PopulationPlan(spec, seed: seed, noiseSeed: noiseSeed, readImage: readKernel)
    tables = try DatasetTables(plan)
    renderer = RenderingBatch(plan, threads: threads)
    (self.threads, parameters) = (threads, tables.numberColumns)
  }

  /// One sample with its scene, the image and what it is made of.
  ///
  /// - Throws: `SpecError` for a negative index, `SampleError` if the sample cannot be made.
  public func sample(_ index: Int) throws -> Sample {
    try check(index)
    return try plan.sample(index, workspace: plan.makeWorkspace())
  }

  /// Everything that is behind a sample's image.
  ///
  /// - Parameters:
  ///   - index: At least 0.
  ///   - hasCriticalCurves: Whether to trace them too, which takes longer than all the maps.
  /// - Throws: `SpecError` for a negative index, `SampleError` if the sample cannot be made.
  public func truth(_ index: Int, hasCriticalCurves: Bool = true) throws -> SampleTruth {
    try SampleTruth(try sample(index), hasCriticalCurves: hasCriticalCurves)
  }

  /// The substructure of a sample, without rendering it.
  ///
  /// - Throws: As `truth`.
  public func substructure(_ index: Int) throws -> [SubstructureRecord] {
    try check(index)
    return try plan.scene(index).substructure
  }

  /// Some samples, in the order of their indices.
  public func batch(_ indices: some RandomAccessCollection<Int>) throws -> SampleBatch {
    try checkSize(indices.count)
    var batch = SampleBatch(count: indices.count, imageSize: imageSize, parameterCount: parameters.count)
    try batch.images.withUnsafeMutableBufferPointer { images in
      try batch.labels.withUnsafeMutableBufferPointer { labels in
        try batch.parameters.withUnsafeMutableBufferPointer { parameters in
          try fill(indices, images: images, labels: labels, parameters: parameters)
        }
      }
    }
    return batch
  }

  /// Some samples into memory of the caller's, which holds anything after an error.
  ///
  /// - Parameters:
  ///   - indices: Of the samples, each at least 0.
  ///   - threads: nil for the simulator's own.
  ///   - images: [count, bands, height, width], row-major; electrons per second, as `lensing generate` stores them.
  ///   - labels: [count], or nil: positions in `classes`.
  ///   - parameters: [count, parameters], or nil; NaN for what a sample's class does not have.
  /// - Throws: `SpecError` for a negative index or memory of another size, `SampleError` if a sample cannot be made.
  public func fill(
    _ indices: some RandomAccessCollection<Int>, threads: Int? = nil,
    images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>? = nil, parameters: UnsafeMutableBufferPointer<Double>? = nil
  ) throws {
    try fill(
      indices, threads: threads, images: images, labels: labels, parameters: parameters, writing: { $0() })
  }

  /// - Parameter writing: Given what writes a sample into the memory, to do it or to throw, on the thread that made it.
  package func fill(
    _ indices: some RandomAccessCollection<Int>, threads: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>?, parameters: UnsafeMutableBufferPointer<Double>?,
    writing: @Sendable (() -> Void) throws -> Void
  ) throws {
    let (size, columns) = (imageSize, self.parameters.count)
    try checkSize(indices.count)
    let threads = threads ?? self.threads
    try Self.check(threads: threads)
    try check(images.count, indices.count * size, "images")
    try labels.map { try check($0.count, indices.count, "labels") }
    try parameters.map { try check($0.count, indices.count * columns, "parameters") }
    for index in indices { try check(index) }
    // Every sample writes to places of its own.
    nonisolated(unsafe) let (images, labels, parameters) = (images, labels, parameters)
    let classes = plan.classes
    try renderer.forEach(indices, threads: threads) { position, sample in
      let numbers = parameters == nil ? [] : try tables.numbers(of: sample)
      try writing {
        for (k, pixel) in sample.observation.image.pixels.enumerated() { images[position * size + k] = pixel }
        labels?[position] = Int32(classes.firstIndex(of: sample.drawn.label) ?? -1)
        for (k, value) in numbers.enumerated() { parameters?[position * columns + k] = value ?? .nan }
      }
    }
  }

  /// Pixels of a sample in all bands.
  package var imageSize: Int { bandCount * width * height }

  private static func check(threads: Int) throws {
    guard (1...1024).contains(threads) else {
      throw SpecError(keyPath: "threads", value: "\(threads)", requirement: "must be from 1 to 1024")
    }
  }

  /// Before sizes of memory are computed from it.
  private func checkSize(_ count: Int) throws {
    if count > (1 << 46) / imageSize {
      throw SpecError(keyPath: "batch", value: "\(count) samples", requirement: "must fit into the memory")
    }
  }

  private func check(_ index: Int) throws {
    if index < 0 { throw SpecError(keyPath: "index", value: "\(index)", requirement: "must be at least 0") }
  }

  private func check(_ given: Int, _ needed: Int, _ name: String) throws {
    if given != needed {
      throw SpecError(keyPath: name, value: "\(given) elements", requirement: "must have \(needed)")
    }
  }
}

/// Images with their labels and parameters.
public struct SampleBatch: Sendable, Equatable {
  /// [count, bands, height, width], row-major; one band for a camera without.
  public var images: [Float]
  /// [count]
  public var labels: [Int32]
  /// [count, parameters]; NaN for what a sample's class does not have.
  public var parameters: [Double]

  fileprivate init(count: Int, imageSize: Int, parameterCount: Int) {
    images = [Float](repeating: 0, count: count * imageSize)
    labels = [Int32](repeating: 0, count: count)
    parameters = [Double](repeating: .nan, count: count * parameterCount)
  }
}

import Instrument
import LensCore
import MassProfiles
import Simulation

/// A population compiled for one seed: turns an index into a sample.
///
/// `sample(i)` is a pure function of (spec, seeds, i), so any threads, shards, order or resumption give the same
/// bytes. Immutable and Sendable; each thread needs a workspace of its own.
public struct PopulationPlan: Sendable {
  public private(set) var spec: PopulationSpec
  public let seed: UInt64
  /// Of the noise alone.
  public let noiseSeed: UInt64
  /// Names of the classes, in the order in which samples have them.
  public let classes: [String]
  private let drawing: TemplatePopulation
  private let turns: ClassTurns
  private let simulator: ImageSimulator
  private let identity = PopulationIdentity()
  /// Whether every sample has a blur of its own.
  let drawsBlur: Bool
  /// Reads kernels, of which bands may have some whose others are drawn.
  let readImage: @Sendable (KernelFilePSFSpec) throws -> Image<Double>

  /// - Parameters:
  ///   - seed: Of all draws; nil for the default seed of the population's name.
  ///   - noiseSeed: Of the noise: with another one the same skies are exposed again; nil for the seed.
  ///   - readImage: Reads the kernel of a `file` point spread function.
  /// - Throws: `SpecErrors` for planes or classes that cannot be drawn, `SpecError` or `NumericalError` if the instrument cannot
  ///   be prepared.
  public init(
    _ spec: PopulationSpec, seed: UInt64? = nil, noiseSeed: UInt64? = nil,
    readImage: @escaping @Sendable (KernelFilePSFSpec) throws -> Image<Double> = ImageSimulator.noFiles
  ) throws {
    self.spec = spec
    self.readImage = readImage
    self.seed = seed ?? spec.defaultSeed
    self.noiseSeed = noiseSeed ?? self.seed
    drawing = try TemplatePopulation(spec)
    drawsBlur = spec.cameraDraws.contains { DrawnCamera.isOfBlur($0.key) }
    classes = drawing.classes.map(\.name)
    turns = ClassTurns(weights: drawing.classes.map(\.weight))
    simulator = try ImageSimulator(
      instrument: spec.instrument, accuracy: spec.accuracy, readImage: readImage)
  }

  /// The same population with or without matched pairs.
  package func withPairs(_ pairs: Bool) -> PopulationPlan {
    var plan = self
    plan.spec.pairs = pairs
    return plan
  }

  /// Memory for one thread.
  ///
  /// - Throws: `NumericalError.noSolution` if there is not enough of it.
  public func makeWorkspace() throws -> SampleWorkspace { SampleWorkspace(try simulator.makeWorkspace()) }

  /// The class of a sample: the classes take turns by their weights, so that adding samples never changes one.
  public func label(of index: Int) -> String { classes[classNumber(of: index)] }

  private func classNumber(of index: Int) -> Int { turns[index] }

  /// How many samples one turn of the classes has: as many as there are classes, if all have the same weight.
  public var turnLength: Int { turns.turn.count }

  /// Whether samples can be matched in tuples of all classes.
  public var hasTuples: Bool { classes.count > 1 && turnLength == classes.count }

  /// The index of a sample from its number among those of its class.
  package func index(of number: Int, ofClass position: Int) -> Int {
    turns.index(of: number, ofClass: position)
  }

  /// Whether a class has substructure; of a name that the population does not have, it is false.
  public func hasSubstructure(_ label: String) -> Bool {
    drawing.classes.contains { $0.name == label && !$0.isSmooth }
  }

  /// The position of the first class without substructure; nil if all have some.
  public var smoothClass: Int? { drawing.classes.firstIndex { $0.isSmooth } }

  /// The split of a sample, by a hash of its index. Samples of one pair share it.
  public func split(of index: Int) -> Split {
    let u = key(of: index).stream("split").uniform(0)
    return u < spec.split.test ? .test : u < spec.split.test + spec.split.validation ? .validation : .train
  }

  /// Draws a sample's scene; it is rendered only where the spec has a `redraw`, to see that it can be.
  ///
  /// - Parameter index: At least 0.
  /// - Throws: `SampleError`.
  public func scene(_ index: Int) throws -> DrawnScene {
    let redraws = spec.redraw == nil ? 0 : try sample(index, workspace: try makeWorkspace()).drawn.redraws
    return try naming(index) { try draw(index, attempt: redraws) }
  }

  /// What the priors give for a sample, whether it can be rendered or not.
  ///
  /// - Throws: `SampleError` if not even the parameters can be drawn.
  package func parameters(_ index: Int) throws -> [DrawnParameter] {
    try naming(index) {
      try firstPossible { try draw(index, attempt: $0).parameters }
    }
  }

  /// Draws, renders and exposes a sample.
  ///
  /// - Parameter index: At least 0.
  /// - Throws: `SampleError` that names the sample.
  public func sample(_ index: Int, workspace: SampleWorkspace) throws -> Sample {
    try naming(index) {
      if spec.redraw == nil { return try expose(index, attempt: 0, workspace) }
      // The samples of a pair share the sky: if one cannot be rendered, all of them are drawn again.
      let first = spec.pairs ? index - index % turnLength : index
      let count = spec.pairs ? turnLength : 1
      // The pair of the largest index is cut short.
      let last = min(count - 1, Int.max - first)
      return try firstPossible { attempt in
        try (0...last).map { try expose(first + $0, attempt: attempt, workspace) }[index - first]
      }
    }
  }

  /// A sample's scene and the key of its noise, to render it in another way.
  public func observedScene(_ index: Int) throws -> (scene: SceneSpec, key: RandomKey) {
    let workspace = try makeWorkspace()
    let redraws = spec.redraw == nil ? 0 : try sample(index, workspace: workspace).drawn.redraws
    let drawn = try naming(index) { try exposedScene(index, attempt: redraws, workspace) }
    return (drawn.scene, noiseKey(of: index))
  }

  /// The result for the first attempt that does not fail, as many as the spec allows.
  private func firstPossible<Result>(_ body: (Int) throws -> Result) throws -> Result {
    let attempts = spec.redraw?.attempts ?? 0
    for attempt in 0..<attempts {
      do { return try body(attempt) } catch is NumericalError {}
    }
    return try body(attempts)
  }

  private func expose(_ index: Int, attempt: Int, _ workspace: SampleWorkspace) throws -> Sample {
    let drawn = try exposedScene(index, attempt: attempt, workspace)
    let (simulator, memory) = try rendering(drawn.scene, workspace)
    let observation = try simulator.simulate(drawn.scene, key: noiseKey(of: index), workspace: memory)
    if spec.pairs && drawn.isSmooth {
      workspace.note(exposureTimes: observation.exposureTimes, of: sky(of: drawn))
    }
    return Sample(drawn: drawn, observation: observation)
  }

  /// What renders a scene: for a blur of its own, one that is made for it.
  private func rendering(
    _ scene: SceneSpec, _ workspace: SampleWorkspace
  ) throws -> (ImageSimulator, ImageSimulator.Workspace) {
    if !drawsBlur { return (simulator, workspace.simulator) }
    let own = try ImageSimulator(
      instrument: scene.instrument, accuracy: scene.accuracy, readImage: readImage)
    return (own, try own.makeWorkspace())
  }

  private func exposedScene(
    _ index: Int, attempt: Int, _ workspace: SampleWorkspace
  ) throws -> DrawnScene {
    let drawn = try draw(index, attempt: attempt)
    let isTwin = spec.pairs && !drawn.isSmooth && drawn.scene.signalToNoise != nil
    return isTwin ? try withExposureOfSmoothTwin(drawn, workspace) : drawn
  }

  /// In a pair only the substructure differs, so the exposure time is that of the scene without any.
  private func withExposureOfSmoothTwin(
    _ drawn: DrawnScene, _ workspace: SampleWorkspace
  ) throws -> DrawnScene {
    let exposureTimes = try workspace.exposureTimes(of: sky(of: drawn)) {
      let smooth = try drawing.draw(nil, key(of: drawn.index), attempt: drawn.redraws).scene
      let (simulator, memory) = try rendering(smooth, workspace)
      return try simulator.exposureTimes(of: smooth, workspace: memory)
    }
    var scene = drawn.scene
    scene.signalToNoise = nil
    scene.instrument = scene.instrument.exposed(for: exposureTimes)
    return DrawnScene(
      index: drawn.index, label: drawn.label, isSmooth: drawn.isSmooth, split: drawn.split, pair: drawn.pair,
      scene: scene,
      parameters: drawn.parameters, substructure: drawn.substructure,
      substructureMasses: drawn.substructureMasses, substructureCounts: drawn.substructureCounts,
      redraws: drawn.redraws)
  }

  private func sky(of drawn: DrawnScene) -> SampleWorkspace.Sky {
    .init(plan: identity, number: number(of: drawn.index), attempt: drawn.redraws)
  }

  private func key(of index: Int) -> RandomKey { RandomKey(seed: seed, sample: number(of: index)) }

  private func noiseKey(of index: Int) -> RandomKey {
    RandomKey(seed: noiseSeed, sample: number(of: index))
  }

  /// What draws and noise go by: the samples of a pair share it.
  private func number(of index: Int) -> UInt64 {
    UInt64(spec.pairs ? index / turnLength : index)
  }

  private func naming<Result>(_ index: Int, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NumericalError {
      throw SampleError(index: index, seed: seed, redraws: spec.redraw?.attempts ?? 0, cause: error)
    }
  }

  private func draw(_ index: Int, attempt: Int) throws -> DrawnScene {
    let number = classNumber(of: index)
    let drawn = try drawing.draw(number, key(of: index), attempt: attempt)
    let sample = drawing.classes[number]
    return DrawnScene(
      index: index, label: sample.name, isSmooth: sample.isSmooth, split: split(of: index),
      pair: spec.pairs ? index / turnLength : nil, scene: drawn.scene, parameters: drawn.parameters,
      substructure: drawn.substructure, substructureMasses: drawn.substructureMasses,
      substructureCounts: drawn.substructureCounts, redraws: attempt)
  }

  /// The scene of a sample without its substructure, and the parameters of it that might as well have other values.
  ///
  /// - Parameter replacements: Values in the place of what was drawn.
  package func smoothScene(
    of sample: DrawnScene, replacing replacements: [String: Double] = [:]
  ) throws -> (scene: SceneSpec, free: [FreeParameter]) {
    let drawn = try drawing.draw(
      nil, key(of: sample.index), attempt: sample.redraws, replacing: replacements)
    return (drawn.scene, drawn.free)
  }
}

import Instrument
import LensCore
import LensNumerics

/// One exposure of one scene and what is known about it.
public struct SimulatedImage: Sendable {
  /// Electrons per second per pixel, sky subtracted unless the instrument keeps it; with noise unless it has none.
  public let image: Image<Float>
  /// Blurred lensed source without noise, electrons per second per pixel.
  public let source: Image<Float>
  /// Blurred lens light without noise, electrons per second per pixel.
  public let lens: Image<Float>
  /// Seconds.
  public let exposureTime: Double
  public let signalToNoise: SignalToNoiseValues
}

/// Makes images of scenes that share an instrument and an accuracy.
///
/// Immutable and Sendable: plans and tables are made once. Give every thread its own `Workspace`.
public struct ImageSimulator: Sendable {
  public let instrument: InstrumentSpec
  public let accuracy: AccuracySpec
  private let renderer: Renderer

  private enum Renderer: Sendable {
    case single(SceneRenderer<Float>)
    case double(SceneRenderer<Double>)
  }

  /// Memory that is reused from image to image; belongs to one thread.
  public final class Workspace {
    fileprivate enum Memory {
      case single(SceneRenderer<Float>.Workspace)
      case double(SceneRenderer<Double>.Workspace)
    }
    fileprivate let memory: Memory
    fileprivate let noise = NoiseMemory()
    fileprivate init(_ memory: Memory) { self.memory = memory }
  }

  /// - Parameter readImage: Reads the kernel of a `file` point spread function.
  /// - Throws: `SpecError` for an unusable kernel, `NumericalError` if a transform cannot be planned.
  public init(
    instrument: InstrumentSpec, accuracy: AccuracySpec,
    readImage: (KernelFilePSFSpec) throws -> Image<Double> = ImageSimulator.noFiles
  ) throws {
    self.instrument = instrument
    self.accuracy = accuracy
    switch accuracy.precision {
    case .single:
      renderer = .single(
        try SceneRenderer(instrument: instrument, accuracy: accuracy, readImage: readImage))
    case .double:
      renderer = .double(
        try SceneRenderer(instrument: instrument, accuracy: accuracy, readImage: readImage))
    }
  }

  /// Refuses every path: for callers whose specs name no files.
  public static func noFiles(_ file: KernelFilePSFSpec) throws -> Image<Double> {
    throw FileError(path: file.path, reason: "this caller reads no files")
  }

  /// Memory for one thread.
  ///
  /// - Throws: `NumericalError.noSolution` if there is not enough of it.
  public func makeWorkspace() throws -> Workspace {
    switch renderer {
    case .single(let renderer): Workspace(.single(try renderer.makeWorkspace()))
    case .double(let renderer): Workspace(.double(try renderer.makeWorkspace()))
    }
  }

  /// Renders a scene and exposes it.
  ///
  /// - Parameters:
  ///   - scene: Its accuracy, and the pixels and blur of its instrument, must be this simulator's; its noise and exposure are
  ///     its own.
  ///   - key: Where the noise comes from.
  /// - Throws: `NumericalError` if a pixel is not finite or no exposure time gives the signal-to-noise ratio.
  public func simulate(_ scene: SceneSpec, key: RandomKey, workspace: Workspace) throws -> SimulatedImage {
    let rates = try rates(of: scene, workspace)
    return try expose(source: rates.source, lens: rates.lens, scene, key, workspace.noise)
  }

  /// How long `simulate` exposes a scene, in seconds.
  ///
  /// - Parameter scene: Its instrument and accuracy must be this simulator's.
  /// - Throws: `NumericalError` if a pixel is not finite or no exposure time gives the signal-to-noise ratio.
  public func exposureTime(of scene: SceneSpec, workspace: Workspace) throws -> Double {
    if scene.signalToNoise == nil { return scene.instrument.exposureTime }
    let rates = try rates(of: scene, workspace)
    return try exposure(
      of: scene, SignalToNoise(source: rates.source, lens: rates.lens, instrument: scene.instrument)
    ).time
  }

  /// Light that falls on the pixels, electrons per second.
  private func rates(
    of scene: SceneSpec, _ workspace: Workspace
  ) throws -> (source: Image<Float>, lens: Image<Float>) {
    let scene = try scene.resolved()
    switch (renderer, workspace.memory) {
    case (.single(let renderer), .single(let memory)):
      let rates = try renderer.render(scene, memory)
      return (rates.source, rates.lens)
    case (.double(let renderer), .double(let memory)):
      let rates = try renderer.render(scene, memory)
      return (rates.source.map { Float($0) }, rates.lens.map { Float($0) })
    default: throw Self.wrongWorkspace
    }
  }

  /// The image of a scene without noise: what `simulate` draws its photons from.
  ///
  /// Cheaper than `simulate`, which also tells source and lens light apart to measure signal-to-noise ratios.
  ///
  /// - Parameter scene: Its instrument and accuracy must be this simulator's.
  /// - Returns: Electrons per second per pixel of source and lens light.
  /// - Throws: `NumericalError` if a pixel is not finite.
  public func expectedImage(of scene: SceneSpec, workspace: Workspace) throws -> Image<Float> {
    let scene = try scene.resolved()
    switch (renderer, workspace.memory) {
    case (.single(let renderer), .single(let memory)): return try renderer.renderTotal(scene, memory)
    case (.double(let renderer), .double(let memory)):
      return try renderer.renderTotal(scene, memory).map { Float($0) }
    default: throw Self.wrongWorkspace
    }
  }

  private static var wrongWorkspace: NumericalError {
    .noSolution(quantity: "image", context: "the workspace was made for another precision")
  }

  private func expose(
    source: Image<Float>, lens: Image<Float>, _ scene: SceneSpec, _ key: RandomKey, _ memory: NoiseMemory
  ) throws -> SimulatedImage {
    let instrument = scene.instrument
    let ratios = SignalToNoise(source: source, lens: lens, instrument: instrument)
    let (exposureTime, values) = try exposure(of: scene, ratios)
    var total = source
    add(lens, to: &total)
    let detector = DetectorNoise(instrument: instrument, exposureTime: exposureTime)
    let (sky, isNoisy) = (Float(instrument.skyInImages), instrument.noise)
    return SimulatedImage(
      image: isNoisy
        ? try detector.expose(total, key: key, memory: memory) : sky == 0 ? total : total.map { $0 + sky },
      source: source, lens: lens, exposureTime: exposureTime,
      signalToNoise: values)
  }

  private func exposure(
    of scene: SceneSpec, _ ratios: SignalToNoise
  ) throws -> (time: Double, values: SignalToNoiseValues) {
    let time =
      try scene.signalToNoise.map { try ratios.exposureTime(for: $0.definition, value: $0.value) }
      ?? scene.instrument.exposureTime
    let values = ratios.values(exposureTime: time)
    try scene.signalToNoise.map { try requireReached($0, values) }
    return (time, values)
  }

  /// Solved ratios are measured again: they are what was asked for but for rounding, or, of the total, which jumps, more.
  private func requireReached(_ target: SignalToNoiseTarget, _ values: SignalToNoiseValues) throws {
    let reached = values[target.definition] ?? .nan
    let isTooLarge = target.definition != .total && reached > target.value * (1 + 1e-6)
    guard reached >= target.value * (1 - 1e-6), !isTooLarge else {
      throw NumericalError.noSolution(
        quantity: "exposure time",
        context:
          "\(target.definition.rawValue) signal-to-noise \(specNumber(target.value)) was asked for, \(reached) "
          + "is what the time found gives")
    }
  }
}

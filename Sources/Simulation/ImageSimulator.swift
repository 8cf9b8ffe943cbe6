import Instrument
import LensCore
import LensNumerics

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
      // Fields of many halos are in Float only.
      renderer = .single(
        try SceneRenderer(
          instrument: instrument, accuracy: accuracy,
          haloSum: { FarField($0, method: accuracy.farField) }, readImage: readImage))
    case .double:
      renderer = .double(
        try SceneRenderer(
          instrument: instrument, accuracy: accuracy, haloSum: { _ in DirectHaloSum() }, readImage: readImage)
      )
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
  public func simulate(_ scene: SceneSpec, key: RandomKey, workspace: Workspace) throws -> Observation {
    try light(of: scene, workspace).expose(key, workspace.noise)
  }

  /// How long `simulate` exposes a scene in each band, in seconds.
  ///
  /// - Parameter scene: Its instrument and accuracy must be this simulator's.
  /// - Throws: `NumericalError` if a pixel is not finite or no exposure time gives the signal-to-noise ratio.
  public func exposureTimes(of scene: SceneSpec, workspace: Workspace) throws -> [Double] {
    if scene.signalToNoise == nil { return scene.instrument.cameras.map(\.exposureTime) }
    return try light(of: scene, workspace).exposures().times
  }

  private func light(of scene: SceneSpec, _ workspace: Workspace) throws -> LightOnCamera {
    let scene = try scene.resolved()
    switch (renderer, workspace.memory) {
    case (.single(let renderer), .single(let memory)):
      let rates = try renderer.render(scene, memory)
      return LightOnCamera(scene, source: rates.source, lens: rates.lens)
    case (.double(let renderer), .double(let memory)):
      let rates = try renderer.render(scene, memory)
      return LightOnCamera(
        scene, source: rates.source.map { Float($0) }, lens: rates.lens.map { Float($0) })
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
  public func expectedImage(of scene: SceneSpec, workspace: Workspace) throws -> Frames<Float> {
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
}

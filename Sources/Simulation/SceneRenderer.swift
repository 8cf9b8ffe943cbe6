import Instrument
import LensCore
import LensNumerics
import LightProfiles
import MassProfiles
import RayTracing

/// Turns scenes into blurred, noise-free images for one instrument: the fused pipeline of
/// rays -> deflection -> source position -> brightness -> pixel mean -> blur.
///
/// Prepared once; may be used from several threads, each with its own workspace.
struct SceneRenderer<Scalar: LensScalar>: Sendable {
  private let sampler: ImageSampler<Scalar>
  private let blur: Blur<Scalar>
  private let factor: Scalar
  /// Fine pixels per pixel and axis that are averaged after the blur.
  private let binning: Int
  private let farFieldMethod: FarFieldMethod

  init(
    instrument: InstrumentSpec, accuracy: AccuracySpec, readImage: (KernelFilePSFSpec) throws -> Image<Double>
  ) throws {
    let isFine = instrument.blurSampling == .subpixel
    binning = isFine ? accuracy.subpixels : 1
    sampler = ImageSampler(
      width: instrument.width * binning, height: instrument.height * binning,
      pixelScale: instrument.pixelScale / Double(binning), subpixels: isFine ? 1 : accuracy.subpixels,
      accuracy: accuracy)
    let grid = sampler.grid
    let function = try PointSpreadFunction.sample(
      instrument.pointSpreadFunction, scale: grid.pixelScale,
      largestSide: max(grid.width, grid.height), readImage: readImage)
    blur = try Blur(function, width: grid.width, height: grid.height)
    factor = Scalar(instrument.brightnessFactor)
    farFieldMethod = accuracy.farField
  }

  /// Memory for one thread.
  final class Workspace {
    let sampler: SamplerWorkspace<Scalar>
    let blur: BlurWorkspace<Scalar>
    let farField: FarField
    var source: Image<Scalar>
    var lens: Image<Scalar>
    // The scene's halos, masses and lights; kept for their memory.
    var halos = SubhaloList<Scalar>()
    var masses: [any MassProfile<Scalar>] = []
    var lights: [any LightProfile<Scalar>] = []

    init(
      sampler: SamplerWorkspace<Scalar>, blur: BlurWorkspace<Scalar>, farField: FarField, width: Int,
      height: Int
    ) {
      self.sampler = sampler
      self.blur = blur
      self.farField = farField
      source = Image(width: width, height: height, repeating: 0)
      lens = source
    }

    func take(_ specs: [LightSpec]) {
      lights.removeAll(keepingCapacity: true)
      for spec in specs { lights.append(spec.profile(Scalar.self)) }
    }
  }

  func makeWorkspace() throws -> Workspace {
    let farField = FarField(
      grid: sampler.grid, coarse: sampler.subpixels.coarse, fine: sampler.subpixels.fine,
      method: farFieldMethod)
    return Workspace(
      sampler: sampler.makeWorkspace(), blur: try blur.makeWorkspace(), farField: farField,
      width: sampler.grid.width, height: sampler.grid.height)
  }

  /// Images of the lensed source and of the lens light, in electrons per second per pixel.
  func render(_ scene: SceneSpec, _ workspace: Workspace) throws -> (
    source: Image<Scalar>, lens: Image<Scalar>
  ) {
    try sample(scene, workspace)
    blur.apply(to: &workspace.source, workspace: workspace.blur)
    if scene.lens.light.isEmpty {
      workspace.lens.clear()
    } else {
      blur.apply(to: &workspace.lens, workspace: workspace.blur)
    }
    let images = (source: binned(workspace.source), lens: binned(workspace.lens))
    try requireFinite(images.source, "the lensed source's image")
    try requireFinite(images.lens, "the lens light's image")
    return images
  }

  /// The image of source and lens light together, which needs a single blur; left in `workspace.source`.
  func renderTotal(_ scene: SceneSpec, _ workspace: Workspace) throws -> Image<Scalar> {
    try sample(scene, workspace)
    if !scene.lens.light.isEmpty { add(workspace.lens, to: &workspace.source) }
    blur.apply(to: &workspace.source, workspace: workspace.blur)
    let image = binned(workspace.source)
    try requireFinite(image, "the image")
    return image
  }

  /// Fills the workspace's images with pixel means before the blur; without lens light that of the lens is left as it was.
  private func sample(_ scene: SceneSpec, _ workspace: Workspace) throws {
    try check(scene, workspace)
    try sampleSource(scene, workspace)
    workspace.farField.release()
    if scene.lens.light.isEmpty { return }
    workspace.take(scene.lens.light)
    let lens = LensLightGathering(lights: workspace.lights)
    sampler.sample(&workspace.lens, factor: factor, workspace.sampler, lens)
  }

  private func sampleSource(_ scene: SceneSpec, _ workspace: Workspace) throws {
    workspace.halos.replace(with: scene.lens.mass)
    workspace.masses.removeAll(keepingCapacity: true)
    for mass in workspace.halos.others { workspace.masses.append(mass.profile(Scalar.self)) }
    workspace.take(scene.source.light)
    let source = try sourceGathering(workspace)
    sampler.sample(&workspace.source, factor: factor, workspace.sampler, source)
  }

  private func sourceGathering(_ workspace: Workspace) throws -> SourceGathering<Scalar> {
    let (plane, lights, farField) = (
      LensPlane(masses: workspace.masses), workspace.lights, workspace.farField
    )
    // Sums of many halos are in Float only.
    guard let halos = workspace.halos as? SubhaloList<Float> else {
      return SourceGathering(halos: workspace.halos, plane: plane, lights: lights, fields: [])
    }
    try farField.gather(halos)
    return SourceGathering(
      halos: farField.direct as? SubhaloList<Scalar> ?? workspace.halos, plane: plane, lights: lights,
      fields: farField.fields)
  }

  private func check(_ scene: SceneSpec, _ workspace: Workspace) throws {
    guard workspace.source.width == sampler.grid.width, workspace.source.height == sampler.grid.height else {
      throw NumericalError.noSolution(
        quantity: "image", context: "the workspace was made for another instrument")
    }
    guard scene.planes.count == 2 else {
      throw NumericalError.noSolution(
        quantity: "image", context: "\(scene.planes.count) planes given, must be a lens and a source")
    }
  }

  private func binned(_ fine: Image<Scalar>) -> Image<Scalar> {
    if binning == 1 { return fine }
    var image = Image<Scalar>(width: fine.width / binning, height: fine.height / binning, repeating: 0)
    for y in 0..<fine.height {
      for x in 0..<fine.width { image[x: x / binning, y: y / binning] += fine[x: x, y: y] }
    }
    let weight = 1 / Scalar(binning * binning)
    return image.map { $0 * weight }
  }
}

extension Image where Scalar: LensScalar {
  mutating func clear() {
    pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      clearRun(pixels, at: 0, count: width * height)
    }
  }
}

func add<Scalar: LensScalar>(_ image: Image<Scalar>, to sum: inout Image<Scalar>) {
  image.pixels.withUnsafeBufferPointer { terms in
    sum.pixels.withUnsafeMutableBufferPointer { sums in
      guard let terms = Column(viewing: UnsafeMutableBufferPointer(mutating: terms)),
        let sums = Column(viewing: sums)
      else { return }
      addWeighted(terms, from: 0, weight: 1, to: sums, at: 0, count: image.width * image.height)
    }
  }
}

/// - Throws: `NumericalError.notFinite` that names the first bad pixel.
func requireFinite<Scalar: LensScalar>(_ image: Image<Scalar>, _ quantity: String) throws {
  guard let bad = firstNonFinite(image.pixels) else { return }
  throw NumericalError.notFinite(
    quantity: quantity,
    context: "\(image.pixels[bad]) in column \(bad % image.width), row \(bad / image.width)")
}

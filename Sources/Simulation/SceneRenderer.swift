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
  /// Of the image without its border.
  private let width: Int
  private let height: Int
  private let farFieldMethod: FarFieldMethod

  init(
    instrument: InstrumentSpec, accuracy: AccuracySpec, readImage: (KernelFilePSFSpec) throws -> Image<Double>
  ) throws {
    let isFine = instrument.blurSampling == .subpixel
    binning = isFine ? accuracy.subpixels : 1
    (width, height) = (instrument.width, instrument.height)
    let pixelScale = instrument.pixelScale / Double(binning)
    let function = try PointSpreadFunction.sample(
      instrument.pointSpreadFunction, scale: pixelScale, readImage: readImage)
    let border = try instrument.border(function, binning: binning)
    sampler = ImageSampler(
      width: width * binning, height: height * binning, border: border, pixelScale: pixelScale,
      subpixels: isFine ? 1 : accuracy.subpixels, accuracy: accuracy)
    blur = try Blur(function, width: sampler.grid.width, height: sampler.grid.height)
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
    let sourceCores = LightCores<Scalar>()
    let lensCores = LightCores<Scalar>()

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
    let images = (source: finished(workspace.source), lens: finished(workspace.lens))
    try requireFinite(images.source, "the lensed source's image")
    try requireFinite(images.lens, "the lens light's image")
    return images
  }

  /// The image of source and lens light together, which needs a single blur; left in `workspace.source`.
  func renderTotal(_ scene: SceneSpec, _ workspace: Workspace) throws -> Image<Scalar> {
    try sample(scene, workspace)
    if !scene.lens.light.isEmpty { add(workspace.lens, to: &workspace.source) }
    blur.apply(to: &workspace.source, workspace: workspace.blur)
    let image = finished(workspace.source)
    try requireFinite(image, "the image")
    return image
  }

  /// Fills the workspace's images with pixel means before the blur; without lens light that of the lens is left as it was.
  private func sample(_ scene: SceneSpec, _ workspace: Workspace) throws {
    try check(scene, workspace)
    try sampleSource(scene, workspace)
    workspace.farField.release()
    if scene.lens.light.isEmpty { return }
    workspace.take(scene.lens.light.values)
    let cores = workspace.lensCores.take(scene.lens.light.values, for: sampler, isDeflected: false)
    let lens = LensLightGathering(lights: workspace.lights, cores: cores)
    sampler.sample(&workspace.lens, factor: factor, workspace.sampler, lens)
  }

  private func sampleSource(_ scene: SceneSpec, _ workspace: Workspace) throws {
    workspace.halos.replace(with: scene.lens.mass.values)
    workspace.masses.removeAll(keepingCapacity: true)
    for mass in workspace.halos.others { workspace.masses.append(mass.profile(Scalar.self)) }
    workspace.take(scene.source.light.values)
    let cores = workspace.sourceCores.take(scene.source.light.values, for: sampler, isDeflected: true)
    let source = try sourceGathering(workspace, cores)
    sampler.sample(&workspace.source, factor: factor, workspace.sampler, source)
  }

  private func sourceGathering(
    _ workspace: Workspace, _ cores: LightCores<Scalar>?
  ) throws -> SourceGathering<Scalar> {
    let (plane, lights, farField) = (
      LensPlane(masses: workspace.masses), workspace.lights, workspace.farField
    )
    // Sums of many halos are in Float only.
    guard let halos = workspace.halos as? SubhaloList<Float> else {
      return SourceGathering(halos: workspace.halos, plane: plane, lights: lights, cores: cores, fields: [])
    }
    try farField.gather(halos)
    return SourceGathering(
      halos: farField.direct as? SubhaloList<Scalar> ?? workspace.halos, plane: plane, lights: lights,
      cores: cores, fields: farField.fields)
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
    if !sampler.isAdaptive {
      for plane in scene.planes { try LightCores.requireWideEnough(plane.light.values, for: sampler) }
    }
  }

  /// Cuts off the border, and averages fine pixels.
  private func finished(_ rendered: Image<Scalar>) -> Image<Scalar> {
    let (border, step) = (sampler.border, rendered.width)
    if binning == 1 && border == (0, 0) { return rendered }
    var image = Image<Scalar>(width: width, height: height, repeating: 0)
    image.pixels.withUnsafeMutableBufferPointer { target in
      rendered.pixels.withUnsafeBufferPointer { source in
        guard let target = Column(viewing: target),
          let source = Column(viewing: UnsafeMutableBufferPointer(mutating: source))
        else { return }
        for y in 0..<(height * binning) {
          let (row, start) = (y / binning * width, (y + border.y) * step + border.x)
          if binning == 1 {
            copyRun(source, from: start, to: target, at: row, count: width)
          } else {
            for x in 0..<(width * binning) { target[row + x / binning] += source[start + x] }
          }
        }
      }
    }
    let weight = 1 / Scalar(binning * binning)
    return binning == 1 ? image : image.map { $0 * weight }
  }
}

extension InstrumentSpec {
  /// Fine pixels along x and y that are rendered around the image, because the kernel carries their light into it.
  ///
  /// - Throws: `SpecError` if there would be more of them than memory is planned for.
  fileprivate func border(_ function: PointSpreadFunction?, binning: Int) throws -> (x: Int, y: Int) {
    guard border == .rendered, let reach = function?.reach else { return (0, 0) }
    let (columns, rows) = (width * binning + 2 * reach.x, height * binning + 2 * reach.y)
    guard columns * rows <= InstrumentSpec.mostRenderedPixels else {
      throw SpecError(
        keyPath: "instrument.psf", value: "a kernel that reaches \(reach.x) x \(reach.y) pixels",
        requirement:
          "at most 2^26 pixels can be rendered with the border that it needs, which would be \(columns) x "
          + "\(rows): make the kernel smaller (kernel_pixels), or set instrument.border to dark")
    }
    return reach
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

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
  /// One for each band.
  private let blurs: [Blur<Scalar>]
  private let factor: Scalar
  /// Fine pixels per pixel and axis that are averaged after the blur.
  private let binning: Int
  /// Of the image without its border.
  private let width: Int
  private let height: Int
  private let makeHaloSum: @Sendable (ImageSampler<Scalar>) -> any HaloSum<Scalar>

  /// - Parameter haloSum: Makes what sums small halos, for each workspace.
  init(
    instrument: InstrumentSpec, accuracy: AccuracySpec,
    haloSum: @escaping @Sendable (ImageSampler<Scalar>) -> any HaloSum<Scalar>,
    readImage: (KernelFilePSFSpec) throws -> Image<Double>
  ) throws {
    let isFine = instrument.blurSampling == .subpixel
    binning = isFine ? accuracy.subpixels : 1
    (width, height) = (instrument.width, instrument.height)
    let pixelScale = instrument.pixelScale / Double(binning)
    let functions = try instrument.cameras.indices.map {
      try instrument.pointSpreadFunction(ofBand: $0, scale: pixelScale, readImage)
    }
    let border = try instrument.border(functions, binning: binning)
    sampler = ImageSampler(
      width: width * binning, height: height * binning, border: border, pixelScale: pixelScale,
      subpixels: isFine ? 1 : accuracy.subpixels, accuracy: accuracy)
    blurs = try functions.map { [grid = sampler.grid] in
      try Blur($0, width: grid.width, height: grid.height)
    }
    factor = Scalar(instrument.brightnessFactor)
    makeHaloSum = haloSum
  }

  /// Memory for one thread.
  final class Workspace {
    let sampler: SamplerWorkspace<Scalar>
    let blurs: [BlurWorkspace<Scalar>]
    let haloSum: any HaloSum<Scalar>
    let later: LaterScreens<Scalar>
    /// What a band sees of some groups of lights, and then its blurred image.
    var seen: Image<Scalar>
    /// Pixel means of the light of each group before the blur.
    var source = GroupImages<Scalar>()
    var lens = GroupImages<Scalar>()
    // The scene's halos, masses and lights; kept for their memory.
    var halos = SubhaloList<Scalar>()
    var masses: [any MassProfile<Scalar>] = []
    var lights: [any LightProfile<Scalar>] = []

    init(
      sampler: SamplerWorkspace<Scalar>, blurs: [BlurWorkspace<Scalar>], haloSum: any HaloSum<Scalar>,
      width: Int,
      height: Int
    ) {
      (self.sampler, self.blurs, self.haloSum) = (sampler, blurs, haloSum)
      later = LaterScreens(tileCount: sampler.tile.count)
      seen = Image(width: width, height: height, repeating: 0)
    }

    func take(_ specs: [LightSpec]) {
      lights.removeAll(keepingCapacity: true)
      for spec in specs { lights.append(spec.profile(Scalar.self)) }
    }
  }

  func makeWorkspace() throws -> Workspace {
    Workspace(
      sampler: sampler.makeWorkspace(), blurs: try blurs.map { try $0.makeWorkspace() },
      haloSum: makeHaloSum(sampler), width: sampler.grid.width, height: sampler.grid.height)
  }

  /// Frames of the lensed source and of the lens light, in electrons per second per pixel.
  func render(_ scene: SceneSpec, _ workspace: Workspace) throws -> (
    source: Frames<Scalar>, lens: Frames<Scalar>
  ) {
    try sample(scene, workspace)
    let source = Frames(blurs.indices.map { band($0, &workspace.source, nil, workspace) })
    let lens = Frames(blurs.indices.map { band($0, &workspace.lens, nil, workspace) })
    try requireFinite(source, "the lensed source's image")
    try requireFinite(lens, "the lens light's image")
    return (source, lens)
  }

  /// The frames of source and lens light together, which need a single blur each.
  func renderTotal(_ scene: SceneSpec, _ workspace: Workspace) throws -> Frames<Scalar> {
    try sample(scene, workspace)
    let frames = Frames(
      blurs.indices.map { band($0, &workspace.source, workspace.lens, workspace) })
    try requireFinite(frames, "the image")
    return frames
  }

  /// The blurred image of groups of lights in one band.
  private func band(
    _ number: Int, _ lights: inout GroupImages<Scalar>, _ others: GroupImages<Scalar>?,
    _ workspace: Workspace
  ) -> Image<Scalar> {
    if !lights.giveWhole(to: &workspace.seen) {
      workspace.seen.clear()
      lights.add(to: &workspace.seen, inBand: number)
    }
    others?.add(to: &workspace.seen, inBand: number)
    if !(lights.isEmpty && others?.isEmpty ?? true) {
      blurs[number].apply(to: &workspace.seen, workspace: workspace.blurs[number])
    }
    return finished(workspace.seen)
  }

  /// Fills the workspace's images with pixel means before the blur.
  private func sample(_ scene: SceneSpec, _ workspace: Workspace) throws {
    try check(scene, workspace)
    let screens = try gatherMasses(scene, workspace)
    let (lens, count) = (scene.lensNumber, scene.planes.count)
    sample(&workspace.source, LightGroup.groups(of: lens + 1..<count, in: scene), screens, workspace)
    // Planes in front of the lens deflect its light, too.
    sample(&workspace.lens, LightGroup.groups(of: 0...lens, in: scene), screens, workspace)
    workspace.haloSum.release()
    workspace.later.release()
  }

  private func sample(
    _ images: inout GroupImages<Scalar>, _ groups: [LightGroup], _ screens: SceneScreens<Scalar>,
    _ workspace: Workspace
  ) {
    images.take(groups, workspace.seen)
    for (number, group) in groups.enumerated() {
      workspace.take(group.lights)
      let isDeflected = screens.first < group.plane
      let cores = images.cores[number].take(group.lights, for: sampler, isDeflected: isDeflected)
      if isDeflected {
        let light = SourceGathering(
          halos: workspace.haloSum.direct, plane: LensPlane(masses: workspace.masses),
          lights: workspace.lights,
          cores: cores, fields: workspace.haloSum.fields, placed: workspace.haloSum.placed,
          later: screens.later(before: group.plane, in: workspace.later))
        sampler.sample(&images.images[number], factor: factor, workspace.sampler, light)
      } else {
        let light = LensLightGathering(lights: workspace.lights, cores: cores)
        sampler.sample(&images.images[number], factor: factor, workspace.sampler, light)
      }
    }
  }

  /// Takes the masses of the first plane that has any, where no ray was deflected before: what sums many halos on a grid of rays
  /// serves it alone.
  private func gatherMasses(_ scene: SceneSpec, _ workspace: Workspace) throws -> SceneScreens<Scalar> {
    let screens = try SceneScreens(scene, workspace.haloSum)
    workspace.halos.replace(with: scene.planes[screens.first].mass.values)
    workspace.masses.removeAll(keepingCapacity: true)
    for mass in workspace.halos.others { workspace.masses.append(mass.profile(Scalar.self)) }
    // The halos are the same for all groups of lights.
    try workspace.haloSum.gather(workspace.halos)
    return screens
  }

  private func check(_ scene: SceneSpec, _ workspace: Workspace) throws {
    guard workspace.seen.width == sampler.grid.width, workspace.seen.height == sampler.grid.height,
      workspace.blurs.count == blurs.count, scene.instrument.bandCount == blurs.count
    else {
      throw NumericalError.noSolution(
        quantity: "image", context: "the workspace was made for another instrument")
    }
    guard scene.planes.count >= 2 else {
      throw NumericalError.noSolution(
        quantity: "image", context: "\(scene.planes.count) planes given, must be a lens and a source or more")
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

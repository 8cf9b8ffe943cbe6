import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// The light in front of all masses, or beside them, which nothing deflects.
struct LensLightGathering<Scalar: LensScalar>: RayGathering {
  let lights: [any LightProfile<Scalar>]
  let cores: LightCores<Scalar>?

  /// Cores are looked for at all pixels.
  var isPointSymmetric: Bool { cores == nil && lights.allSatisfy(\.isPointSymmetric) }

  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>) {}

  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, _ pass: RayPass<Scalar>
  ) {
    if case .all = pass { cores?.keep(position, first: first) }
    addLight(tile, of: lights, at: position, sampling, first: first, pass, cores)
  }
}

/// The light behind masses.
struct SourceGathering<Scalar: LensScalar>: RayGathering {
  /// Halos of the first plane with mass that are summed one by one.
  let halos: SubhaloList<Scalar>
  /// Its masses that are no small halos.
  let plane: LensPlane<Scalar>
  let lights: [any LightProfile<Scalar>]
  let cores: LightCores<Scalar>?
  /// What sums its other halos together.
  let fields: [any HaloDeflection<Scalar>]
  /// The same at the places of rays.
  let placed: (any ScreenField<Scalar>)?
  /// What rays cross behind it; nil if that is nothing but the light, in the farthest plane.
  let later: LaterScreens<Scalar>?

  var isPointSymmetric: Bool { false }

  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>) {
    for field in fields { field.refine(refined, sampling) }
  }

  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, _ pass: RayPass<Scalar>
  ) {
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    addFields(tile, sampling, first: first, refined: pass.list)
    placed?.addDeflection(at: position, to: tile.deflection, scratch: tile.scratch)
    if halos.count > 0 {
      halos.addDeflection(at: position, to: tile.deflection, scratch: tile.scratch)
    }
    plane.addDeflection(tile, at: position)
    later?.trace(tile, from: position)
    if case .all = pass { cores?.keep(tile.source, first: first) }
    addLight(tile, of: lights, at: tile.source, sampling, first: first, pass, cores)
  }

  private func addFields(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    for field in fields {
      if let refined {
        field.addRefined(to: tile.deflection, refined, sampling, first: first)
      } else {
        field.add(to: tile.deflection, sampling, first: first)
      }
    }
  }
}

/// Adds the light that rays meet at places of a plane, or, where that changes within their squares, its means over them.
private func addLight<Scalar: LensScalar>(
  _ tile: RayTile<Scalar>, of lights: [any LightProfile<Scalar>], at position: VectorColumns<Scalar>,
  _ sampling: PixelSampling<Scalar>, first: Int, _ pass: RayPass<Scalar>, _ cores: LightCores<Scalar>?
) {
  for (k, light) in lights.enumerated() {
    if case .cores(let list) = pass, let core = cores?[k] {
      core.addMeans(tile, at: position, sampling, count: list.count - first)
    } else {
      light.addBrightness(at: position, to: tile.brightness, scratch: tile.scratch)
    }
  }
}

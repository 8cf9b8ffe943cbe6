import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// The light of the lens itself, which nothing deflects.
struct LensLightGathering<Scalar: LensScalar>: RayGathering {
  let lights: [any LightProfile<Scalar>]

  func prepare(_ refined: PixelList<Scalar>) {}

  func gather(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    for light in lights {
      light.addBrightness(at: tile.image, to: tile.brightness, scratch: tile.scratch)
    }
  }
}

/// The light of the source, seen through the lens.
struct SourceGathering<Scalar: LensScalar>: RayGathering {
  let halos: SubhaloList<Scalar>
  /// All other masses.
  let plane: LensPlane<Scalar>
  let lights: [any LightProfile<Scalar>]
  /// The field of the halos, if they are summed on grids; only in Float.
  let field: HaloField?

  func prepare(_ refined: PixelList<Scalar>) {
    if let field, let refined = refined as? PixelList<Float>, let halos = halos as? SubhaloList<Float> {
      field.refine(refined, halos)
    }
  }

  func gather(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    if let field {
      read(field, tile, sampling, first: first, refined: refined)
    } else {
      halos.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    }
    plane.addDeflection(tile)
    for light in lights {
      light.addBrightness(at: tile.source, to: tile.brightness, scratch: tile.scratch)
    }
  }

  private func read(
    _ field: HaloField, _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int,
    refined: PixelList<Scalar>?
  ) {
    guard let tile = tile as? RayTile<Float>, let sampling = sampling as? PixelSampling<Float> else { return }
    if let refined = refined as? PixelList<Float> {
      field.fillRefined(tile.deflection, refined, sampling, first: first)
    } else {
      field.fill(tile.deflection, sampling, first: first)
    }
  }
}

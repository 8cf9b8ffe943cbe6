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
  /// The masses that are evaluated at every ray.
  let plane: LensPlane<Scalar>
  let lights: [any LightProfile<Scalar>]
  /// The field of the small halos, if they are summed on grids; only in Float.
  let field: HaloField?
  let halos: SubhaloList

  func prepare(_ refined: PixelList<Scalar>) {
    if let field, let refined = refined as? PixelList<Float> { field.refine(refined, halos) }
  }

  func gather(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    startFromField(tile, sampling, first: first, refined: refined)
    plane.addDeflection(tile)
    for light in lights {
      light.addBrightness(at: tile.source, to: tile.brightness, scratch: tile.scratch)
    }
  }

  private func startFromField(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    guard let field, let tile = tile as? RayTile<Float>, let sampling = sampling as? PixelSampling<Float>
    else { return }
    if let refined = refined as? PixelList<Float> {
      field.fillRefined(tile.deflection, refined, sampling, first: first)
    } else {
      field.fill(tile.deflection, sampling, first: first)
    }
  }
}

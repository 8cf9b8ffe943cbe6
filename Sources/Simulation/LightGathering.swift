import LensCore
import LensNumerics
import LightProfiles
import RayTracing

/// The light of the lens itself, which nothing deflects.
struct LensLightGathering<Scalar: LensScalar>: RayGathering {
  let lights: [any LightProfile<Scalar>]

  var isPointSymmetric: Bool { lights.allSatisfy(\.isPointSymmetric) }

  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>) {}

  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, refined: PixelList<Scalar>?
  ) {
    for light in lights {
      light.addBrightness(at: position, to: tile.brightness, scratch: tile.scratch)
    }
  }
}

/// The light of the source, seen through the lens.
struct SourceGathering<Scalar: LensScalar>: RayGathering {
  /// Halos that are summed one by one.
  let halos: SubhaloList<Scalar>
  /// The masses that are no small halos.
  let plane: LensPlane<Scalar>
  let lights: [any LightProfile<Scalar>]
  /// What sums the other halos together; only in Float.
  let fields: [any HaloDeflection]

  var isPointSymmetric: Bool { false }

  func prepare(_ refined: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>) {
    guard let refined = refined as? PixelList<Float>, let sampling = sampling as? PixelSampling<Float> else {
      return
    }
    for field in fields { field.refine(refined, sampling) }
  }

  func gather(
    _ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int, refined: PixelList<Scalar>?
  ) {
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    addFields(tile, sampling, first: first, refined: refined)
    if halos.count > 0 {
      halos.addDeflection(at: position, to: tile.deflection, scratch: tile.scratch)
    }
    plane.addDeflection(tile, at: position)
    for light in lights {
      light.addBrightness(at: tile.source, to: tile.brightness, scratch: tile.scratch)
    }
  }

  private func addFields(
    _ tile: RayTile<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int, refined: PixelList<Scalar>?
  ) {
    guard !fields.isEmpty, let tile = tile as? RayTile<Float>,
      let sampling = sampling as? PixelSampling<Float>
    else { return }
    for field in fields {
      if let refined = refined as? PixelList<Float> {
        field.addRefined(to: tile.deflection, refined, sampling, first: first)
      } else {
        field.add(to: tile.deflection, sampling, first: first)
      }
    }
  }
}

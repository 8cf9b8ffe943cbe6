import Instrument
import LensCore
import LensNumerics
import LightProfiles

/// Lights of one plane that are brighter by the same factors in every band: their rays are traced once for all bands.
struct LightGroup {
  /// The number of the plane.
  let plane: Int
  var lights: [LightSpec]
  /// One for each band.
  let factors: [Double]

  /// The lights of some planes in groups, in the order of their first ones.
  static func groups(of planes: some Sequence<Int>, in scene: SceneSpec) -> [LightGroup] {
    let bands = scene.instrument.bands
    var groups: [LightGroup] = []
    for plane in planes {
      for light in scene.planes[plane].light {
        let factors = bands.isEmpty ? [1] : bands.names.map { light.bands[$0] }
        if let same = groups.firstIndex(where: { $0.plane == plane && $0.factors == factors }) {
          groups[same].lights.append(light)
        } else {
          groups.append(LightGroup(plane: plane, lights: [light], factors: factors))
        }
      }
    }
    return groups
  }
}

extension SceneSpec {
  /// Checks that lights name bands that the camera has.
  func checkBands(_ visitor: SpecVisitor) {
    let known = instrument.bands.names
    for (plane, planeName) in zip(planes, planes.names) {
      for (light, name) in zip(plane.light, plane.light.names) where !light.bands.names.isEmpty {
        let path = "planes.\(planeName).light.\(name).bands"
        visitor.withoutEffect(path, if: known.isEmpty, "the instrument has no bands")
        for band in light.bands.names where !known.isEmpty && !known.contains(band) {
          visitor.fail("\(path).\(band)", given: "the band '\(band)'", suggestion(for: band, among: known))
        }
      }
    }
    guard let target = signalToNoise, let band = target.band, !known.contains(band) else { return }
    visitor.fail(
      "signal_to_noise.band", given: "'\(band)'",
      known.isEmpty ? "must be left out: the instrument has no bands" : suggestion(for: band, among: known))
  }
}

/// Images of groups of lights, and what finds their cores; kept for their memory.
struct GroupImages<Scalar: LensScalar> {
  private(set) var groups: [LightGroup] = []
  /// At least as many as groups.
  var images: [Image<Scalar>] = []
  private(set) var cores: [LightCores<Scalar>] = []

  var isEmpty: Bool { groups.isEmpty }

  /// - Parameter model: An image of the size that they need.
  mutating func take(_ groups: [LightGroup], _ model: Image<Scalar>) {
    self.groups = groups
    while images.count < groups.count {
      images.append(Image(width: model.width, height: model.height, repeating: 0))
      cores.append(LightCores())
    }
  }

  /// Gives away its only image, if the only band sees all of it as it is: nothing then needs to be added up.
  mutating func giveWhole(to seen: inout Image<Scalar>) -> Bool {
    guard groups.count == 1, groups[0].factors == [1] else { return false }
    swap(&images[0], &seen)
    return true
  }

  /// Adds what a band sees of them.
  func add(to sum: inout Image<Scalar>, inBand band: Int) {
    for (image, group) in zip(images, groups) {
      Simulation.add(image, to: &sum, weight: Scalar(group.factors[band]))
    }
  }
}

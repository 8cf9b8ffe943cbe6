import FileFormats
import LensCore

/// A document that comes with the program: a reviewed file of `Profiles/`, embedded in the binary.
public struct Preset: Sendable {
  public let name: String
  public let yaml: String

  package init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    yaml = String(decoding: bytes, as: UTF8.self)
  }

  /// Every preset population, in the order in which `lensing profiles` lists them.
  public static let populations = [
    Preset("model-a", PackageResources.model_a_yaml),
    Preset("model-b", PackageResources.model_b_yaml),
    Preset("model-a-released", PackageResources.model_a_released_yaml),
    Preset("model-b-released", PackageResources.model_b_released_yaml),
    Preset("pylensing-base", PackageResources.pylensing_base_yaml),
    Preset("pylensing-vortex", PackageResources.pylensing_vortex_yaml),
    Preset("pylensing-spherical", PackageResources.pylensing_spherical_yaml),
  ]

  /// Every preset scene.
  public static let scenes = [
    Preset("quad", PackageResources.quad_yaml),
    Preset("ring", PackageResources.ring_yaml),
  ]
}

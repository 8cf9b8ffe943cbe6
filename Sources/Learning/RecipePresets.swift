/// A recipe that comes with the program: a file of `Profiles/training`, embedded in the binary.
public struct RecipePreset: Sendable {
  public let name: String
  public let yaml: String

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    yaml = String(decoding: bytes, as: UTF8.self)
  }

  public static let all = [
    RecipePreset("released-a", PackageResources.released_a_yaml),
    RecipePreset("released-b", PackageResources.released_b_yaml),
    RecipePreset("honest-a", PackageResources.honest_a_yaml),
  ]
}

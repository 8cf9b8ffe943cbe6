import Dataset

extension Preset {
  /// Every recipe that comes with `lensing-learn`: the files of `Profiles/training`.
  public static let recipes = [
    Preset("released-a", PackageResources.released_a_yaml),
    Preset("released-b", PackageResources.released_b_yaml),
    Preset("honest-a", PackageResources.honest_a_yaml),
  ]
}

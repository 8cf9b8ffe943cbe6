import LensNumerics
import MassProfiles

/// The small circular halos of a scene: kinds of which scenes may hold very many, each kind in an array of its own, so
/// that none of them needs memory of its own.
public struct SubhaloList: Sendable {
  public private(set) var truncated: [TruncatedNavarroFrenkWhite<Float>] = []
  public private(set) var points: [PointMass<Float>] = []
  /// The other masses of the scene.
  public private(set) var others: [MassSpec] = []

  public init(_ masses: [MassSpec]) {
    for mass in masses {
      if let halo = mass.parameters as? TruncatedNavarroFrenkWhiteSpec {
        truncated.append(TruncatedNavarroFrenkWhite(halo))
      } else if let point = mass.parameters as? PointMassSpec {
        points.append(PointMass(point))
      } else {
        others.append(mass)
      }
    }
  }

  public var count: Int { truncated.count + points.count }
}

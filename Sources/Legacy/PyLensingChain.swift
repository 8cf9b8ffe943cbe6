import LensCore
import LensNumerics
import MassProfiles
import Substructure

/// The vortex of PyLensing, a row of points, with that tool's faults: each can be switched off, and without them it is a
/// `point_chain`.
public struct PyLensingChain: HaloPopulation {
  public static let kind = "pylensing_chain"

  public var chain = PointChain()
  /// Each of N points gets the Einstein radius of the whole divided by N instead of by sqrt(N), so that the chain is N times too light.
  public var isRadiusOverCount = true
  /// The chain starts where its angle, in radians from +y, would lead if it were in degrees.
  public var isStartInDegrees = true
  /// Points stand at the starts of their pieces instead of at the middles.
  public var isAtStarts = true

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    chain.visit(visitor)
    visitor.flag("radius_over_count", &isRadiusOverCount)
    visitor.flag("start_in_degrees", &isStartInDegrees)
    visitor.flag("points_at_starts", &isAtStarts)
    visitor.withoutEffect(
      "radius_over_count", if: visitor.limits(of: "points", Double(chain.points)) == 1...1,
      "there is one point")
  }

  public var reference: String? { chain.reference }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let count = Double(chain.points)
    let radius =
      try chain.wholeRadius(setting.strength) / (isRadiusOverCount ? count : Double.squareRoot(count))
    let (sine, cosine) = sineAndCosine(chain.positionAngle)
    // PyLensing measures angles from +y, because PyAutoLens's coordinates are (y, x).
    let fromY = Double.pi / 2 - chain.positionAngle
    let start = isStartInDegrees ? Double.pi / 2 - fromY * Units.radiansPerDegree : chain.positionAngle
    let (startSine, startCosine) = sineAndCosine(start)
    let half = chain.length / 2
    let offset = isAtStarts ? 0 : 0.5
    return (0..<chain.points).map { point in
      let along = (Double(point) + offset) / count * chain.length
      let place = [
        chain.center[0] - half * startCosine + along * cosine,
        chain.center[1] - half * startSine + along * sine,
      ]
      return Halo(pointOf: radius, at: place, setting.strength)
    }
  }
}

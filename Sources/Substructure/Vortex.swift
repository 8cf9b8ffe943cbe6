import Cosmology
import LensCore
import LensNumerics
import MassProfiles

/// How the mass of a vortex is represented.
public enum VortexRepresentation: String, CaseIterable, Sendable {
  /// A uniform line in closed form.
  case line
  /// A row of equal point masses at the middles of equal pieces of the line.
  case chain
}

/// A vortex line of superfluid dark matter.
public struct Vortex: Sendable, Equatable {
  /// Einstein radius in arcsec of a point with the whole mass.
  public var einsteinRadius: Double
  /// Arcsec.
  public var length: Double
  /// Radians counter-clockwise from +x.
  public var angle: Double
  /// Of the middle, [x, y] in arcsec.
  public var center: [Double]

  public init(einsteinRadius: Double, length: Double, angle: Double, center: [Double]) {
    (self.einsteinRadius, self.length) = (einsteinRadius, length)
    (self.angle, self.center) = (angle, center)
  }

  /// The lens model of the vortex.
  ///
  /// - Parameter points: Of a chain; each has 1/points of the mass, so its Einstein radius is
  ///   sqrt(1/points) of the whole's.
  public func masses(_ representation: VortexRepresentation, points: Int) -> [MassSpec] {
    guard representation == .chain else {
      var spec = UniformLineSpec()
      spec.einsteinRadius = einsteinRadius
      spec.length = length
      spec.positionAngle = angle
      spec.center = center
      return [MassSpec(spec)]
    }
    let radius = einsteinRadius / Double.squareRoot(Double(points))
    return (0..<points).map {
      pointMassSpec(einsteinRadius: radius, center: position((Double($0) + 0.5) / Double(points) - 0.5))
    }
  }

  /// Position at a fraction of the length from the middle.
  private func position(_ fraction: Double) -> [Double] {
    let (sine, cosine) = sineAndCosine(angle)
    return [center[0] + fraction * length * cosine, center[1] + fraction * length * sine]
  }
}

import LensCore
import LensNumerics

extension MassProfileSpec {
  /// The ring of a profile without a formula for it: the circle about its peak inside which the mean convergence is one.
  ///
  /// For a round profile that is its tangential critical curve. An elliptical one whose curve is wanted has a `ring` of its own.
  public func ring() throws -> LensRing? {
    guard let peak else { return nil }
    return try MeanConvergence(profile(Double.self), about: peak).ring().map { LensRing(radius: $0) }
  }
}

/// The mean convergence inside circles about a place: by Gauss's theorem their mean radial deflection over their radius.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 2.5.
private struct MeanConvergence {
  private let profile: any MassProfile<Double>
  private let center: [Double]
  private let tile: RayTile<Double>
  private let directions: [(x: Double, y: Double)]

  /// Directions around the circle: means over evenly spaced ones converge exponentially with their number.
  private static let count = 32
  /// Where rings are looked for, arcsec.
  private static let radii = 1e-4...1e3

  init(_ profile: any MassProfile<Double>, about center: [Double]) {
    (self.profile, self.center) = (profile, center)
    tile = RayTile(count: Self.count)
    directions = (0..<Self.count).map {
      let (sine, cosine) = sineAndCosine((Double($0) + 0.5) / Double(Self.count) * 2 * Double.pi)
      return (cosine, sine)
    }
  }

  /// The largest radius inside which the mean is one; nil if there is none.
  func ring() throws -> Double? {
    var high = Self.radii.upperBound
    while high > Self.radii.lowerBound {
      let low = high / 1.3
      // Not a number is no ring either.
      if excess(low) >= 0, excess(high) <= 0 {
        return try findRoot(in: low...high, relativeTolerance: 1e-13, quantity: "Einstein radius", excess)
      }
      high = low
    }
    return nil
  }

  private func excess(_ radius: Double) -> Double {
    let deflection = tile.deflection
    for (i, direction) in directions.enumerated() {
      (tile.image.x[i], tile.image.y[i]) = (
        center[0] + radius * direction.x, center[1] + radius * direction.y
      )
      (deflection.x[i], deflection.y[i]) = (0, 0)
    }
    profile.addDeflection(at: tile.image, to: deflection, scratch: tile.scratch)
    let mean = withExtendedLifetime(tile) {
      directions.indices.reduce(0) {
        $0 + deflection.x[$1] * directions[$1].x + deflection.y[$1] * directions[$1].y
      } / Double(directions.count)
    }
    return mean / radius - 1
  }
}

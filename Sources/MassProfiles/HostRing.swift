import LensCore
import LensNumerics

/// The tangential critical curve of a profile that is alone in its plane; arcsec. See `HostCriticalCurve`.
public struct LensRing: Sendable, Equatable {
  /// Of the circle with the area inside the curve.
  public let einsteinRadius: Double
  /// Einstein radius of the projected mass inside the curve.
  public let massRadius: Double

  init(einsteinRadius: Double, massRadius: Double) {
    (self.einsteinRadius, self.massRadius) = (einsteinRadius, massRadius)
  }

  /// A circle.
  init(radius: Double) { self.init(einsteinRadius: radius, massRadius: radius) }
}

/// A ring that a profile is to have; arcsec.
package enum WantedRing {
  /// The radius of the circle with the area inside the tangential critical curve.
  case einsteinRadius(Double)
  /// The Einstein radius of the projected mass inside that curve.
  case massRadius(Double)

  /// For a round profile both are the radius of its ring.
  package var radius: Double {
    switch self {
    case .einsteinRadius(let radius), .massRadius(let radius): radius
    }
  }

  /// What a ring has of it; less than every radius for a profile without a critical curve.
  fileprivate func measured(_ ring: LensRing?) -> Double {
    switch self {
    case .einsteinRadius: ring?.einsteinRadius ?? 0
    case .massRadius: ring?.massRadius ?? 0
    }
  }
}

/// Rings below this are refused: images would show nothing that is lensed. Arcsec.
private let smallestHostEinsteinRadius = 0.01

/// Whether a ring is large enough; one that was asked for to be just so may be less by a rounding.
private func isShown(_ ring: LensRing) -> Bool {
  ring.einsteinRadius >= (1 - 1e-9) * smallestHostEinsteinRadius
}

private func noRing(_ what: String, _ advice: String) -> NumericalError {
  .noSolution(
    quantity: "strong lens",
    context: "the host has no critical curve, or one below \(specNumber(smallestHostEinsteinRadius)) arcsec: "
      + "\(what); \(advice)")
}

extension IsothermalEllipsoidSpec {
  /// The ring of this host.
  ///
  /// Without a core the curve is the ellipse R = theta_E (Kormann, Schneider & Bartelmann 1994, section 3); round with a
  /// core its radius is sqrt(theta_E (theta_E - 2 R_c)), where alpha(R) = R.
  ///
  /// - Throws: `NumericalError.noSolution` if it has none.
  public func ring() throws -> LensRing? {
    if coreRadius == 0 { return LensRing(radius: einsteinRadius) }
    guard let ring = coredRing, isShown(ring) else {
      throw noRing(
        "a core radius of \(specNumber(coreRadius)) arcsec under the strength of a coreless Einstein radius of "
          + "\(specNumber(einsteinRadius)) arcsec, of which a round host needs more than twice the core radius",
        "lower core_radius, or give an Einstein radius, which is that of the host with its core")
    }
    return ring
  }

  private var coredRing: LensRing? {
    if axisRatio == 1 {
      let squared = einsteinRadius * (einsteinRadius - 2 * coreRadius)
      let radius = Double.squareRoot(max(squared, 0))
      return LensRing(radius: radius)
    }
    let curve = HostCriticalCurve(self, guess: einsteinRadius)
    return curve?.ring
  }

  /// The parameter `einsteinRadius`, which is that of the coreless profile, for which the host has a strength.
  package func strength(for wanted: WantedRing) throws -> Double {
    if coreRadius == 0 { return wanted.radius }
    let round = coreRadius + Double.squareRoot(coreRadius * coreRadius + wanted.radius * wanted.radius)
    if axisRatio == 1 { return round }
    return try solveStrength(near: round) { strength in
      var host = self
      host.einsteinRadius = strength
      return wanted.measured(host.coredRing) / wanted.radius - 1
    }
  }
}

extension EllipticalNavarroFrenkWhiteSpec {
  /// The ring of this host.
  ///
  /// - Throws: `NumericalError.noSolution` if it has none.
  public func ring() throws -> LensRing? {
    guard let ring = anyRing, isShown(ring) else {
      throw noRing(
        "a scale radius of \(specNumber(scaleRadius)) arcsec with a deflection of "
          + "\(specNumber(deflectionAtScaleRadius)) arcsec there",
        "raise virial_mass or concentration, or give an Einstein radius")
    }
    return ring
  }

  /// Nil for a halo without one in the range that is searched.
  private var anyRing: LensRing? {
    guard
      let round = try? navarroFrenkWhiteEinsteinRadius(
        scaleRadius: scaleRadius, deflectionAtScaleRadius: deflectionAtScaleRadius)
    else { return nil }
    if axisRatio == 1 { return LensRing(radius: round) }
    let curve = HostCriticalCurve(self, guess: round)
    return curve?.ring
  }

  /// The deflection at the scale radius for which the host has a strength.
  package func strength(for wanted: WantedRing) throws -> Double {
    let round = navarroFrenkWhiteDeflection(einsteinRadius: wanted.radius, scaleRadius: scaleRadius)
    if axisRatio == 1 { return round }
    return try solveStrength(near: round) { strength in
      var host = self
      host.deflectionAtScaleRadius = strength
      return wanted.measured(host.anyRing) / wanted.radius - 1
    }
  }
}

extension NavarroFrenkWhiteSpec {
  /// The ring of this halo.
  ///
  /// - Throws: `NumericalError.noSolution` if it has none.
  public func ring() throws -> LensRing? {
    LensRing(
      radius: try navarroFrenkWhiteEinsteinRadius(
        scaleRadius: scaleRadius, deflectionAtScaleRadius: deflectionAtScaleRadius))
  }

  /// The deflection at the scale radius for which this halo has a ring.
  func strength(for wanted: WantedRing) -> Double {
    navarroFrenkWhiteDeflection(einsteinRadius: wanted.radius, scaleRadius: scaleRadius)
  }
}

/// The strength for which a growing function is zero.
private func solveStrength(near guess: Double, _ excess: (Double) -> Double) throws -> Double {
  guard guess.isFinite, guess > 0 else {
    throw NumericalError.notFinite(
      quantity: "strength of the host", context: "\(guess), for the radius and the size that it has")
  }
  var (low, high) = (guess * 0.9, guess * 1.1)
  for _ in 0..<20 where excess(low) > 0 { low /= 2 }
  for _ in 0..<20 where excess(high) < 0 { high *= 2 }
  return try findRoot(
    in: low...high, relativeTolerance: 1e-12, quantity: "strength of the host", excess)
}

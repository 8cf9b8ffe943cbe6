import LensCore
import LensNumerics
import MassProfiles

/// What a host's strength is given by; arcsec.
enum HostStrength {
  /// The radius of the circle with the area inside the tangential critical curve.
  case einsteinRadius(Double)
  /// The Einstein radius of the projected mass inside that curve.
  case massRadius(Double)

  /// For a round host both are the radius of its ring.
  var radius: Double {
    switch self {
    case .einsteinRadius(let radius), .massRadius(let radius): radius
    }
  }

  /// What a host has of it; less than every radius for one without a critical curve.
  fileprivate func measured(_ ring: HostRing?) -> Double {
    switch self {
    case .einsteinRadius: ring?.einsteinRadius ?? 0
    case .massRadius: ring?.massRadius ?? 0
    }
  }
}

/// The radii of a host's tangential critical curve; arcsec. See `HostCriticalCurve`.
typealias HostRing = (einsteinRadius: Double, massRadius: Double)

/// Rings below this are refused: images would show nothing that is lensed. Arcsec.
private let smallestHostEinsteinRadius = 0.01

/// Whether a ring is large enough; one that was asked for to be just so may be less by a rounding.
private func isShown(_ ring: HostRing) -> Bool {
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
  func ring() throws -> HostRing {
    if coreRadius == 0 { return (einsteinRadius, einsteinRadius) }
    guard let ring = coredRing, isShown(ring) else {
      throw noRing(
        "a core radius of \(specNumber(coreRadius)) arcsec under the strength of a coreless Einstein radius of "
          + "\(specNumber(einsteinRadius)) arcsec, of which a round host needs more than twice the core radius",
        "lower host.core_radius, or give host.einstein_radius, which is that of the host with its core")
    }
    return ring
  }

  private var coredRing: HostRing? {
    if axisRatio == 1 {
      let squared = einsteinRadius * (einsteinRadius - 2 * coreRadius)
      let radius = Double.squareRoot(max(squared, 0))
      return (radius, radius)
    }
    let curve = HostCriticalCurve(self, guess: einsteinRadius)
    return curve.map { ($0.einsteinRadius, $0.massRadius) }
  }

  /// The parameter `einsteinRadius`, which is that of the coreless profile, for which the host has a strength.
  func strength(for wanted: HostStrength) throws -> Double {
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
  func ring() throws -> HostRing {
    guard let ring = anyRing, isShown(ring) else {
      throw noRing(
        "a scale radius of \(specNumber(scaleRadius)) arcsec with a deflection of "
          + "\(specNumber(deflectionAtScaleRadius)) arcsec there",
        "raise host.virial_mass or host.concentration, or give host.einstein_radius")
    }
    return ring
  }

  /// Nil for a halo without one in the range that is searched.
  private var anyRing: HostRing? {
    guard
      let round = try? navarroFrenkWhiteEinsteinRadius(
        scaleRadius: scaleRadius, deflectionAtScaleRadius: deflectionAtScaleRadius)
    else { return nil }
    if axisRatio == 1 { return (round, round) }
    let curve = HostCriticalCurve(self, guess: round)
    return curve.map { ($0.einsteinRadius, $0.massRadius) }
  }

  /// The deflection at the scale radius for which the host has a strength.
  func strength(for wanted: HostStrength) throws -> Double {
    let round = navarroFrenkWhiteDeflection(einsteinRadius: wanted.radius, scaleRadius: scaleRadius)
    if axisRatio == 1 { return round }
    return try solveStrength(near: round) { strength in
      var host = self
      host.deflectionAtScaleRadius = strength
      return wanted.measured(host.anyRing) / wanted.radius - 1
    }
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

import LensCore
import LensNumerics

/// Deflection at the scale radius (arcsec) of the spherical halo with an Einstein radius (arcsec).
///
/// From mean convergence A h(x) / (r_s x^2) = 1 at x = theta_E / r_s, and A h(1) = the deflection.
package func navarroFrenkWhiteDeflection(einsteinRadius: Double, scaleRadius: Double) -> Double {
  let x = einsteinRadius / scaleRadius
  let h = scaledMass(x)
  return scaleRadius * x * x / h * (1 + Double.log(0.5))
}

/// Einstein radius (arcsec) of a spherical halo.
///
/// - Throws: `NumericalError.noSolution` if it lies outside 1e-8 to 1e4 scale radii: the halo is too weak to lens.
package func navarroFrenkWhiteEinsteinRadius(
  scaleRadius: Double, deflectionAtScaleRadius: Double
) throws -> Double {
  let amplitude = deflectionAtScaleRadius / (1 + Double.log(0.5)) / scaleRadius
  let logarithm = try findRoot(
    in: Double.log(1e-8)...Double.log(1e4), quantity: "Einstein radius of the NFW halo"
  ) { logX in
    let x = Double.exp(logX)
    return amplitude * scaledMass(x) / (x * x) - 1
  }
  return Double.exp(logarithm) * scaleRadius
}

private func scaledMass(_ x: Double) -> Double {
  let (_, ratio, root) = NavarroFrenkWhiteFunctions<Double>.angle(x)
  return NavarroFrenkWhiteFunctions<Double>.mass(x, ratio: ratio, root: root)
}

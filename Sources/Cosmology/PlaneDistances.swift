import LensCore

/// The distances of the planes of a scene, as rays need them.
///
/// Deflections are reduced for the farthest plane, where a ray that is deflected by `alpha` misses its unlensed place by just that. With
/// comoving distances chi of a flat universe, a deflection in plane i moves a ray in plane j by beta_ij of it,
///
///     theta_j = theta - sum_(i < j) beta_ij alpha_i(theta_i),
///     beta_ij = D_ij D_s / (D_j D_is) = (chi_j - chi_i) chi_s / (chi_j (chi_s - chi_i)).
///
/// Reference: Blandford & Narayan (1986), ApJ 310, 568, section 2; Schneider, Ehlers & Falco (1992), section 9.1.
package struct PlaneDistances: Sendable, Equatable {
  /// Comoving, in units of that of the farthest plane.
  package let fractions: [Double]
  /// Comoving distance of the farthest plane, Mpc.
  package let farthest: Double

  /// - Parameter redshifts: Of all planes, from near to far.
  /// - Throws: `SpecError` unless they are above 0 and increase, or if distances are those of earlier tools, which know one
  ///   lens plane alone.
  package init(redshifts: [Double], cosmology: FlatLambdaCDM) throws {
    for (near, far) in zip([0] + redshifts, redshifts) where !(near < far && far.isFinite) {
      throw SpecError(
        keyPath: "planes", value: "the redshift \(specNumber(far)) behind \(specNumber(near))",
        requirement: "must be in order, from near to far")
    }
    guard cosmology.distances == .angularDiameter || redshifts.count <= 2 else {
      throw SpecError(
        keyPath: "cosmology.distances", value: cosmology.distances.rawValue,
        requirement: "must be angular_diameter where there are more than two planes")
    }
    let distances = redshifts.map { cosmology.comovingDistance(to: $0) }
    farthest = distances.last ?? 0
    fractions = distances.map { [farthest] in $0 / farthest }
  }

  /// Which part of a reduced deflection rays have in a plane behind it: 1 in the farthest.
  package func scaling(of near: Int, at far: Int) -> Double {
    if far == fractions.count - 1 { return 1 }
    let (d, behind) = (fractions[near], fractions[far])
    return behind > d ? (behind - d) / (behind * (1 - d)) : 0
  }
}

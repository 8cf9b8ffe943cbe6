import LensCore
import LensNumerics

/// A mass distribution that is circular about its centre: its deflection is its mean convergence inside the radius,
/// times the vector from the centre (Schneider, Kochanek & Wambsganss 2006, Part 1, section 3).
public protocol CircularMassProfile<Scalar>: MassProfile {
  /// Arcsec.
  var centreX: Scalar { get }
  var centreY: Scalar { get }

  /// Writes the mean convergence inside radii, given their squares in arcsec^2.
  ///
  /// - Parameter scratch: Columns of at least `count` elements for intermediate results.
  func fillMeanConvergence(
    _ mean: Column<Scalar>, squaredRadius: Column<Scalar>, count: Int, scratch: ScratchColumns<Scalar>)
}

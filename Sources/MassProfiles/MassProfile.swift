import LensCore
import LensNumerics

/// A projected mass distribution: what deflects light at one lens plane.
///
/// All angles in arcsec; deflections are reduced (already scaled by D_ls / D_s), so that the source position is
/// the image position minus the deflection. Every method adds to its columns, so that profiles superpose.
/// At a singular point, rays nearer than `LensScalar.smallestSquaredDistance` count as at that distance: a ray
/// that hits the centre itself is not deflected, and nothing becomes NaN.
public protocol MassProfile<Scalar>: Sendable {
  associatedtype Scalar: LensScalar

  /// Adds the deflection, the gradient of the potential, in arcsec.
  ///
  /// - Parameter scratch: Columns for intermediate results.
  func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>)
  /// Adds the lensing potential, in arcsec^2.
  func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>)
  /// Adds the second derivatives of the potential; their trace is twice the convergence.
  func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>)
  /// Adds all three at `tile.image`, where a kernel can do that faster than one after the other.
  func addMaps(_ tile: RayTile<Scalar>)
}

extension MassProfile {
  public func addMaps(_ tile: RayTile<Scalar>) {
    addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    addPotential(at: tile.image, to: tile.potential)
    addHessian(at: tile.image, to: tile.hessian)
  }
}

/// The second derivatives at (dx, dy) of a potential that is circular about the origin.
///
/// With the convergence inside the radius averaged to `mean`, the deflection is `mean * (dx, dy)`, and the
/// shear is `mean - convergence`, tangential (Schneider, Kochanek & Wambsganss 2006, Part 1, section 3).
@inlinable @inline(__always)
package func circularHessian<Scalar: LensScalar>(
  _ dx: Scalar, _ dy: Scalar, squaredRadius: Scalar, mean: Scalar, convergence: Scalar
) -> (xx: Scalar, xy: Scalar, yy: Scalar) {
  let radial = 2 * (convergence - mean) / squaredRadius
  return (mean + radial * dx * dx, radial * dx * dy, mean + radial * dy * dy)
}

import LensCore
import LensNumerics

/// The deflection of many halos that were taken together, at the rays of an image. Belongs to one thread.
package protocol HaloDeflection<Scalar>: AnyObject {
  associatedtype Scalar: LensScalar

  /// Adds the deflection of the rays of a tile that is filled from all pixels of the grid, in their order.
  func add(to deflection: VectorColumns<Scalar>, _ sampling: PixelSampling<Scalar>, first: Int)
  /// Announces the pixels that will be refined, by their positions in the image, and how rays will fill them.
  func refine(_ list: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>)
  /// Adds the deflection of the rays of a tile that is filled from the refined pixels, in their order.
  func addRefined(
    to deflection: VectorColumns<Scalar>, _ list: PixelList<Scalar>, _ sampling: PixelSampling<Scalar>,
    first: Int)
}

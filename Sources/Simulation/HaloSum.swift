import LensNumerics
import RayTracing

/// How the small halos of a scene are summed. Belongs to one thread.
protocol HaloSum<Scalar>: AnyObject {
  associatedtype Scalar: LensScalar

  /// What sums halos of the scene together.
  var fields: [any HaloDeflection<Scalar>] { get }
  /// What sums others of its halos at the places of rays.
  var placed: (any ScreenField<Scalar>)? { get }
  /// Those that are to be summed one by one.
  var direct: SubhaloList<Scalar> { get }

  /// Takes the halos of a scene.
  ///
  /// - Throws: `NumericalError.noSolution` if what sums them cannot be prepared.
  func gather(_ halos: SubhaloList<Scalar>) throws
  /// What sums halos of a plane that others have deflected rays to, and those that are to be summed one by one.
  ///
  /// - Parameter number: Of the plane among these, from 0.
  func field(behind number: Int, of halos: SubhaloList<Scalar>) -> (
    field: (any ScreenField<Scalar>)?, direct: SubhaloList<Scalar>
  )
  /// Forgets the halos: whoever holds them too can change them without copying them.
  func release()
}

/// One by one.
final class DirectHaloSum<Scalar: LensScalar>: HaloSum {
  var fields: [any HaloDeflection<Scalar>] { [] }
  var placed: (any ScreenField<Scalar>)? { nil }
  private(set) var direct = SubhaloList<Scalar>()

  func gather(_ halos: SubhaloList<Scalar>) { direct = halos }
  func field(behind number: Int, of halos: SubhaloList<Scalar>) -> (
    field: (any ScreenField<Scalar>)?, direct: SubhaloList<Scalar>
  ) { (nil, halos) }
  func release() { direct = SubhaloList() }
}

import Cosmology
import LensNumerics
import RayTracing

/// The planes of a scene that deflect, and how far they are from each other.
struct SceneScreens<Scalar: LensScalar> {
  /// The nearest that has masses, whose rays nothing has deflected.
  let first: Int
  private let others: [(plane: Int, screen: Screen<Scalar>)]
  /// Nil where there are two planes.
  private let distances: PlaneDistances?

  /// - Parameter haloSum: Has what sums many halos of a plane.
  /// - Throws: `SpecError` for planes out of order.
  init(_ scene: SceneSpec, _ haloSum: any HaloSum<Scalar>) throws {
    let massive = scene.massive
    // Of a scene without masses, the source is seen through an empty lens.
    first = massive.first ?? scene.lensNumber
    others = massive.dropFirst().enumerated().map { number, plane in
      (plane, Screen(scene.planes[plane].mass.values) { haloSum.field(behind: number, of: $0) })
    }
    distances = try scene.planeDistances()
  }

  /// What rays cross between the first plane with mass and one with light.
  ///
  /// - Parameter memory: Takes it.
  /// - Returns: Nil where nothing is, and the light is in the farthest plane.
  func later(before target: Int, in memory: LaterScreens<Scalar>) -> LaterScreens<Scalar>? {
    guard let distances else { return nil }
    let between = others.filter { $0.plane < target }
    if between.isEmpty && distances.scaling(of: first, at: target) == 1 { return nil }
    let numbers = [first] + between.map(\.plane) + [target]
    let scalings = numbers.indices.dropFirst().map { number in
      numbers[..<number].map { distances.scaling(of: $0, at: numbers[number]) }
    }
    memory.take(between.map(\.screen), scalings: scalings)
    return memory
  }
}

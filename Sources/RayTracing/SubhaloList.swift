import LensCore
import LensNumerics
import MassProfiles

/// The small circular halos of a scene: kinds of which scenes may hold very many, each kind in an array of its own, so
/// that none of them needs memory of its own.
package struct SubhaloList<Scalar: LensScalar>: Sendable {
  package private(set) var truncated: [TruncatedNavarroFrenkWhite<Scalar>] = []
  package private(set) var points: [PointMass<Scalar>] = []
  package private(set) var spheres: [SphericalHalo<Scalar>] = []
  /// The other masses of the scene.
  package private(set) var others: [MassSpec] = []

  package init(_ masses: [MassSpec] = []) { replace(with: masses) }

  /// Takes other masses; the arrays keep their memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func replace(with masses: [MassSpec]) {
    truncated.removeAll(keepingCapacity: true)
    points.removeAll(keepingCapacity: true)
    spheres.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    for mass in masses {
      switch mass.parameters.smallHalo {
      case .point(let point) where Self.isNear(point): points.append(PointMass(point))
      case .truncated(let halo): truncated.append(TruncatedNavarroFrenkWhite(halo))
      case .sphere(let sphere): spheres.append(sphere.halo(Scalar.self))
      case .point, nil: others.append(mass)
      }
    }
  }

  package var count: Int {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { truncated.count + points.count + spheres.count }
  }

  /// Adds the deflection of the halos, but not of the other masses, one by one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for point in points { point.addDeflection(at: position, to: deflection, scratch: scratch) }
    for halo in truncated { halo.addDeflection(at: position, to: deflection, scratch: scratch) }
    for sphere in spheres { sphere.addDeflection(at: position, to: deflection, scratch: scratch) }
  }

  /// By the number of a halo: points come first, then truncated halos.
  package func centre(_ halo: Int) -> (x: Scalar, y: Scalar) {
    if halo < points.count { return (points[halo].centreX, points[halo].centreY) }
    let halo = halo - points.count
    if halo < truncated.count { return (truncated[halo].centreX, truncated[halo].centreY) }
    return (spheres[halo - truncated.count].centreX, spheres[halo - truncated.count].centreY)
  }

  /// The same of one of the halos.
  package func addDeflection(
    ofHalo halo: Int, at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>,
    scratch: ScratchColumns<Scalar>
  ) {
    if halo < points.count {
      return points[halo].addDeflection(at: position, to: deflection, scratch: scratch)
    }
    let halo = halo - points.count
    if halo < truncated.count {
      truncated[halo].addDeflection(at: position, to: deflection, scratch: scratch)
    } else {
      spheres[halo - truncated.count].addDeflection(at: position, to: deflection, scratch: scratch)
    }
  }

  /// Parts the halos in two by whether they are as asked for; the other masses are in neither part.
  package func parted(
    points isWantedPoint: (PointMass<Scalar>) -> Bool,
    truncated isWanted: (TruncatedNavarroFrenkWhite<Scalar>) -> Bool,
    spheres isWantedSphere: (SphericalHalo<Scalar>) -> Bool = { _ in false }
  ) -> (wanted: SubhaloList, rest: SubhaloList) {
    var (wanted, rest) = (SubhaloList(), SubhaloList())
    for point in points {
      if isWantedPoint(point) { wanted.points.append(point) } else { rest.points.append(point) }
    }
    for halo in truncated {
      if isWanted(halo) { wanted.truncated.append(halo) } else { rest.truncated.append(halo) }
    }
    for sphere in spheres {
      if isWantedSphere(sphere) { wanted.spheres.append(sphere) } else { rest.spheres.append(sphere) }
    }
    return (wanted, rest)
  }

  /// With the halos of another list behind these.
  package func joined(_ list: SubhaloList) -> SubhaloList {
    var joined = self
    joined.points += list.points
    joined.truncated += list.truncated
    joined.spheres += list.spheres
    return joined
  }

  /// The same without the points, which something else sums.
  package func withoutPoints() -> SubhaloList {
    var list = self
    list.points = []
    return list
  }

  /// In Float the square of a distance must be finite, too.
  private static func isNear(_ point: PointMassSpec) -> Bool { point.center.allSatisfy { abs($0) < 1e8 } }
}

import LensCore
import LensNumerics
import MassProfiles

/// The small circular halos of a scene: kinds of which scenes may hold very many, each kind in an array of its own, so
/// that none of them needs memory of its own.
package struct SubhaloList<Scalar: LensScalar>: Sendable {
  package private(set) var truncated: [TruncatedNavarroFrenkWhite<Scalar>] = []
  package private(set) var points: [PointMass<Scalar>] = []
  /// The other masses of the scene.
  package private(set) var others: [MassSpec] = []

  package init(_ masses: [MassSpec] = []) { replace(with: masses) }

  /// Takes other masses; the arrays keep their memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func replace(with masses: [MassSpec]) {
    truncated.removeAll(keepingCapacity: true)
    points.removeAll(keepingCapacity: true)
    others.removeAll(keepingCapacity: true)
    for mass in masses {
      switch mass.parameters.smallHalo {
      case .point(let point) where Self.isNear(point): points.append(PointMass(point))
      case .truncated(let halo): truncated.append(TruncatedNavarroFrenkWhite(halo))
      case .point, nil: others.append(mass)
      }
    }
  }

  package var count: Int {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { truncated.count + points.count }
  }

  /// Adds the deflection of the halos, but not of the other masses, one by one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for point in points { point.addDeflection(at: position, to: deflection, scratch: scratch) }
    for halo in truncated { halo.addDeflection(at: position, to: deflection, scratch: scratch) }
  }

  /// By the number of a halo: points come first.
  package func centre(_ halo: Int) -> (x: Scalar, y: Scalar) {
    if halo < points.count { return (points[halo].centreX, points[halo].centreY) }
    let halo = truncated[halo - points.count]
    return (halo.centreX, halo.centreY)
  }

  /// The same of one of the halos.
  package func addDeflection(
    ofHalo halo: Int, at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>,
    scratch: ScratchColumns<Scalar>
  ) {
    if halo < points.count {
      points[halo].addDeflection(at: position, to: deflection, scratch: scratch)
    } else {
      truncated[halo - points.count].addDeflection(at: position, to: deflection, scratch: scratch)
    }
  }

  /// Parts the halos in two by whether they are as asked for; the other masses are in neither part.
  package func parted(
    points isWantedPoint: (PointMass<Scalar>) -> Bool,
    truncated isWanted: (TruncatedNavarroFrenkWhite<Scalar>) -> Bool
  ) -> (wanted: SubhaloList, rest: SubhaloList) {
    var (wanted, rest) = (SubhaloList(), SubhaloList())
    for point in points {
      if isWantedPoint(point) { wanted.points.append(point) } else { rest.points.append(point) }
    }
    for halo in truncated {
      if isWanted(halo) { wanted.truncated.append(halo) } else { rest.truncated.append(halo) }
    }
    return (wanted, rest)
  }

  /// With the halos of another list behind these.
  package func joined(_ list: SubhaloList) -> SubhaloList {
    var joined = self
    joined.points += list.points
    joined.truncated += list.truncated
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

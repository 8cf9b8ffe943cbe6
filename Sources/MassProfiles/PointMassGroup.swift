import LensCore
import LensNumerics

/// The deflection of several point masses: four at a time go over the rays together, which loads and stores each ray
/// a fourth as often.
public struct PointMassGroup<Scalar: LensScalar>: Sendable {
  /// A multiple of four; the last ones may have no mass.
  private let points: [PointMass<Scalar>]

  public init(_ points: [PointMass<Scalar>]) {
    let massless = (4 - points.count % 4) % 4
    self.points = points + Array(repeating: PointMass(einsteinRadius: 0), count: massless)
  }

  public var isEmpty: Bool { points.isEmpty }

  /// Adds the deflection, in arcsec.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>) {
    for k in stride(from: 0, to: points.count, by: 4) {
      let (p, q, r, s) = (points[k], points[k + 1], points[k + 2], points[k + 3])
      for i in 0..<position.count {
        let (x, y) = (position.x[i], position.y[i])
        let (a, b, c, d) = (p.deflection(x, y), q.deflection(x, y), r.deflection(x, y), s.deflection(x, y))
        deflection.x[i] += (a.x + b.x) + (c.x + d.x)
        deflection.y[i] += (a.y + b.y) + (c.y + d.y)
      }
    }
  }
}

extension PointMass {
  /// One at the origin.
  fileprivate init(einsteinRadius: Double) {
    var spec = PointMassSpec()
    spec.einsteinRadius = einsteinRadius
    self.init(spec)
  }
}

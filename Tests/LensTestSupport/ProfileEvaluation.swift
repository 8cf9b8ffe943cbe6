import LensCore
import LensNumerics
import LightProfiles
import MassProfiles

/// What a mass profile says at some points, in Double whatever it was computed in.
public struct LensValues {
  public let deflectionX: [Double]
  public let deflectionY: [Double]
  public let potential: [Double]
  /// Second derivatives of the potential.
  public let xx: [Double]
  public let xy: [Double]
  public let yy: [Double]

  public var convergence: [Double] { zip(xx, yy).map { ($0 + $1) / 2 } }
  public var shear1: [Double] { zip(xx, yy).map { ($0 - $1) / 2 } }
}

extension MassSpec {
  public func evaluated<Scalar: LensScalar>(_ scalar: Scalar.Type, at points: [(Double, Double)])
    -> LensValues
  {
    let tile = RayTile<Scalar>(at: points)
    let profile = profile(scalar)
    profile.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    profile.addPotential(at: tile.image, to: tile.potential)
    profile.addHessian(at: tile.image, to: tile.hessian)
    func list(_ column: Column<Scalar>) -> [Double] { points.indices.map { Double(column[$0]) } }
    // The tile must outlive its columns.
    return withExtendedLifetime(tile) {
      LensValues(
        deflectionX: list(tile.deflection.x), deflectionY: list(tile.deflection.y),
        potential: list(tile.potential), xx: list(tile.hessian.xx), xy: list(tile.hessian.xy),
        yy: list(tile.hessian.yy))
    }
  }
}

extension LightSpec {
  /// Surface brightness at some points.
  public func evaluated<Scalar: LensScalar>(_ scalar: Scalar.Type, at points: [(Double, Double)]) -> [Double]
  {
    let tile = RayTile<Scalar>(at: points)
    profile(scalar).addBrightness(at: tile.image, to: tile.brightness, scratch: tile.scratch)
    return withExtendedLifetime(tile) { points.indices.map { Double(tile.brightness[$0]) } }
  }
}

extension RayTile {
  fileprivate convenience init(at points: [(Double, Double)]) {
    self.init(count: points.count)
    for (i, point) in points.enumerated() { (image.x[i], image.y[i]) = (Scalar(point.0), Scalar(point.1)) }
  }
}

/// Points between two radii, dense near the inner one, off the axes of symmetry.
public func ringPoints(from inner: Double, to outer: Double, count: Int = 400) -> [(Double, Double)] {
  (0..<count).map { k in
    let fraction = Double(k) / Double(count - 1)
    let radius = inner * Double.power(outer / inner, fraction)
    let (sine, cosine) = sineAndCosine(2.399_963_229_728_653 * Double(k) + 0.1)
    return (radius * cosine, radius * sine)
  }
}

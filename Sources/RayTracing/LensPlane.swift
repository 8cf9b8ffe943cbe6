import LensCore
import LensNumerics
import MassProfiles

/// All the mass at one redshift, as seen by rays that cross it.
package struct LensPlane<Scalar: LensScalar>: Sendable {
  package let masses: [any MassProfile<Scalar>]

  package init(masses: [any MassProfile<Scalar>]) { self.masses = masses }

  /// The lens equation for one plane: source position = image position - deflection.
  ///
  /// Reads `tile.image`; writes `tile.deflection` and `tile.source`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func trace(_ tile: RayTile<Scalar>) {
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    addDeflection(tile, at: tile.image)
  }

  /// The same for rays at other positions, as many as the tile has, added to the deflection that the tile holds already.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addDeflection(_ tile: RayTile<Scalar>, at position: VectorColumns<Scalar>) {
    precondition(position.count == tile.count)
    for mass in masses { mass.addDeflection(at: position, to: tile.deflection, scratch: tile.scratch) }
    subtract(tile.deflection, from: position, into: tile.source)
  }

  /// Sums the second derivatives of the potential at `tile.image`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sumHessian(_ tile: RayTile<Scalar>) {
    tile.clear(tile.hessian.xx)
    tile.clear(tile.hessian.xy)
    tile.clear(tile.hessian.yy)
    for mass in masses { mass.addHessian(at: tile.image, to: tile.hessian) }
  }

  /// Sums deflections, second derivatives and potential at `tile.image`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sumMaps(_ tile: RayTile<Scalar>) {
    let (deflection, hessian) = (tile.deflection, tile.hessian)
    for column in [deflection.x, deflection.y, hessian.xx, hessian.xy, hessian.yy, tile.potential] {
      tile.clear(column)
    }
    for mass in masses { mass.addMaps(tile) }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func subtract<Scalar: LensScalar>(
  _ deflection: VectorColumns<Scalar>, from image: VectorColumns<Scalar>, into source: VectorColumns<Scalar>
) {
  for i in 0..<source.count {
    source.x[i] = image.x[i] - deflection.x[i]
    source.y[i] = image.y[i] - deflection.y[i]
  }
}

extension HessianColumns where Scalar == Double {
  /// The determinant of the lens mapping's Jacobian for one ray.
  public func inverseMagnification(_ i: Int) -> Double {
    (1 - xx[i]) * (1 - yy[i]) - xy[i] * xy[i]
  }
}

/// A point on the sky, in arcsec.
public struct SkyPoint: Sendable, Equatable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

extension LensPlane where Scalar == Double {
  /// 1 / magnification with its sign: the determinant of the lens mapping's Jacobian at each point.
  ///
  /// - Parameter progress: Told the fraction that is done; may throw to stop.
  package func inverseMagnifications(
    at points: [SkyPoint], progress: (Double) throws -> Void
  ) rethrows -> [Double] {
    try evaluate(points) { tile, i in
      tile.hessian.inverseMagnification(i)
    } prepare: {
      sumHessian($0)
    } progress: {
      try progress($0)
    }
  }

  /// Where the rays through points of the image plane meet the source plane.
  package func sourcePositions(of points: [SkyPoint]) -> [SkyPoint] {
    evaluate(points) { tile, i in
      SkyPoint(tile.source.x[i], tile.source.y[i])
    } prepare: {
      trace($0)
    } progress: {
      _ in
    }
  }

  private func evaluate<Result>(
    _ points: [SkyPoint], _ value: (RayTile<Double>, Int) -> Result, prepare: (RayTile<Double>) -> Void,
    progress: (Double) throws -> Void
  ) rethrows -> [Result] {
    let tile = RayTile<Double>(count: 512)
    var results: [Result] = []
    results.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: tile.count) {
      let count = min(tile.count, points.count - start)
      for i in 0..<tile.count {
        let point = points[start + min(i, count - 1)]
        tile.image.x[i] = point.x
        tile.image.y[i] = point.y
      }
      prepare(tile)
      // The columns are views: the tile must live as long as they are read.
      withExtendedLifetime(tile) {
        for i in 0..<count { results.append(value(tile, i)) }
      }
      try progress(Double(start + count) / Double(points.count))
    }
    return results
  }
}

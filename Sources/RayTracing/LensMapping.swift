/// What maps the image plane to the source plane: one plane of masses or many.
package protocol LensMapping {
  /// 1 / magnification with its sign: the determinant of the Jacobian at each point.
  ///
  /// - Parameter progress: Told the fraction that is done; may throw to stop.
  func inverseMagnifications(
    at points: [SkyPoint], progress: (Double) throws -> Void
  ) rethrows -> [Double]
  /// Where the rays through points of the image plane meet the source plane.
  func sourcePositions(of points: [SkyPoint]) -> [SkyPoint]
}

extension LensPlane: LensMapping where Scalar == Double {}

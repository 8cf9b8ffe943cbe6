/// The coordinates in which a profile is centred and its major axis lies along x.
public struct EllipseFrame<Scalar: LensScalar>: Sendable {
  @usableFromInline let centreX: Scalar
  @usableFromInline let centreY: Scalar
  @usableFromInline let cosine: Scalar
  @usableFromInline let sine: Scalar

  /// - Parameters:
  ///   - center: [x, y] in arcsec.
  ///   - positionAngle: Of the major axis, radians counter-clockwise from +x.
  public init(center: [Double], positionAngle: Double) {
    let (sine, cosine) = sineAndCosine(positionAngle)
    centreX = Scalar(center[0])
    centreY = Scalar(center[1])
    self.cosine = Scalar(cosine)
    self.sine = Scalar(sine)
  }

  /// What is round is the same at any angle, to the last bit too.
  public init(center: [Double], axisRatio: Double, positionAngle: Double) {
    self.init(center: center, positionAngle: axisRatio == 1 ? 0 : positionAngle)
  }

  public var isAtOrigin: Bool { centreX == 0 && centreY == 0 }

  /// Position on the sky to position in the frame.
  @inlinable @inline(__always)
  public func local(_ x: Scalar, _ y: Scalar) -> (Scalar, Scalar) {
    let (dx, dy) = (x - centreX, y - centreY)
    return (cosine * dx + sine * dy, cosine * dy - sine * dx)
  }

  /// A vector in the frame to the same vector on the sky.
  @inlinable @inline(__always)
  public func sky(_ u: Scalar, _ v: Scalar) -> (Scalar, Scalar) {
    (cosine * u - sine * v, sine * u + cosine * v)
  }

  /// A symmetric second derivative in the frame to the same on the sky.
  @inlinable @inline(__always)
  public func sky(uu: Scalar, uv: Scalar, vv: Scalar) -> (xx: Scalar, xy: Scalar, yy: Scalar) {
    let (cc, ss, cs) = (cosine * cosine, sine * sine, cosine * sine)
    return (
      cc * uu - 2 * cs * uv + ss * vv, cs * (uu - vv) + (cc - ss) * uv, ss * uu + 2 * cs * uv + cc * vv
    )
  }
}

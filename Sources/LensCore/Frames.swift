/// Images of one sky, one for each band of a camera: [band, height, width], row 0 at the bottom.
@frozen
public struct Frames<Scalar: Sendable>: Sendable {
  public let bandCount: Int
  public let width: Int
  public let height: Int
  /// Band after band, each row-major: the pixel in column x and row y of band b is `pixels[(b * height + y) * width + x]`.
  public var pixels: [Scalar]

  @inlinable public init(bandCount: Int, width: Int, height: Int, pixels: [Scalar]) {
    precondition(bandCount > 0 && width > 0 && height > 0 && pixels.count == bandCount * width * height)
    (self.bandCount, self.width, self.height, self.pixels) = (bandCount, width, height, pixels)
  }

  /// - Parameter images: At least one, all of one size.
  @inlinable public init(_ images: [Image<Scalar>]) {
    self.init(
      bandCount: images.count, width: images[0].width, height: images[0].height,
      pixels: images.count == 1 ? images[0].pixels : images.flatMap(\.pixels))
  }

  /// The image of one band.
  @inlinable public subscript(band: Int) -> Image<Scalar> {
    let size = width * height
    return Image(
      width: width, height: height,
      pixels: bandCount == 1 ? pixels : Array(pixels[(band * size)..<((band + 1) * size)]))
  }

  /// All bands' images, in their order.
  @inlinable public var images: [Image<Scalar>] { (0..<bandCount).map { self[$0] } }

  @inlinable public func map<Result: Sendable>(_ transform: (Scalar) throws -> Result) rethrows -> Frames<
    Result
  > {
    Frames<Result>(
      bandCount: bandCount, width: width, height: height, pixels: try pixels.map(transform))
  }
}

extension Frames: Equatable where Scalar: Equatable {}

extension Frames where Scalar: Comparable {
  /// The largest pixel value of all bands. NaN pixels must not be present.
  @inlinable public var peak: Scalar { pixels.reduce(pixels[0]) { max($0, $1) } }
}

extension Frames where Scalar: AdditiveArithmetic {
  /// The sum over the bands: what a detector without filters would see, to look at.
  @inlinable public var sum: Image<Scalar> {
    if bandCount == 1 { return self[0] }
    let size = width * height
    return Image(
      width: width, height: height,
      pixels: (0..<size).map { pixel in
        (0..<bandCount).reduce(Scalar.zero) { $0 + pixels[$1 * size + pixel] }
      })
  }
}
